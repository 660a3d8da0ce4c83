"""The layout of an explicit column mapping."""

from collections.abc import Mapping
from dataclasses import replace

from delift_core.data.example import Turn
from delift_core.data.flaws import RowError
from delift_core.data.row_layouts.layout import Layout, Reading
from delift_core.data.row_layouts.parts import holds_nothing, system_text
from delift_core.data.row_layouts.prompts import joined_texts
from delift_core.data.row_layouts.responses import answered_by, turns_in
from delift_core.data.text import as_text, is_blank, kind_of


def mapped_layout(columns: Mapping[str, list[str]]) -> Layout:
    """The layout of prompt, response and system columns named by a person.

    Several columns of one role are joined by a newline, empty ones left out; a single prompt or
    response column may hold messages.
    """
    prompts, responses = columns["prompt"], columns["response"]
    needed = [*prompts, *responses]

    def read(fields: Mapping) -> list[Reading]:
        asked = turns_in(_value_of(fields, prompts), json_cells=True)
        system = joined_texts("\n", *_system_texts(fields, columns.get("system", [])))
        if not is_blank(system):
            asked = replace(
                asked,
                turns=(Turn("system", system), *asked.turns),
                learned=(True, *asked.learned),
            )
        return [answered_by(asked, _value_of(fields, responses), fields, json_cells=True)]

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


def _system_texts(fields: Mapping, names: list[str]) -> list[str]:
    """The texts of system columns in any shape. Raises RowError where one holds no text."""
    texts = []
    for name in names:
        value = fields.get(name)
        text = system_text(value)
        if is_blank(text) and not holds_nothing(value):
            raise RowError(f"{name!r} holds {kind_of(value)}, not text.")
        texts.append(text)
    return texts


def _joined_columns(fields: Mapping, names: list[str]) -> str:
    return joined_texts("\n", *(as_text(fields[name]) or "" for name in names if name in fields))
