"""Every example written once before anything is scored: which rows a template cannot write."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from delift_core.data.example import Example, Problem, Turn
from delift_core.errors import UnusablePrompt, UnwritableConversation
from delift_core.scoring.prompts import Prompter
from delift_core.scoring.shapes import shape_of

PROBE = Example("", "a", "b", (Turn("user", "a"),))


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

    Each example is written as answered and as shown, with one example of each shape of
    conversation until one pair can be written. Raises UnusablePrompt where an end has no example
    left.
    """
    others = [PROBE, *by_shape(shown)]

    def write_answered(example: Example) -> None:
        write_with_any(prompter, [(other, example) for other in others])

    queries, unanswered = writable(answered, "answered", write_answered)
    refuse_nothing_left(answered, unanswered)
    kinds = by_shape(queries)

    def write_shown(example: Example) -> None:
        write_with_any(prompter, [(example, query) for query in kinds])

    _, unshown = writable(shown, "shown", write_shown)
    refuse_nothing_left(shown, unshown)
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


def write_with_any(prompter: Prompter, pairs: Sequence[tuple[Example, Example]]) -> None:
    """Write the first of some pairs of (shown, answered) that can be written.

    Raises the reason why the first one cannot, where none can.
    """
    reasons = []
    for shown, answered in pairs:
        try:
            return write_pair(prompter, shown, answered)
        except UnwritableConversation as reason:
            reasons.append(reason)
    raise reasons[0]


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
    first: dict[str, Example] = {}
    for example in examples:
        first.setdefault(shape_of(example), example)
    return list(first.values())
