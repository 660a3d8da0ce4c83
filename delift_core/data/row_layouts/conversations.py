"""A conversation in one column: ShareGPT and OpenAI messages."""

from collections.abc import Mapping

from delift_core.data.row_layouts.columns import (
    CONVERSATION_COLUMNS,
    PROMPT_COLUMNS,
    RESPONSE_COLUMNS,
    column_of,
    folded_name,
    names_by_folded,
)
from delift_core.data.row_layouts.layout import Layout, Reading
from delift_core.data.row_layouts.messages import (
    MESSAGE_STYLES,
    messages_in,
    style_of,
    turns_of,
)
from delift_core.data.row_layouts.prompts import turns_before
from delift_core.data.row_layouts.responses import ending_in_response


def conversation_layout(style: str) -> Layout:
    """The layout of a column that holds messages of one style."""
    speaker, content = MESSAGE_STYLES[style]

    def fits(fields: Mapping) -> bool:
        return conversation_column(fields, style) is not None

    def read(fields: Mapping) -> list[Reading]:
        turns, notes = turns_of(messages_in(fields[conversation_column(fields, style)]), style)
        if not any(turn.role == "system" for turn in turns):
            turns = [turn for turn in turns_before(fields) if turn.role == "system"] + turns
        return [ending_in_response(turns, notes, fields)]

    return Layout(style, f"a list of turns with {speaker} and {content}", fits, read)


def conversation_column(fields: Mapping, style: str) -> str | None:
    """The column that holds a conversation in this style.

    A usual name, or the only column whose value is a list of messages.
    """
    own_names = names_by_folded(tuple(fields))
    for folded in CONVERSATION_COLUMNS:
        name = own_names.get(folded)
        if name and style_of(fields[name]) == style:
            return name
    lists = _columns_of_messages(fields)
    if len(lists) == 1 and style_of(fields[lists[0]]) == style:
        return lists[0]
    return None


def _columns_of_messages(fields: Mapping) -> list[str]:
    """Columns that hold a list of messages; not those of a prompt and its response."""
    ignored: tuple[str, ...] = ()
    if column_of(fields, *PROMPT_COLUMNS) and column_of(fields, *RESPONSE_COLUMNS):
        ignored = (*PROMPT_COLUMNS, *RESPONSE_COLUMNS)
    return [
        name
        for name, value in fields.items()
        if not isinstance(value, str) and style_of(value) and folded_name(name) not in ignored
    ]


CONVERSATIONS = tuple(map(conversation_layout, MESSAGE_STYLES))
