"""Sources become datasets: find the rows, recognise their layout, check every one, and say what was
left out or read differently.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from delift_core.data.checks import usable_examples, with_ids, without_exact_duplicates
from delift_core.data.example import Dataset
from delift_core.data.files import read_file, read_frame
from delift_core.data.folders import from_loaded, read_folder
from delift_core.data.formats import known_names, parse
from delift_core.data.hub import is_hub_id, read_hub
from delift_core.data.layouts import LAYOUTS
from delift_core.data.near_duplicates import collapse
from delift_core.data.reading import DUPLICATES, ReadOptions
from delift_core.data.rows import RawRows, sort_rows
from delift_core.errors import InvalidLimit, NoExamples, UnknownChoice, UnreadableFile
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
    look: Callable[[RawRows], None] = lambda raw: None,
) -> Dataset:
    """A file, a folder, a Hugging Face id, rows or a DataFrame as examples, with everything that is
    wrong with them as problems.

    columns   {"prompt": name or names, "response": name, "system": name, "id": name}, when the
    layout is not recognised format    the name of a layout that every row must have, e.g. "Alpaca"
    limit     at most so many examples, drawn with `seed` near_duplicates   "collapse" keeps the
    first of each group, "keep" reports them and keeps all, exact ones too look      called with the
    rows as they were written, before anybody asks what they mean
    """
    if near_duplicates not in DUPLICATES:
        raise UnknownChoice(
            f"There is no near_duplicates={near_duplicates!r}. Choose one of"
            f" {', '.join(DUPLICATES)}."
        )
    if limit is not None and limit < 1:
        raise InvalidLimit(f"limit={limit} leaves no examples. Give 1 or more, or leave it out.")
    raw = raw_rows(source, columns, config, split, revision)
    look(raw)
    if not raw.total:
        raise NoExamples(f"{raw.source}: there are no rows. Choose a source that holds some.")
    whole = checked(raw, columns, format, keep=near_duplicates == "keep")
    asked = ReadOptions(
        len(whole), limit, seed, near_duplicates, columns, format, config, split, revision
    )
    dataset = replace(whole.sample(limit, seed), read_options=asked)
    return (
        replace(dataset, file_digest=digest_of(Path(source).expanduser()))
        if isinstance(source, str | Path)
        else dataset
    )


def checked(raw: RawRows, columns: Mapping | None, format: str | None, keep: bool) -> Dataset:
    """Rows to examples: layout, empties, ids, exact duplicates, near duplicates, in this order."""
    parsed = parse(raw, columns, format)
    examples, unusable, parts = usable_examples(parsed.readings)
    examples, colliding = with_ids(examples, parts, (columns or {}).get("id"))
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
    )


def raw_rows(
    source, columns: Mapping | None, config: str | None, split: str | None, revision: str | None
) -> RawRows:
    """Rows of any source; a path that exists wins over a Hugging Face id of the same name."""
    if isinstance(source, str | Path):
        return _from_name(source, columns, config, split, revision)
    if hasattr(source, "iloc"):
        return read_frame(source)
    if isinstance(source, Mapping):
        return _from_mapping(source, split)
    if not isinstance(source, Iterable):
        raise UnreadableFile(
            f"A {type(source).__name__} is no source of rows. Give a path, a Hugging Face id, rows"
            " or a DataFrame."
        )
    return sort_rows("rows", enumerate(source, 1))


def _from_mapping(source: Mapping, split: str | None) -> RawRows:
    if not source or any(
        isinstance(rows, str) or not hasattr(rows, "column_names") for rows in source.values()
    ):
        raise UnreadableFile(
            'One object is not a source of rows. Give a list of them, e.g. [{"prompt": ...,'
            ' "response": ...}].'
        )
    return from_loaded(source, "splits", split)


def _from_name(
    source: str | Path,
    columns: Mapping | None,
    config: str | None,
    split: str | None,
    revision: str | None,
) -> RawRows:
    if not str(source).strip():
        raise UnreadableFile("The source is an empty name. Give a path or a Hugging Face id.")
    try:
        path = Path(source).expanduser()
        is_folder, is_there = path.is_dir(), path.exists()
    except (OSError, RuntimeError) as error:
        raise UnreadableFile(
            f"{source}: nothing can be found by this name"
            f" ({getattr(error, 'strerror', None) or error}). Check the path."
        ) from error

    def read(file: Path) -> RawRows:
        return read_file(
            file,
            known_names(columns),
            lambda fields: any(layout.fits(fields) for layout in LAYOUTS),
            split,
        )

    if is_folder:
        return read_folder(path, read, config, split)
    if is_there:
        return read(path)
    if isinstance(source, str) and is_hub_id(source):
        return read_hub(source, config, split, revision)
    raise UnreadableFile(
        f"{source}: there is no such file or folder. Check the path, or give a Hugging Face id as"
        " owner/name."
    )
