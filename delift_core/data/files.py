"""A file or a folder of files becomes raw rows; its kind is told from its content, never from its name."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from delift_core.data.conversations import style_of
from delift_core.data.decoding import file_bytes, text_of
from delift_core.data.jsons import numbered_values
from delift_core.data.rows import RawRows, joined, sort_rows
from delift_core.data.tables import read_table
from delift_core.data.text import plain
from delift_core.errors import MissingSplit, UnknownFormat, UnreadableFile

PARQUET = b"PAR1"
SAVED = ("state.json", "dataset_dict.json")         # what datasets.save_to_disk leaves behind


def read_file(path: Path, is_known: Callable[[str], bool], is_row: Callable[[Mapping], bool], split: str | None = None) -> RawRows:
    """Rows of one file. `is_known` tells column names for certain, `is_row` tells an object that is a row itself from one that wraps rows."""
    content = file_bytes(path)
    if content.startswith(PARQUET):
        return sort_rows(str(path), enumerate(_parquet_rows(content, path), 1))
    text = text_of(content, path)
    values = numbered_values(text, str(path))
    if values is not None:
        return sort_rows(str(path), unwrapped(list(values), path, is_row, split))
    table = read_table(text, is_known)
    if table is None:
        raise UnknownFormat(f"{path}: neither JSON nor JSONL, nor a table whose rows have at least two cells. "
                            f"Save it as JSONL, JSON, CSV, TSV or Parquet.")
    return sort_rows(str(path), table.numbered(), table.notes)


def _parquet_rows(content: bytes, path: Path) -> list[dict]:
    import pyarrow
    from pyarrow import parquet
    try:
        table = parquet.read_table(pyarrow.BufferReader(content))
    except (pyarrow.ArrowException, OSError) as error:
        raise UnreadableFile(f"{path}: the Parquet file is cut off or damaged. Write or download it again.") from error
    if len(set(table.column_names)) < len(table.column_names):
        raise UnreadableFile(f"{path}: two columns have the same name ({', '.join(table.column_names)}). Rename one of them.")
    return table.to_pylist()


def unwrapped(values: list[tuple[int, object]], path: Path, is_row: Callable[[Mapping], bool], split: str | None) -> Iterable[tuple[int, object]]:
    """Rows out of the one object that holds them: SQuAD's data, or a list of rows under some name."""
    wrapper = values[0][1] if len(values) == 1 else None
    if not isinstance(wrapper, Mapping) or is_row(wrapper):
        return values
    lists = {name: held for name, held in wrapper.items() if _holds_rows(held)}
    if split is None and len(lists) > 1:
        raise MissingSplit(f"{path}: the file holds several lists of rows: {', '.join(lists)}. Choose one with split=...")
    if split is not None and lists and split not in lists:
        raise MissingSplit(f"{path}: there is no split {split!r}. The file holds {', '.join(lists)}.")
    rows = lists[split] if split in lists else next(iter(lists.values()), [wrapper])
    return enumerate(questions_of(rows), 1)


def _holds_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value) and style_of(value) is None


def questions_of(articles: list) -> list:
    """SQuAD articles as one flat row per question; other rows as they are."""
    if not all(isinstance(article.get("paragraphs"), list) for article in articles):
        return articles
    return [_without(article, "paragraphs") | _without(paragraph, "qas") | question
            for article in articles for paragraph in article["paragraphs"] for question in paragraph["qas"]]


def _without(fields: Mapping, name: str) -> dict:
    return {key: value for key, value in fields.items() if key != name}


def read_folder(path: Path, read: Callable[[Path], RawRows], config: str | None, split: str | None) -> RawRows:
    """Rows of a folder: saved by `save_to_disk`, or data files sorted into splits the way `datasets` does."""
    if any((path / name).exists() for name in SAVED):
        from datasets import load_from_disk
        return from_loaded(load_from_disk(str(path)), str(path), split)
    files = _data_files(path, config)
    name = chosen_split(list(files), split, str(path))
    return joined(f"{path} ({name})", map(read, map(Path, files[name])))


def _data_files(path: Path, config: str | None) -> dict[str, list[str]]:
    from datasets import load_dataset_builder
    try:
        return {str(split): list(files) for split, files in load_dataset_builder(str(path), config).config.data_files.items()}
    except (OSError, ValueError, RuntimeError, AttributeError) as error:
        raise UnreadableFile(f"{path}: no data files were found in this folder ({str(error).splitlines()[0]}). "
                             f"Name one JSONL, JSON, CSV, TSV or Parquet file instead.") from error


def from_loaded(loaded: object, name: str, split: str | None) -> RawRows:
    """A data set of the `datasets` library, or the chosen one of its splits, as raw rows."""
    if isinstance(loaded, Mapping):
        split = chosen_split(list(loaded), split, name)
        loaded, name = loaded[split], f"{name} ({split})"
    return sort_rows(name, ((row, plain(fields)) for row, fields in enumerate(loaded, 1)))


def chosen_split(splits: list[str], wanted: str | None, name: str) -> str:
    """The split asked for; otherwise the only one, or train."""
    choice = wanted or ("train" if "train" in splits else splits[0])
    if choice not in splits or (wanted is None and choice != "train" and len(splits) > 1):
        what = f"there is no split {wanted!r}" if wanted else "there are several splits"
        raise MissingSplit(f"{name}: {what}. Choose one of {', '.join(splits)} with split=...")
    return choice


def read_frame(frame: object) -> RawRows:
    """A pandas DataFrame as raw rows, numbered from 1 whatever its index."""
    names = [str(column) for column in frame.columns]
    if len(set(names)) < len(names):
        raise UnreadableFile(f"DataFrame: two columns have the same name ({', '.join(names)}). Rename one of them.")
    rows = zip(*(frame.iloc[:, place].tolist() for place in range(len(names))))
    return sort_rows("DataFrame", ((row, dict(zip(names, map(plain, cells)))) for row, cells in enumerate(rows, 1)))

