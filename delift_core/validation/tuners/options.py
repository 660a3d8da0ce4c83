"""What is varied about a tuner, as it is typed: NAME=VALUE for each option."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields
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


def is_count(value: Any) -> bool:
    """Whether a value is a whole number from 1."""
    return isinstance(value, int) and value >= 1


def is_share(value: Any) -> bool:
    """Whether a value is a number from 0 to below 1."""
    return isinstance(value, int | float) and 0 <= value < 1


KINDS: Mapping[type, OptionKind] = {
    int: OptionKind("a whole number from 1", int, is_count),
    float: OptionKind("a share from 0 to below 1", float, is_share),
    str: OptionKind("one name, or several with commas", names_in, bool),
}


def usual_options(tuner: Tuner) -> dict[str, Any]:
    """Name -> value of everything that can be varied about a tuner, where nothing is."""
    return {part.name: part.default for part in fields(tuner.options)}


def option_sentences(tuner: Tuner) -> dict[str, str]:
    """Name -> what it means, of everything that can be varied about a tuner."""
    return {part.name: part.metadata["sentence"] for part in fields(tuner.options)}


def tuner_text(tuner: Tuner, options: Mapping[str, Any]) -> str:
    """A tuner and those of its options that are not as usual, in words."""
    usual = usual_options(tuner)
    varied = {name: value for name, value in options.items() if value != usual.get(name)}
    listed = ", ".join(f"{name} {written(value)}" for name, value in varied.items())
    return f"{tuner.name} {listed}".strip()


def written(value: Any) -> Any:
    """The value of an option as it is typed; names with commas."""
    return value if isinstance(value, str | int | float) else ", ".join(value)


def recorded_options(tuner: Tuner, varied: Mapping[str, Any]) -> dict[str, Any]:
    """Name -> value of all options, as cells and validations record them.

    varied: those that are not as usual. Raises UnknownChoice for what cannot be an option.
    """
    usual = usual_options(tuner)
    refuse_unknown(tuner, varied)
    for name, value in varied.items():
        if value != usual[name] and not KINDS[type(usual[name])].is_allowed(value):
            raise refused(tuner, name, value, usual[name])
    options = asdict(tuner.options(**varied))
    return {
        part.name: options[part.name]
        for part in fields(tuner.options)
        if part.metadata["recorded_as_usual"] or options[part.name] != part.default
    }


def typed_options(tuner: Tuner, typed: Iterable[str]) -> dict[str, Any]:
    """Name -> value of what is varied. typed: NAME=VALUE. Raises UnknownChoice."""
    usual = usual_options(tuner)
    given = dict(text.partition("=")[::2] for text in typed)
    refuse_unknown(tuner, given)
    return {name: typed_value(tuner, name, text, usual[name]) for name, text in given.items()}


def refuse_unknown(tuner: Tuner, names: Iterable[str]) -> None:
    """Raise UnknownChoice for what is no option of a tuner."""
    usual = usual_options(tuner)
    for name in names:
        if name not in usual:
            offered = " or ".join(usual) or "another tuner: nothing can be varied about it"
            raise UnknownChoice(f"Tuner {tuner.name} has no option {name!r}. Choose {offered}.")


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
        raise refused(tuner, name, text, usual)
    return value


def refused(tuner: Tuner, name: str, value: Any, usual: Any) -> UnknownChoice:
    """What is said of a value that an option cannot have."""
    return UnknownChoice(
        f"Option {name} of tuner {tuner.name} is {value!r}. Give {KINDS[type(usual)].title}, such"
        f" as {name}={usual}."
    )
