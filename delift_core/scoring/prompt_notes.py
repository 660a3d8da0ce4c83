"""Examples x template -> notes on what is written, but not all of it or not together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from delift_core.data.example import Example, Problem, ProblemKind
from delift_core.data.notes import listed_rows
from delift_core.errors import UnwritableConversation
from delift_core.scoring.prompt_parts import Template
from delift_core.scoring.prompts import Prompter
from delift_core.scoring.shapes import example_of, said, shape_of, thought


@dataclass(frozen=True, slots=True)
class PromptNote:
    """What a template leaves out of answered examples, or why it does not write them behind some.

    Examples are named by their index.
    """

    reason: str
    answered: tuple[int, ...]
    shown: tuple[int, ...] = ()  # behind which they are not scored; none where a text is left out


def notes_on_prompts(
    prompter: Prompter, answered: Sequence[Example], shown: Sequence[Example]
) -> tuple[PromptNote, ...]:
    """One note a kind: texts that no prompt holds, and pairs that are not scored."""
    left_out = notes_on_left_out(prompter.template, answered)
    return (*left_out, *notes_on_pairs(prompter, answered, shown))


def sentence_on(note: PromptNote, answered: Sequence[Example], shown: Sequence[Example]) -> str:
    """rows 2, 5 (2 in all): the model's chat template leaves out ..."""
    rows = listed_rows([answered[index].row for index in note.answered])
    if not note.shown:
        return f"{rows}: {note.reason}"
    behind = listed_rows([shown[index].row for index in note.shown])
    return f"{rows} answered with {behind} shown: not scored. {note.reason}"


def problem_on(note: PromptNote, answered: Sequence[Example], shown: Sequence[Example]) -> Problem:
    """A note as a problem of the first of its rows."""
    row = answered[note.answered[0]].row
    sentence = sentence_on(note, answered, shown)
    return Problem(row, sentence, ProblemKind.ALTERED, len(note.answered))


def notes_on_left_out(template: Template, answered: Sequence[Example]) -> list[PromptNote]:
    """A note on every kind of text of answered examples that the template does not write."""
    indices: dict[str, list[int]] = {}  # part -> examples that it is left out of
    for shape, examples in indices_by_shape(answered).items():
        for part in parts_left_out(template, shape):
            indices.setdefault(part, []).extend(examples)
    return [
        PromptNote(
            f"the model's chat template leaves out {part}; template plain has it.",
            tuple(sorted(examples)),
        )
        for part, examples in indices.items()
    ]


def parts_left_out(template: Template, shape: str) -> list[str]:
    """What the template does not write of a conversation of a shape, each kind once."""
    example = example_of(shape)
    try:
        parts = template.alone(example)
        text = parts.prefix + parts.query + template.response(example)
    except UnwritableConversation:
        return []  # the row itself is reported
    return list(dict.fromkeys(name for name, part in named_parts(shape) if part not in text))


def named_parts(shape: str) -> Iterator[tuple[str, str]]:
    """(name, text) of every part of the conversation that `example_of` makes of a shape."""
    turns = example_of(shape).turns
    for place, turn in enumerate(turns):
        yield f"a turn of role {turn.role}", said(place)
        if shape[place].isupper():
            yield "the chain of thought of an earlier answer", thought(place)
    if shape[-1].isupper():
        yield "the chain of thought of a response", thought(len(turns))


def notes_on_pairs(
    prompter: Prompter, answered: Sequence[Example], shown: Sequence[Example]
) -> Iterator[PromptNote]:
    """A note on examples that the template writes, but not together: their pairs are not scored."""
    queries, exchanges = indices_by_shape(answered), indices_by_shape(shown)
    reasons = {
        (query, exchange): prompter.why_apart(exchange, query)
        for query in queries
        for exchange in exchanges
    }
    together = [pair for pair, reason in reasons.items() if reason is None]
    written = {query for query, _ in together}, {exchange for _, exchange in together}
    for (query, exchange), reason in reasons.items():
        # what is written with no other is reported by itself
        if reason and query in written[0] and exchange in written[1]:
            yield PromptNote(reason, tuple(queries[query]), tuple(exchanges[exchange]))


def indices_by_shape(examples: Sequence[Example]) -> dict[str, list[int]]:
    """The examples of each shape, by their index."""
    indices: dict[str, list[int]] = {}
    for index, example in enumerate(examples):
        indices.setdefault(shape_of(example), []).append(index)
    return indices
