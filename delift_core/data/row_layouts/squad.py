"""SQuAD: context, question and answers, of which the first is the response."""

from collections.abc import Mapping

from delift_core.data.example import Turn
from delift_core.data.row_layouts.columns import column_of
from delift_core.data.row_layouts.layout import Layout, Reading
from delift_core.data.row_layouts.prompts import prompt_with_context, text_of_column
from delift_core.data.text import as_text


def _is_question(fields: Mapping) -> bool:
    if column_of(fields, "context") is None or column_of(fields, "question") is None:
        return False
    name = column_of(fields, "answers")
    answers = None if name is None else fields[name]
    if isinstance(answers, Mapping):
        return isinstance(answers.get("text"), list)
    return isinstance(answers, list) and all(isinstance(answer, Mapping) for answer in answers)


def _read_question(fields: Mapping) -> list[Reading]:
    texts = _answer_texts(fields[column_of(fields, "answers")])
    prompt = prompt_with_context(fields, "question", text_of_column(fields, "question"))
    response = as_text(texts[0]) if texts else None
    return [Reading((Turn("user", prompt),), response, fields)]


def _answer_texts(answers: Mapping | list) -> list:
    """Of {"text": [...]} and of [{"text": ...}, ...] alike."""
    if isinstance(answers, Mapping):
        return answers.get("text", [])
    return [answer.get("text") for answer in answers]


SQUAD = Layout("SQuAD", "context, question and answers", _is_question, _read_question)
