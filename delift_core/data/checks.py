"""Readings become examples: no empty ones, no end-of-turn markers, an id each, no exact duplicates.

Everything left out or changed is reported as a Problem.
"""

from collections.abc import Iterable

from delift_core.data.control_tokens import is_only_tokens, without_end_marker
from delift_core.data.example import Example, Problem, ProblemKind, prompt_text
from delift_core.data.flaws import own_flaw
from delift_core.data.notes import Note, summed_notes
from delift_core.data.row_layouts.columns import column_of
from delift_core.data.row_layouts.layout import Reading
from delift_core.data.text import as_text, is_blank, is_single

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
LONGEST_QUOTED = 60  # characters of a text quoted in a sentence


def usable_examples(
    readings: Iterable[tuple[int, Reading]],
) -> tuple[list[Example], list[Problem], list[int]]:
    """Examples that can be used, what was noticed, and for each example its part within its row."""
    examples, problems, parts = [], [], []
    notes: list[tuple[int, Note]] = []  # (row, note) of the rows that are used
    for row, reading in readings:
        if reading.response is None:
            problems.append(Problem(row, "there is no response.", ProblemKind.EMPTY))
            continue
        response = without_end_marker(reading.response)
        problem = _why_unusable(row, reading, reading.response, response)
        if problem:
            problems.append(problem)
            continue
        notes.extend((row, note) for note in reading.notes)
        notes.extend((row, note) for note in _marker_note(reading.response[len(response) :]))
        prompt = prompt_text(reading.turns)
        examples.append(Example("", prompt, response, reading.turns, reading.fields, row))
        parts.append(reading.part)
    return examples, problems + summed_notes(notes), parts


def _marker_note(cut: str) -> list[Note]:
    if not cut:
        return []
    return [Note(f"the end-of-turn marker {cut.strip()} is not part of the response.")]


def _why_unusable(row: int, reading: Reading, written: str, response: str) -> Problem | None:
    """The first reason against an example; None where it can be used.

    written, response: the response with and without its end-of-turn markers.
    """
    if is_blank(written):
        return Problem(row, "the response is empty.", ProblemKind.EMPTY)
    if is_blank(response) or is_only_tokens(written):
        return Problem(
            row,
            f"the response is only control tokens ({written.strip()[:LONGEST_QUOTED]}).",
            ProblemKind.EMPTY,
        )
    if all(is_blank(turn.content) for turn in reading.turns):
        return Problem(row, "the prompt is empty.")
    flaw = own_flaw("".join([response, *(turn.content for turn in reading.turns)]))
    if flaw:
        return Problem(row, f"the row cannot be kept as text: {flaw}")
    return None


def with_ids(
    examples: list[Example], parts: list[int], name: str | None = None
) -> tuple[list[Example], list[Problem]]:
    """The examples with an id each, and why an id column could not be used.

    Ids come from the named or the first id-like column if every row has its own, otherwise they are
    the row numbers; parts of a row get -1, -2, ...
    """
    row_numbers = [
        _part_id(str(example.row), part) for example, part in zip(examples, parts, strict=True)
    ]
    name = name or _id_column(examples)
    if name is None:
        return _identified(examples, row_numbers), []
    ids = [
        _part_id(_id_text(example, name), part)
        for example, part in zip(examples, parts, strict=True)
    ]
    problem = _id_problem(examples, ids, name)
    if problem:
        return _identified(examples, row_numbers), [problem]
    return _identified(examples, ids), []


def _id_column(examples: list[Example]) -> str | None:
    """The first id-like column of the first example."""
    if not examples:
        return None
    return column_of(examples[0].extra, *ID_COLUMNS)


def _identified(examples: list[Example], ids: list[str]) -> list[Example]:
    return [
        Example(id, example.prompt, example.response, example.turns, example.extra, example.row)
        for example, id in zip(examples, ids, strict=True)
    ]


def _part_id(id: str, part: int) -> str:
    return f"{id}-{part}" if part and id else id


def _id_text(example: Example, name: str) -> str:
    value = example.extra.get(name)
    text = as_text(value) if is_single(value) else None
    return "" if text is None or is_blank(text) else text


def _id_problem(examples: list[Example], ids: list[str], name: str) -> Problem | None:
    """The first row that spoils an id column: without an id, or with that of an earlier row."""
    rows: dict[str, int] = {}  # id -> first row that has it
    for example, id in zip(examples, ids, strict=True):
        if id in rows:
            reason = f"repeats {id!r} of row {rows[id]}"
        elif not id:
            reason = "is empty in this row"
        else:
            rows[id] = example.row
            continue
        return Problem(
            example.row,
            f"the id column {name!r} {reason}, so row numbers are used as ids.",
            ProblemKind.ALTERED,
        )
    return None


def exact_duplicates(examples: list[Example]) -> dict[int, Example]:
    """Position of every repeated example -> the first with the same turns and response."""
    firsts: dict[tuple, Example] = {}
    repeated = {}
    for position, example in enumerate(examples):
        first = firsts.setdefault((example.turns, example.response), example)
        if first is not example:
            repeated[position] = first
    return repeated


def without_exact_duplicates(
    examples: list[Example], keep: bool
) -> tuple[list[Example], list[Problem]]:
    """The first of equal examples; with `keep` all of them, reported all the same."""
    repeated = exact_duplicates(examples)
    done = "both are kept" if keep else "it is left out"
    problems = [
        Problem(
            examples[position].row,
            f"the same prompt and response as row {first.row}; {done}.",
            ProblemKind.EXACT_DUPLICATE,
        )
        for position, first in repeated.items()
    ]
    if keep:
        return list(examples), problems
    firsts = [example for position, example in enumerate(examples) if position not in repeated]
    return firsts, problems
