"""A list of messages becomes turns: ShareGPT (from, value) and OpenAI (role, content) alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import whitespace

from delift_core.data.example import Turn
from delift_core.data.flaws import RowError, flaw_in
from delift_core.data.json_values import parsed_json
from delift_core.data.notes import Note
from delift_core.data.row_layouts.learned_turns import FLAG_KEYS, are_learned, has_partial_weight
from delift_core.data.row_layouts.parts import (
    Content,
    content_of,
    holds_nothing,
    without_nulls,
)
from delift_core.data.text import is_blank, json_text, plain

# name -> (key of the speaker, key of the text)
MESSAGE_STYLES = {"ShareGPT": ("from", "value"), "OpenAI messages": ("role", "content")}
# name -> the column that usually holds messages of this style
COLUMN_OF_STYLE = {"ShareGPT": "conversations", "OpenAI messages": "messages"}
ROLE_OF_SPEAKER = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "prompter": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "ai": "assistant",
    "function_call": "assistant",
    "tool_call": "assistant",
    "tool": "tool",
    "observation": "tool",
    "function": "tool",
    "function_response": "tool",
    "tool_response": "tool",
    "ipython": "tool",
}
_JSON_STARTS = frozenset(("[", "{", *whitespace))
_CALL_KEYS = ("tool_calls", "function_call")
# of a message, none of which the model would read
_BOOKKEEPING_KEYS = ("type", "id", "index", "timestamp", "cache_control")


@dataclass(frozen=True)
class Conversation:
    """The turns of a list of messages."""

    turns: tuple[Turn, ...] = ()
    learned: tuple[bool, ...] = ()  # for every turn whether its weight and flags let it be learned
    notes: tuple[Note, ...] = ()  # what had to be read differently


def style_of(value: object) -> str | None:
    """The message style of a value, by its first message; None where it is no conversation.

    Of two styles in one table each message has the other's fields as nulls.
    """
    first = next(iter(messages_in(value)), None)
    if not isinstance(first, Mapping):
        return None
    has_calls = any(key in first for key in _CALL_KEYS)
    styles = [
        style
        for style, (speaker, content) in MESSAGE_STYLES.items()
        if speaker in first and (content in first or has_calls)
    ]
    spoken = [style for style in styles if first[MESSAGE_STYLES[style][0]] is not None]
    return next(iter([*spoken, *styles]), None)


def messages_in(value: object) -> list:
    """The messages of a list, of columns of turns, or of either as JSON in a text cell.

    An empty list for everything else.
    """
    if isinstance(value, str) and _may_be_json(value):
        value = parsed_json(value)
    if isinstance(value, Mapping):
        return _messages_of_columns(value)
    if isinstance(value, list | tuple):
        return list(value)
    return []


def is_plain_text(value: object) -> bool:
    """Whether a value is text that cannot hold messages, whatever else it says."""
    return type(value) is str and value[:1] not in _JSON_STARTS


def _may_be_json(text: str) -> bool:
    ends = text.lstrip()[:1] + text.rstrip()[-1:]
    return ends == "[]" or (ends == "{}" and any(f'"{key}"' in text for key in ("from", "role")))


def _messages_of_columns(columns: Mapping) -> list[dict]:
    """One message a position of {"from": [...], "value": [...]}; none of any other object."""
    is_columns = any(
        isinstance(columns.get(speaker), list | tuple)
        and isinstance(columns.get(content), list | tuple)
        for speaker, content in MESSAGE_STYLES.values()
    )
    if not is_columns:
        return []
    lists = {name: cells for name, cells in columns.items() if isinstance(cells, list | tuple)}
    return [
        {name: cells[position] for name, cells in lists.items() if position < len(cells)}
        for position in range(max(map(len, lists.values())))
    ]


def conversation_of(messages: list, style: str) -> Conversation:
    """Every message as a turn, which of them are to be learned, and what was read differently.

    Raises RowError where a message has no known speaker or holds anything but text.
    """
    flaw = flaw_in(messages)
    if flaw:
        raise RowError(f"the conversation cannot be kept as text: {flaw}")
    speaker, content = MESSAGE_STYLES[style]
    turns: list[Turn] = []
    notes: list[Note] = []
    for number, message in enumerate(messages, 1):
        if not isinstance(message, Mapping) or speaker not in message:
            raise RowError(
                f"turn {number} names no speaker; each turn needs {speaker!r} and {content!r}."
            )
        role = _role_of(message[speaker], number)
        value = content_of(message.get(content), f"turn {number}")
        if role == "user" and value.is_only_results:
            role = "tool"
        text, text_notes = _text_of(message, value, number)
        turns.append(Turn(role, text))
        notes.extend(text_notes)
        notes.extend(_notes_on_fields(message, (speaker, content), number))
    learned = are_learned(messages, [turn.role == "assistant" for turn in turns])
    return Conversation(tuple(turns), tuple(learned), tuple(notes))


def _role_of(speaker: object, number: int) -> str:
    try:
        return ROLE_OF_SPEAKER[str(speaker).strip().lower()]
    except KeyError:
        raise RowError(
            f"turn {number} is spoken by {speaker!r}, which is none of"
            f" {', '.join(ROLE_OF_SPEAKER)}."
        ) from None


def _text_of(message: Mapping, content: Content, number: int) -> tuple[str, list[Note]]:
    """The text of a message, and notes where it is not simply copied."""
    notes = []
    if content.has_reasoning:
        notes.append(_left_out("the reasoning of a turn is left out.", number))
    text, calls = content.text, [*content.calls, *_calls_of(message)]
    if calls and is_blank(text):
        notes.append(_written_as_json(number))
        return json_text(without_nulls(plain(calls))), notes
    if calls:
        notes.append(
            Note(
                "the tool calls of a turn are left out, its text is kept.",
                f"the tool calls of turn {number} are left out, its text is kept.",
            )
        )
    if text is None:
        notes.append(
            Note(
                "a turn holds null and is read as an empty one.",
                f"turn {number} holds null and is read as an empty one.",
            )
        )
    return text or "", notes


def _written_as_json(number: int) -> Note:
    return Note(
        "the tool calls of a turn are written as JSON text.",
        f"the tool calls of turn {number} are written as JSON text.",
    )


def _left_out(kind: str, number: int) -> Note:
    return Note(kind, kind.replace("a turn", f"turn {number}"))


def _calls_of(message: Mapping) -> list:
    """The calls of tools beside the text of a message; those of one call are a list as well."""
    calls: list = []
    for key in _CALL_KEYS:
        value = message.get(key)
        if holds_nothing(value):
            continue
        if isinstance(value, list | tuple):
            calls.extend(value)
        else:
            calls.append(value)
    return calls


def _notes_on_fields(message: Mapping, read: tuple[str, ...], number: int) -> Iterator[Note]:
    """A note on every further field of a message that holds something."""
    if has_partial_weight(message):
        yield _left_out("the weight of a turn is neither 0 nor 1 and is read as 1.", number)
    known = {*read, *_CALL_KEYS, *FLAG_KEYS, *_BOOKKEEPING_KEYS}
    for key, value in message.items():
        if key not in known and not holds_nothing(value):
            yield _left_out(f"{key!r} of a turn is left out.", number)
