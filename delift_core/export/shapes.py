"""An example becomes a row in the shape a trainer reads: as it was, Alpaca, ShareGPT, messages, or
its id alone.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from delift_core.data.example import Example, Turn
from delift_core.data.text import plain
from delift_core.errors import UnfitExample, UnknownChoice
from delift_core.export.writers import Row, refusals


class Shape(StrEnum):
    """What the fields of an exported row are."""

    ORIGINAL = "original"  # the row as it was read, every field untouched
    ALPACA = "alpaca"
    SHAREGPT = "sharegpt"
    MESSAGES = "messages"
    IDS = "ids"


SHAREGPT_NAMES = {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"}


def shape_named(name: str) -> Shape:
    """The shape of that name."""
    try:
        return Shape(name)
    except ValueError:
        raise UnknownChoice(
            f"There is no shape {name!r}. Choose one of {', '.join(Shape)}."
        ) from None


def rows_of(
    examples: Sequence[Example], shape: Shape, added: Sequence[Mapping] | None, source: str
) -> list[Row]:
    """Every example as a row of that shape, with its added fields behind its own."""
    return [
        _row(example, shape, extra, source)
        for example, extra in zip(examples, added or [{}] * len(examples), strict=True)
    ]


def _row(example: Example, shape: Shape, added: Mapping, source: str) -> Row:
    where = f"{source}, row {example.row}" if example.row else source
    place = f"{where} (id {example.id!r})"
    if shape is Shape.ALPACA and not fits_alpaca(example):
        raise UnfitExample(
            f"{place}: Alpaca holds a system turn, then user and assistant by turns, and this"
            " conversation runs otherwise. Export as sharegpt or messages."
        )
    with refusals(place):
        fields = plain(SHAPES[shape](example))
    taken = next((name for name in added if name in fields), None)
    if taken:
        raise UnfitExample(
            f"{place}: the row already has a field {taken!r}, which would be overwritten. Rename"
            " it, or export without adding it."
        )
    return Row(place, fields | dict(added))


def turns_before(example: Example) -> tuple[Turn, ...]:
    """Everything before the response; an example built by hand may have its prompt only as text."""
    return example.turns or (Turn("user", example.prompt),)


def original(example: Example) -> dict:
    """The row as it was read."""
    return dict(example.extra) or {"prompt": example.prompt, "response": example.response}


def alpaca(example: Example) -> dict:
    """instruction, input and output; the system turn and the earlier turns where there are any."""
    system, spoken = _system_apart(example)
    row = {"id": example.id, "instruction": spoken[-1], "input": "", "output": example.response}
    history = [list(pair) for pair in zip(spoken[:-1:2], spoken[1::2])]
    return row | ({"system": system} if system else {}) | ({"history": history} if history else {})


def fits_alpaca(example: Example) -> bool:
    """Whether a system turn at most, then user, assistant, ..., user come before the response."""
    roles = [turn.role for turn in turns_before(example)]
    spoken = roles[1:] if roles[0] == "system" else roles
    return len(spoken) % 2 == 1 and all(
        role == ("user", "assistant")[place % 2] for place, role in enumerate(spoken)
    )


def _system_apart(example: Example) -> tuple[str, list[str]]:
    """The text of the system turn, and the texts of the other turns."""
    turns = turns_before(example)
    texts = [turn.content for turn in turns]
    return (texts[0], texts[1:]) if turns[0].role == "system" else ("", texts)


def sharegpt(example: Example) -> dict:
    """conversations of from and value."""
    return {
        "id": example.id,
        "conversations": [
            {"from": SHAREGPT_NAMES[turn.role], "value": turn.content}
            for turn in _conversation(example)
        ],
    }


def messages(example: Example) -> dict:
    """messages of role and content."""
    return {
        "id": example.id,
        "messages": [
            {"role": turn.role, "content": turn.content} for turn in _conversation(example)
        ],
    }


def _conversation(example: Example) -> tuple[Turn, ...]:
    return (*turns_before(example), Turn("assistant", example.response))


SHAPES = {
    Shape.ORIGINAL: original,
    Shape.ALPACA: alpaca,
    Shape.SHAREGPT: sharegpt,
    Shape.MESSAGES: messages,
    Shape.IDS: lambda example: {"id": example.id},
}
