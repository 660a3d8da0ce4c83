"""The response of an example, behind the turns that lead to it."""

from collections.abc import Mapping

from delift_core.data.example import Turn
from delift_core.data.row_layouts.layout import Reading
from delift_core.data.row_layouts.messages import messages_in, style_of, turns_of
from delift_core.data.text import as_text, is_single


def turns_in(value: object) -> tuple[list[Turn], list[str]]:
    """Text as one user turn, messages as their turns; and what had to be read differently."""
    style = style_of(value)
    if style and not isinstance(value, str):
        return turns_of(messages_in(value), style)
    text = as_text(value)
    if text is None:
        return [], []
    return [Turn("user", text)], []


def answered_by(turns: list[Turn], reply: object, notes: list[str], fields: Mapping) -> Reading:
    """A prompt with the reply behind it.

    Of a reply in messages, the last by the assistant is the response.
    """
    if is_single(reply):
        return Reading(tuple(turns), as_text(reply), fields, tuple(notes))
    reply_turns, reply_notes = turns_in(reply)
    if not any(turn.role == "assistant" for turn in reply_turns):
        return Reading(tuple(turns), None, fields)
    return ending_in_response([*turns, *reply_turns], [*notes, *reply_notes], fields)


def ending_in_response(turns: list[Turn], notes: list[str], fields: Mapping) -> Reading:
    """The last assistant turn is the response, what precedes it the prompt; what follows is cut."""
    ends = [position for position, turn in enumerate(turns) if turn.role == "assistant"]
    if not ends:
        return Reading(tuple(turns), None, fields, tuple(notes))
    end = ends[-1]
    note = _cut_note(len(turns) - end - 1)
    return Reading(tuple(turns[:end]), turns[end].content, fields, (*notes, *note))


def _cut_note(cut: int) -> list[str]:
    if cut == 0:
        return []
    if cut == 1:
        return ["1 turn after the last assistant turn is left out."]
    return [f"{cut} turns after the last assistant turn are left out."]
