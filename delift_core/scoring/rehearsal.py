"""Every example written once before anything is scored: which rows a template cannot write."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from delift_core.data.example import Example, Problem, Turn
from delift_core.errors import UnusablePrompt, UnwritableConversation
from delift_core.scoring.prompts import Prompter

PROBE = Example("", "a", "b", (Turn("user", "a"),))

Shape = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class UnwritableExample:
    """An example that the template cannot write: no pair of it is scored at that end."""

    end: str  # answered or shown
    index: int  # among the examples of that end
    reason: str


def rehearse(
    prompter: Prompter, answered: Sequence[Example], shown: Sequence[Example]
) -> tuple[UnwritableExample, ...]:
    """The examples that the template cannot write; no pair of them will be scored.

    Each example is written once as answered and once as shown, and one of each shape behind one of
    each other shape, where the parts have to be the rendering of the whole. Raises UnusablePrompt
    where they are not, and where a side has no example left.
    """

    def write_answered(example: Example) -> None:
        write_pair(prompter, PROBE, example)

    queries, unanswered = writable(answered, "answered", write_answered)
    refuse_nothing_left(answered, unanswered)

    def write_shown(example: Example) -> None:
        write_pair(prompter, example, queries[0])

    exchanges, unshown = writable(shown, "shown", write_shown)
    refuse_nothing_left(shown, unshown)
    for exchange in by_shape(exchanges):
        for query in by_shape(queries):
            verify_shapes(prompter, exchange, query)
    return (*unanswered, *unshown)


def problems_of(
    unwritable: Iterable[UnwritableExample], answered: Sequence[Example], shown: Sequence[Example]
) -> tuple[Problem, ...]:
    """A problem for every row that cannot be written, whether at one end or at both."""
    examples = {"answered": answered, "shown": shown}
    problems: dict[tuple[int, str], Problem] = {}  # (row, id) -> its first problem
    for found in unwritable:
        example = examples[found.end][found.index]
        problem = Problem(example.row, refusal(example, found.end, found.reason))
        problems.setdefault((example.row, example.id), problem)
    return tuple(problems[key] for key in sorted(problems))


def refusal(example: Example, end: str, reason: object) -> str:
    """Why an example cannot be written."""
    return f"Row {example.row} (id {example.id}) cannot be {end}: {reason}"


def write_pair(prompter: Prompter, shown: Example, answered: Example) -> None:
    """Write a pair, texts and tokens. Raises UnusablePrompt, UnwritableConversation."""
    prompter.template.verify(shown, answered)
    prompter.alone(answered)
    prompter.pairs(shown, [answered])


def writable(
    examples: Sequence[Example], end: str, write: Callable[[Example], None]
) -> tuple[list[Example], list[UnwritableExample]]:
    """(the examples that can be written, why the others cannot)."""
    usable, unwritable = [], []
    for index, example in enumerate(examples):
        try:
            write(example)
            usable.append(example)
        except UnwritableConversation as reason:
            unwritable.append(UnwritableExample(end, index, str(reason)))
        except UnusablePrompt as reason:
            raise UnusablePrompt(refusal(example, end, reason)) from reason
    return usable, unwritable


def refuse_nothing_left(
    examples: Sequence[Example], unwritable: Sequence[UnwritableExample]
) -> None:
    """Raise UnusablePrompt with the first reason where no example can be written."""
    if unwritable and len(unwritable) == len(examples):
        raise UnusablePrompt(refusal(examples[0], unwritable[0].end, unwritable[0].reason))


def by_shape(examples: Sequence[Example]) -> list[Example]:
    """The first example of each shape of conversation."""
    first: dict[Shape, Example] = {}
    for example in examples:
        first.setdefault(shape_of(example), example)
    return list(first.values())


def shape_of(example: Example) -> Shape:
    """What of a conversation a template may treat in another way.

    Its system turn, who speaks first and last, whether there are several turns, tools, and a chain
    of thought.
    """
    roles = [turn.role for turn in example.turns if turn.role != "system"]
    return (
        any(turn.role == "system" for turn in example.turns),
        tuple(roles[:1]),
        tuple(roles[-1:]),
        len(roles) > 1,
        "tool" in roles,
        "</think>" in example.response,
    )


def verify_shapes(prompter: Prompter, shown: Example, answered: Example) -> None:
    """Raise UnusablePrompt where two examples that can be written cannot be written together."""
    try:
        prompter.template.verify(shown, answered)
    except UnwritableConversation as reason:
        raise UnusablePrompt(
            f"Row {answered.row} (id {answered.id}) answered with row {shown.row}"
            f" (id {shown.id}) shown: {reason}"
        ) from reason
