"""Names that people give to selections and runs: which are refused, and when two are the same."""

import unicodedata

from delift_core.errors import InvalidName, printable

LONGEST_NAME = 60  # characters


def plain_name(name: str) -> str:
    """A name with its white space as single spaces. Raises InvalidName."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name:
        raise InvalidName(f"The name is empty. Type one of at most {LONGEST_NAME} characters.")
    if len(name) > LONGEST_NAME:
        raise InvalidName(
            f"The name has {len(name)} characters, and at most {LONGEST_NAME} are kept. Shorten it."
        )
    if printable(name) != name:
        raise InvalidName(f"The name {name!r} holds a character that is not seen. Leave it out.")
    return name


def name_with(name: str, ending: str) -> str:
    """A name that `plain_name` takes, with an ending: no unseen characters, cut where too long."""
    spaced = " ".join(unicodedata.normalize("NFC", name).split())
    seen = "".join(character for character in spaced if printable(character) == character)
    words = " ".join(seen.split())
    return f"{words[: LONGEST_NAME - len(ending) - 1]} {ending}".strip()


def same_name(first: str, second: str) -> bool:
    """Whether two names differ in capitals and white space at most."""
    return _folded(first) == _folded(second)


def _folded(name: str) -> str:
    """A name as names are compared."""
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()
