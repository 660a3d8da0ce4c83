"""A list of messages becomes turns: ShareGPT (from, value) and OpenAI (role, content) alike."""

from collections.abc import Mapping

from delift_core.data.example import Turn
from delift_core.data.flaws import RowError, flaw_in
from delift_core.data.json_values import parsed_json
from delift_core.data.text import as_text, is_blank, is_single, json_text, kind_of, plain

# name -> (key of the speaker, key of the text)
MESSAGE_STYLES = {"ShareGPT": ("from", "value"), "OpenAI messages": ("role", "content")}
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
_TEXT_PARTS = ("text", "input_text", "output_text")


def style_of(value: object) -> str | None:
    """The message style of a value, by its first message; None where it is no conversation."""
    first = next(iter(messages_in(value)), None)
    if not isinstance(first, Mapping):
        return None
    for style, (speaker, content) in MESSAGE_STYLES.items():
        if speaker in first and (content in first or "tool_calls" in first):
            return style
    return None


def messages_in(value: object) -> list:
    """A list as it is, or as JSON in a text cell; an empty list for everything else."""
    if isinstance(value, str) and value.lstrip().startswith("[") and value.rstrip().endswith("]"):
        value = parsed_json(value)
    if isinstance(value, list | tuple):
        return list(value)
    return []


def turns_of(messages: list, style: str) -> tuple[list[Turn], list[str]]:
    """Every message as a turn, and a sentence for each that had to be read differently.

    Raises RowError where a message has no known speaker or holds anything but text.
    """
    flaw = flaw_in(messages)
    if flaw:
        raise RowError(f"the conversation cannot be kept as text: {flaw}")
    speaker, content = MESSAGE_STYLES[style]
    turns, notes = [], []
    for number, message in enumerate(messages, 1):
        if not isinstance(message, Mapping) or speaker not in message:
            raise RowError(
                f"turn {number} names no speaker; each turn needs {speaker!r} and {content!r}."
            )
        text, note = _message_text(message, content, number)
        turns.append(Turn(_role_of(message[speaker], number), text))
        if note:
            notes.append(note)
    return turns, notes


def _role_of(speaker: object, number: int) -> str:
    try:
        return ROLE_OF_SPEAKER[str(speaker).strip().lower()]
    except KeyError:
        raise RowError(
            f"turn {number} is spoken by {speaker!r}, which is none of"
            f" {', '.join(ROLE_OF_SPEAKER)}."
        ) from None


def _message_text(message: Mapping, key: str, number: int) -> tuple[str, str]:
    """The text of a message, and a note where it is not simply copied (empty otherwise)."""
    value = message.get(key)
    if isinstance(value, list | tuple):
        return "".join(_part_text(part, number) for part in value), ""
    if not is_single(value):
        raise RowError(f"turn {number} holds {kind_of(value)} where its text belongs.")
    text, calls = as_text(value), message.get("tool_calls")
    if not calls:
        return text or "", ""
    if is_blank(text):
        note = f"the tool calls of turn {number} are written as JSON text."
        return json_text(plain(calls)), note
    return text or "", f"the tool calls of turn {number} are left out, its text is kept."


def _part_text(part: object, number: int) -> str:
    """The text of one part of a message whose content is a list."""
    if isinstance(part, str):
        return part
    if not isinstance(part, Mapping):
        raise RowError(f"turn {number} holds {kind_of(part)!r}, and only text can be scored.")
    text = part.get("text")
    if part.get("type", "text") in _TEXT_PARTS and isinstance(text, str):
        return text
    kind = part.get("type", "no text")
    raise RowError(f"turn {number} holds {kind!r}, and only text can be scored.")
