"""What makes a row unusable: values that cannot be stored as text, and the error that says why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

SCALARS = (str, int, float, type(None))  # what nearly every cell is
# levels of lists and objects in a row; whatever walks through it later stays well within Python's
# stack
MAX_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Flaw:
    """Stands in a row where a value could not be read; the row is left out for this reason."""

    reason: str


class RowError(ValueError):
    """This row cannot be used; str(error) is the reason a person reads.

    Never leaves the reader.
    """


def flaw_in(value: object) -> str | None:
    """Why a value, or anything nested in it, cannot be stored as text; None where it can."""
    return next(filter(None, map(own_flaw, walk(value))), None)


def own_flaw(value: object) -> str | None:
    """Why a value itself cannot be stored as text, whatever is nested in it."""
    if isinstance(value, str):
        if value.isascii() or _is_encodable(value):
            return None
        return "it holds a byte that is not UTF-8, or half of a surrogate pair."
    if isinstance(value, Flaw):
        return value.reason
    return None


def walk(value: object) -> Iterator[object]:
    """A value and everything nested in it, names of fields too, level by level and each once.

    Below MAX_DEPTH a Flaw stands for the rest.
    """
    level = [value]
    for _ in range(MAX_DEPTH):
        yield from level
        level = _parts_of(level)
        if not level:
            return
    yield Flaw(f"it is nested more than {MAX_DEPTH} levels deep.")


def _parts_of(values: list) -> list:
    """What the lists and objects among some values hold, each part once."""
    parts: dict[int, object] = {}  # identity -> part
    for value in values:
        if isinstance(value, SCALARS):
            continue
        if isinstance(value, Mapping):
            parts.update((id(part), part) for part in chain.from_iterable(value.items()))
        elif isinstance(value, list | tuple):
            parts.update((id(part), part) for part in value)
    return list(parts.values())


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
