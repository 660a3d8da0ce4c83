"""The prompt of an example out of several columns: system, history, context, question."""

from collections.abc import Mapping

from delift_core.data.example import Turn
from delift_core.data.flaws import RowError
from delift_core.data.notes import Note
from delift_core.data.row_layouts.columns import CONTEXT_COLUMNS, SYSTEM_COLUMNS, column_of
from delift_core.data.row_layouts.parts import holds_nothing, system_text
from delift_core.data.text import as_text, is_blank, is_single, kind_of


def prompt_with_context(fields: Mapping, prompt: str, text: str) -> str:
    """The text of a prompt column with that of the columns which continue it.

    instruction: instruction + newline + input.
    question: context + newline + body + space + question; no body where the question repeats it.
    """
    if prompt == "instruction":
        return joined_texts("\n", text, text_of_column(fields, "input", "context"))
    if prompt == "question":
        body = text_of_column(fields, "body")
        if body.strip() not in text:
            text = joined_texts(" ", body, text)
        return joined_texts("\n", text_of_column(fields, "context"), text)
    return text


def ignored_context(fields: Mapping, prompt: str) -> tuple[Note, ...]:
    """A note on every column that would belong to the prompt if it held text."""
    names = [column_of(fields, *names) for names in CONTEXT_COLUMNS.get(prompt, ())]
    ignored = [
        Note(f"{name!r} holds {kind_of(fields[name])} and is left out of the prompt.")
        for name in names
        if name and not is_single(fields[name]) and len(fields[name])
    ]
    return (*ignored, *ignored_system(fields))


def ignored_system(fields: Mapping) -> list[Note]:
    """A note on a system column that holds something, but no text."""
    name = column_of(fields, *SYSTEM_COLUMNS)
    if name is None or holds_nothing(fields[name]) or not is_blank(system_text(fields[name])):
        return []
    return [Note(f"{name!r} holds {kind_of(fields[name])} and is left out of the prompt.")]


def system_of(fields: Mapping) -> str:
    """The text of the system column; empty where there is none or it holds no text."""
    name = column_of(fields, *SYSTEM_COLUMNS)
    return "" if name is None else system_text(fields[name])


def turns_before(fields: Mapping) -> list[Turn]:
    """The turns that precede the prompt: a system column, then LLaMA-Factory's history.

    Raises RowError for a history that only partly is a list of (prompt, response).
    """
    system = system_of(fields)
    history = _history_turns(fields)
    if is_blank(system):
        return history
    return [Turn("system", system), *history]


def _history_turns(fields: Mapping) -> list[Turn]:
    history = fields.get("history")
    if not isinstance(history, list | tuple):
        return []
    pairs = [pair for pair in history if isinstance(pair, list | tuple) and len(pair) == 2]
    if pairs and len(pairs) < len(history):
        raise RowError("the history holds something else than pairs of prompt and response.")
    turns = []
    for prompt, response in pairs:
        turns.append(Turn("user", as_text(prompt) or ""))
        turns.append(Turn("assistant", as_text(response) or ""))
    return turns


def text_of_column(fields: Mapping, *names: str) -> str:
    """The text of the first of these columns that a row has; empty where it holds none."""
    name = column_of(fields, *names)
    if name is None or not is_single(fields[name]):
        return ""
    return as_text(fields[name]) or ""


def joined_texts(separator: str, *texts: str) -> str:
    """Those of some texts that are not blank, joined."""
    return separator.join(text for text in texts if not is_blank(text))
