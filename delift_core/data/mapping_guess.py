"""Which columns of an unknown layout are probably the prompt and the response, to be confirmed."""

from collections.abc import Mapping, Sequence

from delift_core.data.row_layouts.columns import (
    PROMPT_COLUMNS,
    RESPONSE_COLUMNS,
    SYSTEM_COLUMNS,
    folded_name,
)


def guessed_mapping(columns: Sequence[str], rows: Sequence[Mapping]) -> dict[str, str]:
    """Prompt and response by the names of columns, or else the first and the last with texts.

    rows: the first ones of the source. Parts that cannot be guessed are absent.
    """
    texts = [column for column in columns if holds_texts(column, rows)]
    guess = {
        "prompt": first_named(texts, PROMPT_COLUMNS),
        "response": first_named(texts, RESPONSE_COLUMNS),
        "system": first_named(texts, SYSTEM_COLUMNS),
    }
    rest = [column for column in texts if column not in guess.values()]
    if guess["response"] is None and rest:
        guess["response"] = rest.pop()
    if guess["prompt"] is None and rest:
        guess["prompt"] = rest[0]
    return {part: column for part, column in guess.items() if column is not None}


def holds_texts(column: str, rows: Sequence[Mapping]) -> bool:
    """Whether a column holds nothing but texts, and at least one that is not empty."""
    values = [row.get(column) for row in rows]
    is_text = all(isinstance(value, str) or value is None for value in values)
    return is_text and any(value and value.strip() for value in values)


def first_named(columns: Sequence[str], names: Sequence[str]) -> str | None:
    """The column with the first of some names, as names are compared."""
    by_name = {folded_name(column): column for column in reversed(columns)}
    return next((by_name[name] for name in names if name in by_name), None)
