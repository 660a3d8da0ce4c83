"""A conversation in one column: ShareGPT and OpenAI messages."""

from collections.abc import Mapping
from dataclasses import replace

from delift_core.data.example import Turn
from delift_core.data.notes import Note
from delift_core.data.row_layouts.columns import (
    CONVERSATION_COLUMNS,
    PROMPT_COLUMNS,
    RESPONSE_COLUMNS,
    SYSTEM_COLUMNS,
    column_of,
    folded_name,
    names_by_folded,
)
from delift_core.data.row_layouts.layout import Layout, Reading
from delift_core.data.row_layouts.messages import (
    MESSAGE_STYLES,
    Conversation,
    conversation_of,
    messages_in,
    style_of,
)
from delift_core.data.row_layouts.prompts import ignored_system, system_of
from delift_core.data.row_layouts.responses import ending_in_response
from delift_core.data.text import is_blank


def conversation_layout(style: str) -> Layout:
    """The layout of a column that holds messages of one style."""
    speaker, content = MESSAGE_STYLES[style]

    def fits(fields: Mapping) -> bool:
        return conversation_column(fields, style) is not None

    def read(fields: Mapping) -> list[Reading]:
        messages = messages_in(fields[conversation_column(fields, style)])
        conversation = with_system_column(conversation_of(messages, style), fields)
        return [ending_in_response(conversation, fields)]

    return Layout(style, f"a list of turns with {speaker} and {content}", fits, read)


def with_system_column(conversation: Conversation, fields: Mapping) -> Conversation:
    """A conversation behind the text of a system column, unless it opens with a system turn."""
    notes = (*conversation.notes, *ignored_system(fields))
    text = system_of(fields)
    first = conversation.turns[0] if conversation.turns else Turn("user", "")
    if is_blank(text):
        return replace(conversation, notes=notes)
    if first.role != "system":
        turns = (Turn("system", text), *conversation.turns)
        return Conversation(turns, (True, *conversation.learned), notes)
    if first.content.strip() != text.strip():
        name = column_of(fields, *SYSTEM_COLUMNS)
        note = f"{name!r} is left out: the conversation has a system turn of its own."
        notes = (*notes, Note(note))
    return replace(conversation, notes=notes)


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
    """Columns that hold a list of messages, but those of a system turn, a prompt or its response.

    Text that is such a list in JSON counts where it is all that a row has.
    """
    ignored: tuple[str, ...] = SYSTEM_COLUMNS
    if column_of(fields, *PROMPT_COLUMNS) and column_of(fields, *RESPONSE_COLUMNS):
        ignored = (*SYSTEM_COLUMNS, *PROMPT_COLUMNS, *RESPONSE_COLUMNS)
    return [
        name
        for name, value in fields.items()
        if (len(fields) == 1 or not isinstance(value, str))
        and style_of(value)
        and folded_name(name) not in ignored
    ]


CONVERSATIONS = tuple(map(conversation_layout, MESSAGE_STYLES))
