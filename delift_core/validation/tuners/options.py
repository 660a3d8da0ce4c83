"""What is varied about a tuner, as it is typed: NAME=VALUE for each option."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, NamedTuple

from delift_core.errors import UnknownChoice
from delift_core.validation.tuners.tuner import Tuner


class OptionKind(NamedTuple):
    """What an option of one type can be."""

    title: str
    read: Callable[[str], Any]  # raises ValueError
    is_allowed: Callable[[Any], bool]


def names_in(text: str) -> tuple[str, ...]:
    """The names in a text, between commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


KINDS: Mapping[type, OptionKind] = {
    int: OptionKind("a whole number from 1", int, lambda value: value >= 1),
    float: OptionKind("a share from 0 to below 1", float, lambda value: 0 <= value < 1),
    str: OptionKind("one name, or several with commas", names_in, bool),
}


def usual_options(tuner: Tuner) -> dict[str, Any]:
    """Name -> value of everything that can be varied about a tuner, where nothing is."""
    return {part.name: part.default for part in fields(tuner.options)}


def option_sentences(tuner: Tuner) -> dict[str, str]:
    """Name -> what it means, of everything that can be varied about a tuner."""
    return {part.name: part.metadata["sentence"] for part in fields(tuner.options)}


def typed_options(tuner: Tuner, typed: Iterable[str]) -> dict[str, Any]:
    """Name -> value of what is varied. typed: NAME=VALUE. Raises UnknownChoice."""
    usual = usual_options(tuner)
    given = dict(text.partition("=")[::2] for text in typed)
    for name in given:
        if name not in usual:
            offered = " or ".join(usual) or "another tuner: nothing can be varied about it"
            raise UnknownChoice(f"Tuner {tuner.name} has no option {name!r}. Choose {offered}.")
    return {name: typed_value(tuner, name, text, usual[name]) for name, text in given.items()}


def typed_value(tuner: Tuner, name: str, text: str, usual: Any) -> Any:
    """The value of an option, of the same kind as the usual one. Raises UnknownChoice."""
    if text == usual:
        return usual
    kind = KINDS[type(usual)]
    try:
        value = kind.read(text)
    except ValueError:
        value = None
    if value is None or not kind.is_allowed(value):
        raise UnknownChoice(
            f"Option {name} of tuner {tuner.name} is {text!r}. Give {kind.title}, such as"
            f" {name}={usual}."
        )
    return value
