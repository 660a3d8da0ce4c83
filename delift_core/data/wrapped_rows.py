"""Rows out of the one JSON object that holds them: SQuAD's data, or a list under some name."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from delift_core.data.row_layouts.columns import listed_names
from delift_core.data.row_layouts.messages import style_of
from delift_core.errors import MissingSplit, UnknownFormat


def unwrapped(
    values: list[tuple[int, object]],
    path: Path,
    is_row: Callable[[Mapping], bool],
    split: str | None,
) -> Iterable[tuple[int, object]]:
    """Numbered rows of a JSON file; values that no object wraps as they are.

    is_row: whether an object is a row itself.

    Raises MissingSplit where the object holds several lists of rows or not the requested one,
    UnknownFormat where it holds columns instead of rows.
    """
    wrapper = values[0][1] if len(values) == 1 else None
    if not isinstance(wrapper, Mapping) or is_row(wrapper):
        return values
    lists = {name: value for name, value in wrapper.items() if _holds_rows(value)}
    if split is None and len(lists) > 1:
        raise MissingSplit(
            f"{path}: the file holds several lists of rows: {', '.join(lists)}. Choose one with"
            " split=..."
        )
    if split is not None and lists and split not in lists:
        raise MissingSplit(
            f"{path}: there is no split {split!r}. The file holds {', '.join(lists)}."
        )
    if not lists and _is_columns(wrapper):
        raise UnknownFormat(
            f"{path}: the file is one object of columns ({listed_names(wrapper)}), not rows. Write"
            " one object per row, with pandas for example to_json(..., orient='records',"
            " lines=True)."
        )
    rows = lists[split] if split in lists else next(iter(lists.values()), [wrapper])
    return enumerate(_questions_of_articles(rows), 1)


def _holds_rows(value: object) -> bool:
    """Whether most of a list are rows, and they are not the messages of one conversation."""
    if not isinstance(value, list) or not value:
        return False
    objects = sum(isinstance(row, Mapping) or _is_conversation(row) for row in value)
    return objects * 2 >= len(value) and style_of(value) is None


def _is_conversation(value: object) -> bool:
    return isinstance(value, list) and style_of(value) is not None


def _is_columns(wrapper: Mapping) -> bool:
    return bool(wrapper) and all(isinstance(value, list | Mapping) for value in wrapper.values())


def _questions_of_articles(articles: list) -> list:
    """SQuAD articles as one flat row per question; other rows as they are."""
    is_squad = all(
        isinstance(article, Mapping) and isinstance(article.get("paragraphs"), list)
        for article in articles
    )
    if not is_squad:
        return articles
    rows = []
    for article in articles:
        for paragraph in article["paragraphs"]:
            rows.extend(_questions_of_paragraph(article, paragraph))
    return rows


def _questions_of_paragraph(article: Mapping, paragraph: object) -> list:
    """The rows of one paragraph; what is none stays as it is, and is refused as a row later."""
    if not isinstance(paragraph, Mapping) or not isinstance(paragraph.get("qas"), list):
        return [paragraph]
    shared = _without(article, "paragraphs") | _without(paragraph, "qas")
    return [
        {**shared, **question} if isinstance(question, Mapping) else question
        for question in paragraph["qas"]
    ]


def _without(fields: Mapping, name: str) -> dict:
    return {key: value for key, value in fields.items() if key != name}
