"""The layout of an explicit column mapping."""

from collections.abc import Mapping

from delift_core.data.example import Turn
from delift_core.data.row_layouts.layout import Layout, Reading
from delift_core.data.row_layouts.prompts import joined_texts
from delift_core.data.row_layouts.responses import answered_by, turns_in
from delift_core.data.text import as_text, is_blank


def mapped_layout(columns: Mapping[str, list[str]]) -> Layout:
    """The layout of prompt, response and system columns named by a person.

    Several columns of one role are joined by a newline, empty ones left out; a single prompt or
    response column may hold messages.
    """
    prompts, responses = columns["prompt"], columns["response"]
    needed = [*prompts, *responses]

    def read(fields: Mapping) -> list[Reading]:
        turns, notes = turns_in(_value_of(fields, prompts))
        system = _joined_columns(fields, columns.get("system", []))
        if not is_blank(system):
            turns = [Turn("system", system), *turns]
        return [answered_by(turns, _value_of(fields, responses), notes, fields)]

    return Layout(
        f"prompt from {' + '.join(prompts)} and response from {' + '.join(responses)}",
        " and ".join(needed),
        lambda fields: all(name in fields for name in needed),
        read,
    )


def _value_of(fields: Mapping, names: list[str]) -> object:
    """The value of one column as it is, the texts of several joined."""
    if len(names) == 1:
        return fields[names[0]]
    return _joined_columns(fields, names)


def _joined_columns(fields: Mapping, names: list[str]) -> str:
    return joined_texts("\n", *(as_text(fields[name]) or "" for name in names if name in fields))
