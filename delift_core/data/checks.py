"""Readings become examples: empty ones are left out, ends of turn stripped, ids given, duplicates
found. Everything done is reported.
"""

from collections.abc import Iterable
from dataclasses import replace

from delift_core.data.conversations import prompt_text
from delift_core.data.example import Example, Problem, ProblemKind
from delift_core.data.layouts import Reading, column
from delift_core.data.text import (
    as_text,
    flaw_in,
    is_blank,
    is_only_tokens,
    is_single,
    without_end_marker,
)

ID_COLUMNS = (
    "id",
    "qid",
    "uid",
    "uuid",
    "guid",
    "exampleid",
    "questionid",
    "promptid",
    "rowid",
    "conversationid",
    "messageid",
    "problemid",
)
LONGEST_SHOWN = 60  # characters of a text quoted in a sentence


def usable_examples(
    readings: Iterable[tuple[int, Reading]],
) -> tuple[list[Example], list[Problem], list[int]]:
    """Examples that can be used, what was noticed, and for each example its part within its row."""
    examples, problems, parts = [], [], []
    for row, reading in readings:
        response = reading.response
        stripped = None if response is None else without_end_marker(response)
        problem = _unusable(row, reading, stripped)
        if problem:
            problems.append(problem)
            continue
        problems.extend(
            Problem(row, note, ProblemKind.ALTERED)
            for note in (*reading.notes, *_marker_note(response[len(stripped) :]))
        )
        examples.append(
            Example("", prompt_text(reading.turns), stripped, reading.turns, reading.fields, row)
        )
        parts.append(reading.part)
    return examples, problems, parts


def _marker_note(cut: str) -> list[str]:
    return [f"the end-of-turn marker {cut.strip()} is not part of the response."] if cut else []


def _unusable(row: int, reading: Reading, stripped: str | None) -> Problem | None:
    if reading.response is None:
        return Problem(row, "there is no response.", ProblemKind.EMPTY)
    if is_blank(reading.response):
        return Problem(row, "the response is empty.", ProblemKind.EMPTY)
    if is_blank(stripped) or is_only_tokens(reading.response):
        return Problem(
            row,
            f"the response is only control tokens ({reading.response.strip()[:LONGEST_SHOWN]}).",
            ProblemKind.EMPTY,
        )
    if all(is_blank(turn.content) for turn in reading.turns):
        return Problem(row, "the prompt is empty.")
    flaw = flaw_in([stripped, *(turn.content for turn in reading.turns)])
    return Problem(row, f"the row cannot be kept as text: {flaw}") if flaw else None


def with_ids(
    examples: list[Example], parts: list[int], name: str | None = None
) -> tuple[list[Example], list[Problem]]:
    """Ids from the named or first id-like column if every row has its own, otherwise the row
    numbers; parts of a row get -1, -2, ...
    """
    numbers = [_numbered(str(example.row), part) for example, part in zip(examples, parts)]
    name = name or next(
        filter(None, (column(example.extra, *ID_COLUMNS) for example in examples[:1])), None
    )
    if name is None:
        return _named(examples, numbers), []
    ids = [_numbered(_id_text(example, name), part) for example, part in zip(examples, parts)]
    problem = _id_problem(examples, ids, name)
    return (_named(examples, numbers), [problem]) if problem else (_named(examples, ids), [])


def _named(examples: list[Example], ids: list[str]) -> list[Example]:
    return [replace(example, id=id) for example, id in zip(examples, ids)]


def _numbered(id: str, part: int) -> str:
    return f"{id}-{part}" if part and id else id


def _id_text(example: Example, name: str) -> str:
    value = example.extra.get(name)
    text = as_text(value) if is_single(value) else None
    return "" if is_blank(text) else text


def _id_problem(examples: list[Example], ids: list[str], name: str) -> Problem | None:
    """The first row that spoils an id column: without an id, or with that of an earlier row."""
    first: dict[str, int] = {}
    for example, id in zip(examples, ids):
        reason = (
            f"repeats {id!r} of row {first[id]}"
            if id in first
            else "is empty in this row"
            if not id
            else ""
        )
        if reason:
            return Problem(
                example.row,
                f"the id column {name!r} {reason}, so row numbers are used as ids.",
                ProblemKind.ALTERED,
            )
        first[id] = example.row
    return None


def exact_duplicates(examples: list[Example]) -> dict[int, Example]:
    """Position of every example whose turns and response occurred before, with the first that had
    them.
    """
    first: dict[tuple, Example] = {}
    return {
        place: kept
        for place, example in enumerate(examples)
        if (kept := first.setdefault((example.turns, example.response), example)) is not example
    }


def without_exact_duplicates(
    examples: list[Example], keep: bool
) -> tuple[list[Example], list[Problem]]:
    """The first of equal examples; with `keep` all of them, reported all the same."""
    repeated = exact_duplicates(examples)
    done = "both are kept" if keep else "it is left out"
    problems = [
        Problem(
            examples[place].row,
            f"the same prompt and response as row {first.row}; {done}.",
            ProblemKind.EXACT_DUPLICATE,
        )
        for place, first in repeated.items()
    ]
    return [
        example for place, example in enumerate(examples) if keep or place not in repeated
    ], problems
