"""Prompt and response in columns of their own: Alpaca, prompt/completion, question/answer, ..."""

from collections.abc import Mapping

from delift_core.data.example import Turn
from delift_core.data.row_layouts.columns import PROMPT_COLUMNS, RESPONSE_COLUMNS, column_of
from delift_core.data.row_layouts.layout import Layout, Reading
from delift_core.data.row_layouts.messages import Conversation, style_of
from delift_core.data.row_layouts.prompts import (
    ignored_context,
    prompt_with_context,
    turns_before,
)
from delift_core.data.row_layouts.python_repr import refuse_python_messages
from delift_core.data.row_layouts.responses import answered_by, turns_in
from delift_core.data.text import as_text, is_single


def prompt_response_layout(prompt: str, response: str, name: str = "") -> Layout:
    """The layout of two columns, given by their folded names."""

    def fits(fields: Mapping) -> bool:
        names = column_of(fields, prompt), column_of(fields, response)
        return None not in names and all(_holds_text(fields[name]) for name in names)

    def read(fields: Mapping) -> list[Reading]:
        asked = _prompt_turns(fields, prompt)
        before = turns_before(fields)
        asked = Conversation(
            (*before, *asked.turns),
            (True,) * len(before) + asked.learned,
            asked.notes + ignored_context(fields, prompt),
        )
        return [answered_by(asked, fields[column_of(fields, response)], fields)]

    return Layout(name or f"{prompt}/{response}", f"{prompt} and {response}", fits, read)


def _holds_text(value: object) -> bool:
    return is_single(value) or style_of(value) is not None


def _prompt_turns(fields: Mapping, prompt: str) -> Conversation:
    value = fields[column_of(fields, prompt)]
    if not is_single(value):
        return turns_in(value)
    text = as_text(value) or ""
    refuse_python_messages(text)
    return Conversation((Turn("user", prompt_with_context(fields, prompt, text)),), (True,))


ALPACA = prompt_response_layout("instruction", "output", "Alpaca")
_USUAL_NAMES = (("prompt", "completion"), ("prompt", "response"), ("question", "answer"))
USUAL_PAIRS = tuple(prompt_response_layout(*names) for names in _USUAL_NAMES)
OTHER_PAIRS = tuple(
    prompt_response_layout(prompt, response)
    for prompt in PROMPT_COLUMNS
    for response in RESPONSE_COLUMNS
    if (prompt, response) not in (*_USUAL_NAMES, ("instruction", "output"))
)
_WITHOUT_HEADER = prompt_response_layout("column1", "column2")


def _is_without_header(fields: Mapping) -> bool:
    return len(fields) == 2 and _WITHOUT_HEADER.fits(fields)


TWO_COLUMNS = Layout(
    "two columns without a header", "two cells", _is_without_header, _WITHOUT_HEADER.read
)
