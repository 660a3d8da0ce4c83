"""A list of messages becomes turns: ShareGPT (from, value) and OpenAI (role, content) alike."""

from collections.abc import Mapping

from delift_core.data.example import Turn
from delift_core.data.jsons import parsed
from delift_core.data.text import (
    RowError,
    as_text,
    flaw_in,
    is_blank,
    is_single,
    json_text,
    kind_of,
    plain,
)

ROLES = {
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
STYLES = {"ShareGPT": ("from", "value"), "OpenAI messages": ("role", "content")}
COLUMNS = ("messages", "conversations", "conversation", "chat", "dialog", "dialogue")


def style_of(value: object) -> str | None:
    """ShareGPT or OpenAI messages, told from the first message; None for anything that is not a
    conversation.
    """
    first = next(iter(messages_in(value)), None)
    return next(
        (
            style
            for style, keys in STYLES.items()
            if isinstance(first, Mapping)
            and keys[0] in first
            and (keys[1] in first or "tool_calls" in first)
        ),
        None,
    )


def messages_in(value: object) -> list:
    """A list as it is, or as JSON in a text cell; an empty list for everything else."""
    if isinstance(value, str) and value.lstrip().startswith("[") and value.rstrip().endswith("]"):
        value = parsed(value)
    return list(value) if isinstance(value, list | tuple) else []


def turns_of(messages: list, style: str) -> tuple[list[Turn], list[str]]:
    """Every message as a turn, and a sentence for each that had to be read differently."""
    speaker, content = STYLES[style]
    turns, notes, flaw = [], [], flaw_in(messages)
    if flaw:
        raise RowError(f"the conversation cannot be kept as text: {flaw}")
    for place, message in enumerate(messages, 1):
        if not isinstance(message, Mapping) or speaker not in message:
            raise RowError(
                f"turn {place} names no speaker; each turn needs {speaker!r} and {content!r}."
            )
        text, note = _content(message, content, place)
        turns.append(Turn(_role(message[speaker], place), text))
        notes.extend([note] if note else [])
    return turns, notes


def _role(name: object, place: int) -> str:
    try:
        return ROLES[str(name).strip().lower()]
    except KeyError:
        raise RowError(
            f"turn {place} is spoken by {name!r}, which is none of {', '.join(ROLES)}."
        ) from None


def _content(message: Mapping, key: str, place: int) -> tuple[str, str]:
    """The text of a message and, where there was none to copy, what was written instead."""
    value = message.get(key)
    if isinstance(value, list | tuple):
        return "".join(_part(part, place) for part in value), ""
    if not is_single(value):
        raise RowError(f"turn {place} holds {kind_of(value)} where its text belongs.")
    calls = message.get("tool_calls")
    if is_blank(as_text(value)) and calls:
        return json_text(plain(calls)), f"the tool calls of turn {place} are written as JSON text."
    return as_text(value) or "", (
        f"the tool calls of turn {place} are left out, its text is kept." if calls else ""
    )


def _part(part: object, place: int) -> str:
    if isinstance(part, str):
        return part
    if (
        isinstance(part, Mapping)
        and part.get("type", "text") in ("text", "input_text", "output_text")
        and isinstance(part.get("text"), str)
    ):
        return part["text"]
    what = part.get("type", "no text") if isinstance(part, Mapping) else kind_of(part)
    raise RowError(f"turn {place} holds {what!r}, and only text can be scored.")


def prompt_text(turns: tuple[Turn, ...]) -> str:
    """Turns as one text: system, an empty line, then the only other turn as it is or several as
    `role: content` lines.
    """
    system = [turn.content for turn in turns if turn.role == "system"]
    spoken = [turn for turn in turns if turn.role != "system"]
    lines = (
        [spoken[0].content]
        if len(spoken) == 1
        else ["\n".join(f"{turn.role}: {turn.content}" for turn in spoken)]
    )
    return "\n\n".join([*system, *(lines if spoken else [])])
