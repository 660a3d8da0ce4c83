"""Rows of a JSON text that are lists of turns: one a line, or the only one of the text."""

from delift_core.data.json_values import first_item, numbered_lines, parsed_json
from delift_core.data.row_layouts.messages import style_of


def conversation_rows(text: str) -> list[tuple[int, object]] | None:
    """Every line with its number, where most lines are lists of turns; None for any other text."""
    if not text.lstrip().startswith("["):
        return None
    lines = numbered_lines(text)
    whole = sum(line[:1] == "[" and line[-1:] == "]" for _, line in lines)
    if len(lines) == 1 or whole * 2 < len(lines):
        return _only_row(text)
    rows = [(number, parsed_json(line)) for number, line in lines]
    conversations = sum(_is_conversation(row) for _, row in rows)
    return rows if conversations * 2 >= len(rows) else None


def _only_row(text: str) -> list[tuple[int, object]] | None:
    """The text as one row, where it is the list of turns of one conversation."""
    if style_of([first_item(text)]) is None:
        return None
    document = parsed_json(text)
    return [(1, document)] if _is_conversation(document) else None


def _is_conversation(value: object) -> bool:
    return isinstance(value, list) and style_of(value) is not None
