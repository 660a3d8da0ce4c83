"""Rows become a file: JSONL, JSON, CSV, Parquet, ids alone or a `datasets` folder; the same rows
always become the same bytes.

JSONL and JSON give back every value as it was, down to the digits of a number. CSV holds text only:
nested values are JSON text, and text that a spreadsheet would run as a formula is guarded. Parquet
and folders hold typed columns: a column that does not come back as it was (a whole number among
fractions, objects with different fields) is written as JSON text. Whatever was changed is counted
or named.
"""

import csv
import hashlib
import io
import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from delift_core.data.text import as_text, flaw_in, is_single, json_text
from delift_core.errors import UnfitExample, UnwritableFile
from delift_core.files import writing

FOLDER = ""  # the suffix of a `datasets` folder
SAVED = ("state.json", "dataset_info.json", "data-*.arrow")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[-+](\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one example in the shape they are written in, and where the example came from."""

    place: str  # "pool.jsonl, row 12 (id 'x')", for refusals
    fields: Mapping[str, object]


@dataclass(frozen=True)
class Encoded:
    """Rows ready to be saved, and what of them is not written as it was."""

    save: Callable[[Path], object]
    guarded: int = 0  # CSV cells with an apostrophe before them
    as_json: tuple[str, ...] = ()  # columns that hold JSON text in some of their rows


def columns_of(rows: Sequence[Row]) -> list[str]:
    """Every column name, in order of first appearance."""
    return list(dict.fromkeys(name for row in rows for name in row.fields))


# JSON


def _json_of(row: Row, value: object) -> str:
    with refusals(row.place):
        return json_text(value)


@contextmanager
def refusals(place: str) -> Iterator[None]:
    """What stops a row from being written, as the sentence that says where it is."""
    try:
        yield
    except ValueError as error:
        raise UnfitExample(
            f"{place}: it holds a number that JSON cannot write, such as infinity. Export as"
            " Parquet."
        ) from error
    except RecursionError as error:
        raise UnfitExample(
            f"{place}: it is nested too deeply to be written. Flatten the row."
        ) from error


def encode_jsonl(rows: Sequence[Row]) -> Encoded:
    """One object per line."""
    return _bytes("".join([_json_of(row, row.fields) + "\n" for row in rows]))


def encode_json(rows: Sequence[Row]) -> Encoded:
    """One array, an object per line."""
    return _bytes("[\n" + ",\n".join([_json_of(row, row.fields) for row in rows]) + "\n]\n")


def _bytes(text: str, **facts) -> Encoded:
    content = text.encode()
    return Encoded(lambda partial: partial.write_bytes(content), **facts)


# Text


def encode_ids(rows: Sequence[Row]) -> Encoded:
    """One id per line."""
    for row in _encodable(rows):
        if len(row.fields["id"].splitlines()) != 1:
            raise UnfitExample(
                f"{row.place}: this id does not fit on one line of a .txt file. Export the ids to"
                " .jsonl or .csv."
            )
    return _bytes("".join([row.fields["id"] + "\n" for row in rows]))


def encode_csv(rows: Sequence[Row]) -> Encoded:
    """Every column of any row, every cell quoted, lines ending in a line feed."""
    names = columns_of(_encodable(rows))
    cells = [value for row in rows for value in row.fields.values()]
    nested = [name for name in names if not all(is_single(row.fields.get(name)) for row in rows)]
    stream = io.StringIO(newline="")
    table = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    table.writerow([_guard(name) + name for name in names])
    table.writerows([_cell(row, row.fields.get(name)) for name in names] for row in rows)
    return _bytes(
        stream.getvalue(), guarded=sum(map(is_formula, [*names, *cells])), as_json=tuple(nested)
    )


def is_formula(value: object) -> bool:
    """Whether a spreadsheet would run a text rather than show it; a number such as -5 is only
    shown.
    """
    return (
        isinstance(value, str) and value.startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(value)
    )


def _guard(value: object) -> str:
    return "'" if is_formula(value) else ""


def guarded(value: object) -> object:
    """A cell for a table that is written elsewhere: a text that a spreadsheet would run has an
    apostrophe before it.
    """
    return f"{_guard(value)}{value}" if isinstance(value, str) else value


def _cell(row: Row, value: object) -> str:
    return _guard(value) + (_text(row, value) or "")


def _text(row: Row, value: object) -> str | None:
    """A value as one cell of text: nested values as JSON, an absent one as None."""
    return as_text(value) if is_single(value) else _json_of(row, value)


def _encodable(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows, when all their text can be written in UTF-8; only JSON can escape the rest."""
    for row in rows:
        reason = flaw_in(row.fields)
        if reason:
            raise UnfitExample(
                f"{row.place}: {reason} Export as JSONL or JSON, which can escape it."
            )
    return rows


# Typed columns


def encode_parquet(rows: Sequence[Row]) -> Encoded:
    """One typed column per field, compressed with Zstandard."""
    table, as_json = typed_table(rows)
    return Encoded(
        lambda partial: parquet.write_table(
            table, partial, compression="zstd", write_page_checksum=True
        ),
        as_json=as_json,
    )


def encode_folder(rows: Sequence[Row]) -> Encoded:
    """What `datasets.load_from_disk` opens."""
    table, as_json = typed_table(rows)

    def save(partial: Path) -> None:
        import datasets

        from delift_core.data.hub import quiet

        with quiet(datasets):
            datasets.Dataset(table).save_to_disk(str(partial))

    return Encoded(save, as_json=as_json)


def typed_table(rows: Sequence[Row]) -> tuple[pa.Table, tuple[str, ...]]:
    """Rows as typed columns, and the columns that are JSON text because Arrow would not give their
    values back.
    """
    names = columns_of(_encodable(rows))
    columns = {name: _typed([row.fields.get(name) for row in rows]) for name in names}
    as_json = tuple(name for name, column in columns.items() if column is None)
    for name in as_json:
        columns[name] = pa.array([_text(row, row.fields.get(name)) for row in rows], pa.string())
    return pa.table(columns), as_json


def _typed(values: list) -> pa.Array | None:
    """Values as an Arrow array that gives back equal ones, None where there is none; Parquet has no
    objects without fields.
    """
    try:
        array = pa.array(values)
    except (pa.ArrowException, OverflowError):
        return None
    return (
        array
        if "struct<>" not in str(array.type) and _compared(array.to_pylist()) == _compared(values)
        else None
    )


def _compared(values: list) -> str:
    """Tells 1 from 1.0 and a field without a value from no field, but not one order of fields from
    another.
    """
    return json.dumps(values, sort_keys=True, default=str)


# Saving

ENCODERS = {
    ".jsonl": encode_jsonl,
    ".json": encode_json,
    ".csv": encode_csv,
    ".parquet": encode_parquet,
    ".txt": encode_ids,
    FOLDER: encode_folder,
}


def digest_of(path: Path) -> str | dict[str, str]:
    """sha256 of a file's bytes; of a folder, that of every file in it."""
    if path.is_dir():
        return {
            file.relative_to(path).as_posix(): digest_of(file)
            for file in sorted(path.rglob("*"))
            if file.is_file()
        }
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def beside_folder(path: Path) -> Iterator[Path]:
    """A folder next to `path` to write to; it takes the place of `path` when the block ends well
    and vanishes when it does not.
    """
    refuse_foreign(path)
    name = f".{path.name}.{uuid.uuid4().hex}"
    partial, former = path.with_name(f"{name}.partial"), path.with_name(f"{name}.former")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            _swap(partial, path, former)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(former, ignore_errors=True)


def _swap(partial: Path, path: Path, former: Path) -> None:
    """Put a finished folder in place; what was there comes back if that fails."""
    if path.exists():
        os.replace(path, former)
    try:
        os.replace(partial, path)
    except OSError:
        if former.exists():
            os.replace(former, path)
        raise


def refuse_foreign(path: Path) -> None:
    """Only what an earlier export wrote is ever replaced."""
    if path.exists() and not path.is_dir():
        raise UnwritableFile(
            f"{path}: this is a file, and a path without a suffix is written as a `datasets`"
            " folder. Choose another name."
        )
    foreign = (
        [
            file.name
            for file in sorted(path.iterdir())
            if not any(fnmatch(file.name, name) for name in SAVED)
        ]
        if path.is_dir()
        else []
    )
    if foreign:
        raise UnwritableFile(
            f"{path}: the folder holds other files ({foreign[0]}) and would be replaced whole."
            " Choose a new folder, or a file that ends in .jsonl, .json, .csv, .parquet or .txt."
        )
