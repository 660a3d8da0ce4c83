"""A file or a data frame becomes raw rows; the kind of a file is told from its content, never from
its name.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from delift_core.data.conversations import style_of
from delift_core.data.decoding import file_bytes, text_of
from delift_core.data.jsons import numbered_values
from delift_core.data.layouts import listed
from delift_core.data.parquets import parquet_rows
from delift_core.data.rows import RawRows, sort_rows
from delift_core.data.tables import is_headed, read_table
from delift_core.data.text import plain
from delift_core.errors import MissingSplit, UnknownFormat, UnreadableFile

PARQUET = b"PAR1"


def read_file(
    path: Path,
    is_known: Callable[[str], bool],
    is_row: Callable[[Mapping], bool],
    split: str | None = None,
) -> RawRows:
    """Rows of one file. `is_known` tells column names for certain, `is_row` tells an object that is
    a row itself from one that wraps rows.
    """
    content = file_bytes(path)
    if content.startswith(PARQUET):
        return sort_rows(str(path), enumerate(parquet_rows(content, path), 1))
    text = text_of(content, path)
    values = None if is_headed(text, is_known) else numbered_values(text)
    if values is not None:
        return sort_rows(str(path), unwrapped(list(values), path, is_row, split))
    table = read_table(text, is_known)
    if table is None:
        raise UnknownFormat(
            f"{path}: neither JSON nor JSONL, nor a table whose rows have at least two cells. "
            "Save it as JSONL, JSON, CSV, TSV or Parquet."
        )
    return sort_rows(str(path), table.numbered(), table.notes)


def unwrapped(
    values: list[tuple[int, object]],
    path: Path,
    is_row: Callable[[Mapping], bool],
    split: str | None,
) -> Iterable[tuple[int, object]]:
    """Rows out of the one object that holds them: SQuAD's data, or a list of rows under some name."""
    wrapper = values[0][1] if len(values) == 1 else None
    if not isinstance(wrapper, Mapping) or is_row(wrapper):
        return values
    lists = {name: held for name, held in wrapper.items() if _holds_rows(held)}
    if split is None and len(lists) > 1:
        raise MissingSplit(
            f"{path}: the file holds several lists of rows: {', '.join(lists)}. Choose one with"
            " split=..."
        )
    if split is not None and lists and split not in lists:
        raise MissingSplit(
            f"{path}: there is no split {split!r}. The file holds {', '.join(lists)}."
        )
    if not lists and wrapper and all(isinstance(held, list | Mapping) for held in wrapper.values()):
        raise UnknownFormat(
            f"{path}: the file is one object of columns ({listed(wrapper)}), not rows. Write one"
            " object per row, with pandas for example to_json(..., orient='records', lines=True)."
        )
    rows = lists[split] if split in lists else next(iter(lists.values()), [wrapper])
    return enumerate(questions_of(rows), 1)


def _holds_rows(value: object) -> bool:
    """Whether most of a list are objects, and they are not the messages of one conversation."""
    return (
        isinstance(value, list)
        and bool(value)
        and sum(isinstance(row, Mapping) for row in value) * 2 >= len(value)
        and style_of(value) is None
    )


def questions_of(articles: list) -> list:
    """SQuAD articles as one flat row per question; other rows as they are."""
    if not all(
        isinstance(article, Mapping) and isinstance(article.get("paragraphs"), list)
        for article in articles
    ):
        return articles
    return [
        row
        for article in articles
        for paragraph in article["paragraphs"]
        for row in _questions(article, paragraph)
    ]


def _questions(article: Mapping, paragraph: object) -> list:
    """The rows of one paragraph; what is none stands as it is and is found to be no row later."""
    questions = paragraph.get("qas") if isinstance(paragraph, Mapping) else None
    if not isinstance(questions, list):
        return [paragraph]
    above = _without(article, "paragraphs") | _without(paragraph, "qas")
    return [
        above | question if isinstance(question, Mapping) else question for question in questions
    ]


def _without(fields: Mapping, name: str) -> dict:
    return {key: value for key, value in fields.items() if key != name}


def read_frame(frame: object) -> RawRows:
    """A pandas DataFrame as raw rows, numbered from 1 whatever its index."""
    names = [str(column) for column in frame.columns]
    if len(set(names)) < len(names):
        raise UnreadableFile(
            f"DataFrame: two columns have the same name ({', '.join(names)}). Rename one of them."
        )
    rows = zip(*(frame.iloc[:, place].tolist() for place in range(len(names))))
    return sort_rows(
        "DataFrame",
        ((row, dict(zip(names, map(plain, cells)))) for row, cells in enumerate(rows, 1)),
    )
