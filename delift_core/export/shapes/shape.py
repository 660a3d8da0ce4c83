"""The record of a shape, and the conversation that several shapes write."""

from collections.abc import Callable
from dataclasses import dataclass

from delift_core.data.example import Example, Turn


def accepts_all(example: Example) -> str | None:
    """No reason to refuse any example."""
    return None


@dataclass(frozen=True)
class Shape:
    """What the fields of an exported row are."""

    name: str
    title: str  # in the dashboard
    fields_of: Callable[[Example], dict]
    # why an example does not fit the shape, None where it does
    refusal: Callable[[Example], str | None] = accepts_all
    in_folders: bool = True  # whether a `datasets` folder may hold it


def turns_before(example: Example) -> tuple[Turn, ...]:
    """Everything before the response; an example built by hand may have its prompt only as text."""
    return example.turns or (Turn("user", example.prompt),)


def all_turns(example: Example) -> tuple[Turn, ...]:
    """Every turn of an example, the response last."""
    return (*turns_before(example), Turn("assistant", example.response))
