"""Exported rows -> the fields that a trainer finds prompt and response in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from delift_core.data.example import Example
from delift_core.export.rows import ExportRow
from delift_core.export.shapes.shape import all_turns, turns_before
from delift_core.export.shapes.sharegpt import SPEAKERS


@dataclass(frozen=True)
class TurnsField:
    """One field holds every turn, the response last."""

    name: str
    role: str  # the key of a turn's role
    content: str  # the key of its text
    roles: Mapping[str, str] = field(default_factory=dict)  # role -> as it is written, if otherwise

    def holds(self, row: ExportRow, example: Example) -> bool:
        """Whether the field of a row is the conversation of an example."""
        turns = row.fields.get(self.name)
        if not isinstance(turns, list) or not all(isinstance(turn, Mapping) for turn in turns):
            return False
        written = [(turn.get(self.role), turn.get(self.content)) for turn in turns]
        return written == [
            (self.roles.get(turn.role, turn.role), turn.content) for turn in all_turns(example)
        ]

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that are read."""
        return (self.name,)


@dataclass(frozen=True)
class PairFields:
    """Prompt and response are texts in fields of their own."""

    prompt: str
    response: str
    query: str | None = None  # goes on with the prompt on a new line
    system: str | None = None
    history: str | None = None  # pairs of earlier prompts and responses

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that are read."""
        optional = [name for name in (self.query, self.system, self.history) if name]
        return (self.prompt, self.response, *optional)


Fields = TurnsField | PairFields
TURNS = (
    TurnsField("messages", "role", "content"),
    TurnsField("conversations", "from", "value", SPEAKERS),
)


def fields_of(rows: Sequence[ExportRow], examples: Sequence[Example]) -> Fields | None:
    """Where rows hold what their examples say; None where no trainer finds it.

    rows: of the examples, in their order; at least one.
    """
    for turns in TURNS:
        if all(map(turns.holds, rows, examples)):
            return turns
    if all(map(is_alpaca, rows, examples)):
        columns = {name for row in rows for name in row.fields}
        optional = {name: name for name in ("system", "history") if name in columns}
        query = "input" if any(row.fields.get("input") for row in rows) else None
        return PairFields("instruction", "output", query, **optional)
    return pair_of(rows, examples)


def is_alpaca(row: ExportRow, example: Example) -> bool:
    """Whether a row of Alpaca's fields holds an example, its last turn as instruction and input."""
    parts = [row.fields.get("instruction"), row.fields.get("input")]
    *earlier, last = turns_before(example)
    return (
        last.content == "\n".join(str(part) for part in parts if part)
        and row.fields.get("output") == example.response
        and len(earlier) == turns_before_last(row)
    )


def turns_before_last(row: ExportRow) -> int:
    """How many turns stand before the last one in an Alpaca row."""
    history = row.fields.get("history")
    exchanges = 2 * len(history) if isinstance(history, list) else 0
    return exchanges + bool(row.fields.get("system"))


def pair_of(rows: Sequence[ExportRow], examples: Sequence[Example]) -> PairFields | None:
    """The fields that are the only turn of a prompt and the response, None where there are none."""
    if not all(len(example.turns) == 1 for example in examples):
        return None
    prompt = field_that_is([example.prompt for example in examples], rows)
    response = field_that_is([example.response for example in examples], rows)
    if prompt is None or response is None:
        return None
    return PairFields(prompt, response)


def field_that_is(texts: Sequence[str], rows: Sequence[ExportRow]) -> str | None:
    """The first field that holds these texts row by row."""
    for name in rows[0].fields:
        if all(row.fields.get(name) == text for row, text in zip(rows, texts, strict=True)):
            return name
    return None
