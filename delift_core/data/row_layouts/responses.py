"""The response of an example, behind the turns that lead to it."""

from collections.abc import Mapping, Sequence

from delift_core.data.example import Turn
from delift_core.data.flaws import RowError
from delift_core.data.notes import Note
from delift_core.data.row_layouts.layout import Reading
from delift_core.data.row_layouts.messages import (
    Conversation,
    conversation_of,
    messages_in,
    style_of,
)
from delift_core.data.row_layouts.python_repr import refuse_python_messages
from delift_core.data.text import as_text, is_single


def turns_in(value: object, json_cells: bool = False) -> Conversation:
    """Text as one user turn, messages as their turns.

    json_cells: whether text that is a list of messages in JSON is read as these messages.
    """
    style = style_of(value)
    if style and (json_cells or not isinstance(value, str)):
        return conversation_of(messages_in(value), style)
    text = as_text(value)
    if text is None:
        return Conversation()
    refuse_python_messages(text)
    return Conversation((Turn("user", text),), (True,))


def answered_by(
    prompt: Conversation, reply: object, fields: Mapping, json_cells: bool = False
) -> Reading:
    """A prompt with the reply behind it.

    Of a reply in messages, the last by the assistant that is to be learned is the response; turns
    of the prompt that the reply repeats stand once.
    """
    if is_single(reply) and not (json_cells and style_of(reply)):
        text = as_text(reply)
        refuse_python_messages(text)
        return Reading(prompt.turns, text, fields, prompt.notes)
    answer = turns_in(reply, json_cells)
    if not any(turn.role == "assistant" for turn in answer.turns):
        return Reading(prompt.turns, None, fields)
    prompt = _without_repeated(prompt, answer)
    whole = Conversation(
        prompt.turns + answer.turns,
        tuple(turn.role != "assistant" for turn in prompt.turns) + answer.learned,
        prompt.notes + answer.notes,
    )
    return ending_in_response(whole, fields)


def _without_repeated(prompt: Conversation, answer: Conversation) -> Conversation:
    """What of a prompt the answer does not repeat: at most a system turn, if it holds the rest."""
    asked = _stripped(turn for turn in prompt.turns if turn.role != "system")
    answered = _stripped(turn for turn in answer.turns if turn.role != "system")
    starts = range(len(answered) - len(asked))
    if not asked or not any(answered[start : start + len(asked)] == asked for start in starts):
        return prompt
    own = _stripped(turn for turn in answer.turns if turn.role == "system")
    turns = tuple(
        turn
        for turn in prompt.turns
        if turn.role == "system" and (turn.role, turn.content.strip()) not in own
    )
    return Conversation(turns, (True,) * len(turns), prompt.notes)


def _stripped(turns) -> list[tuple[str, str]]:
    return [(turn.role, turn.content.strip()) for turn in turns]


def ending_in_response(conversation: Conversation, fields: Mapping) -> Reading:
    """The last assistant turn to be learned is the response, what precedes it the prompt.

    What follows is left out and noted. Raises RowError where no assistant turn is to be learned.
    """
    turns, notes = conversation.turns, conversation.notes
    ends = [position for position, turn in enumerate(turns) if turn.role == "assistant"]
    if not ends:
        return Reading(turns, None, fields, notes)
    learned = [position for position in ends if conversation.learned[position]]
    if not learned:
        raise RowError(
            "no turn of the assistant is to be learned: the weight, train flag or mask of each"
            " says so."
        )
    end = learned[-1]
    note = _cut_note(len(turns) - end - 1, is_last=end == ends[-1])
    return Reading(turns[:end], turns[end].content, fields, (*notes, *note))


def _cut_note(cut: int, is_last: bool) -> Sequence[Note]:
    """The note on turns behind the response.

    is_last: whether no turn of the assistant is among them.
    """
    if cut == 0:
        return ()
    last = "the last assistant turn"
    if not is_last:
        last += " that is to be learned"
    sentence = f"{cut} turns after {last} are left out."
    if cut == 1:
        sentence = f"1 turn after {last} is left out."
    return (Note(f"turns after {last} are left out.", sentence),)
