"""Sources become datasets: rows are read, recognised and checked.

What is left out or read differently is reported as a Problem of its row.
"""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from delift_core.data.checks import usable_examples, with_ids, without_exact_duplicates
from delift_core.data.example import Dataset
from delift_core.data.files import read_file, read_frame
from delift_core.data.folders import read_folder, rows_of_loaded
from delift_core.data.hub import is_hub_id, read_hub
from delift_core.data.near_duplicates import collapse
from delift_core.data.read_options import ReadOptions, ReadRecord
from delift_core.data.recognition import known_names, parse_rows
from delift_core.data.row_layouts.register import fits_a_layout
from delift_core.data.rows import RawRows, raw_rows
from delift_core.errors import NoExamples, UnreadableFile
from delift_core.files import digest_of


def read_dataset(
    source,
    *,
    columns: Mapping | None = None,
    format: str | None = None,
    config: str | None = None,
    split: str | None = None,
    revision: str | None = None,
    limit: int | None = None,
    seed: int = 0,
    near_duplicates: str = "collapse",
) -> Dataset:
    """The examples of a source, and every problem of its rows.

    source: a file, a folder, a Hugging Face id, rows (mappings) or a DataFrame.
    columns: {"prompt": name or names, "response": name, "system": name, "id": name}, for rows
        whose layout is not recognised.
    format: the name of a layout that every row must have, e.g. "Alpaca".
    config, split, revision: which part and version of a data set to read.
    limit: at most so many examples, sampled with `seed`.
    near_duplicates: "collapse" keeps the first of each group; "keep" reports duplicates and keeps
        them all, exact ones too.

    Raises UnreadableFile, UnknownFormat, MissingColumn, MissingSplit, UnreachableDataset,
    NoExamples, UnknownChoice and InvalidLimit.
    """
    options = ReadOptions(limit, seed, near_duplicates, columns, format, config, split, revision)
    with _uncollected():
        return dataset_from(read_rows(source, options), options)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's collector of rings of references: rows have none, and are many to look at.

    Only who found it at work stops it, and brings it back.
    """
    was_enabled = gc.isenabled()
    if was_enabled:
        gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def read_rows(source, options: ReadOptions) -> RawRows:
    """The rows of a source as they are written, before their layout is recognised."""
    raw = _raw_rows(source, options)
    if isinstance(source, str | Path):
        return replace(raw, file_digest=digest_of(Path(source).expanduser()))
    return raw


def dataset_from(raw: RawRows, options: ReadOptions) -> Dataset:
    """The examples that raw rows hold, at most `options.limit` of them.

    Raises NoExamples where there are no rows, UnknownFormat where no layout explains them.
    """
    if not raw.total:
        raise NoExamples(f"{raw.source}: there are no rows. Choose a source that holds some.")
    whole = checked_dataset(raw, options)
    sample = whole.sample(options.limit, options.seed)
    return replace(sample, read_record=ReadRecord(options, len(whole)))


def checked_dataset(raw: RawRows, options: ReadOptions) -> Dataset:
    """Rows to examples: layout, empties, ids, exact duplicates, near duplicates, in this order."""
    keep = options.keeps_duplicates
    parsed = parse_rows(raw, options.columns, options.format)
    examples, unusable, parts = usable_examples(parsed.readings)
    examples, colliding = with_ids(examples, parts, (options.columns or {}).get("id"))
    examples, repeated = without_exact_duplicates(examples, keep)
    examples, collapsed, similar = collapse(examples, keep)
    problems = [
        *raw.notes,
        *raw.broken,
        *parsed.problems,
        *unusable,
        *colliding,
        *repeated,
        *similar,
    ]
    return Dataset(
        tuple(examples),
        tuple(sorted(problems, key=lambda problem: problem.row)),
        raw.source,
        parsed.format,
        collapsed,
        raw.file_digest,
    )


def _raw_rows(source, options: ReadOptions) -> RawRows:
    if isinstance(source, str | Path):
        return _rows_at(source, options)
    if hasattr(source, "iloc"):
        return read_frame(source)
    if isinstance(source, Mapping):
        return _rows_of_splits(source, options.split)
    if not isinstance(source, Iterable):
        raise UnreadableFile(
            f"A {type(source).__name__} is no source of rows. Give a path, a Hugging Face id, rows"
            " or a DataFrame."
        )
    return raw_rows("rows", enumerate(source, 1))


def _rows_of_splits(source: Mapping, split: str | None) -> RawRows:
    """Rows of a DatasetDict; any other mapping is refused."""
    is_dataset_dict = source and all(
        not isinstance(rows, str) and hasattr(rows, "column_names") for rows in source.values()
    )
    if not is_dataset_dict:
        raise UnreadableFile(
            'One object is not a source of rows. Give a list of them, e.g. [{"prompt": ...,'
            ' "response": ...}].'
        )
    return rows_of_loaded(source, "splits", split)


def _rows_at(source: str | Path, options: ReadOptions) -> RawRows:
    """Rows of a path or a Hugging Face id; a path that exists wins over an id of the same name."""
    if not str(source).strip():
        raise UnreadableFile("The source is an empty name. Give a path or a Hugging Face id.")
    try:
        path = Path(source).expanduser()
        is_folder, is_there = path.is_dir(), path.exists()
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableFile(
            f"{source}: nothing can be found by this name ({reason}). Check the path."
        ) from error

    def read(file: Path) -> RawRows:
        return read_file(file, known_names(options.columns), fits_a_layout, options.split)

    if is_folder:
        return read_folder(path, read, options.config, options.split)
    if is_there:
        return read(path)
    if isinstance(source, str) and is_hub_id(source):
        return read_hub(source, options.config, options.split, options.revision)
    raise UnreadableFile(
        f"{source}: there is no such file or folder. Check the path, or give a Hugging Face id as"
        " owner/name."
    )
