"""A ranking that somebody brings along: a table (id, score) or a list of ids, matched to a pool."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from delift_core.data.example import Dataset, Problem, ProblemKind
from delift_core.data.read_options import ReadOptions
from delift_core.data.readers import read_rows
from delift_core.data.rows import RawRow
from delift_core.data.text import as_text, is_single
from delift_core.errors import InvalidConstraint, MissingColumn, UnreadableFile
from delift_core.files import digest_of
from delift_core.selection.field_values import number_of
from delift_core.selection.method import MethodInputs

ID_COLUMN, SCORE_COLUMN = "id", "score"
LINES = (".txt", ".csv")  # files that may hold one id a line


@dataclass(frozen=True, eq=False)
class Ranking:
    """What an imported table or list says of the examples of a pool."""

    source: str
    digest: str  # sha256 of the file's bytes
    listed: np.ndarray  # (listed,) indices in the order of the file, each once
    scores: np.ndarray | None  # (pool,) NaN where the file has none; None for a list of ids
    problems: tuple[Problem, ...]  # unknown and repeated ids and broken rows, by row of the file
    missing: tuple[Problem, ...]  # examples without a score, by row of the pool


def read_ranking(path: str | Path, pool: Dataset, score: str | None = None) -> Ranking:
    """The ranking of a CSV, JSONL, JSON or Parquet file, or of a text file with one id a line.

    score: the column of the scores; left out, "score" or the only column beside "id".

    An unknown id is left out, of a repeated one the first row counts, and an example that the file
    does not name has no score: `problems` and `missing` have a sentence for each.

    Raises UnreadableFile, MissingColumn, and InvalidConstraint for a score that is no number and
    where no id is known.
    """
    path = Path(path).expanduser()
    lines = _id_lines(path)
    if lines is not None:
        rows, column, broken = lines, None, []
    else:
        raw = read_rows(path, ReadOptions())
        rows, broken = raw.rows, raw.broken
        _check_ids(path, raw.columns)
        column = _score_column(path, raw.columns, score)
    return _matched(path, rows, column, pool, broken)


def with_ranking(inputs: MethodInputs, ranking: Ranking) -> MethodInputs:
    """Inputs whose list and scores are those of a ranking, which their options name."""
    options = replace(
        inputs.options, table=Path(ranking.source).name, table_digest=ranking.digest[:12]
    )
    return replace(inputs, options=options, listed=ranking.listed, scores=ranking.scores)


def _id_lines(path: Path) -> list[RawRow] | None:
    """The rows of a file with one id a line, below a header `id` or none; None for another file."""
    if path.suffix.lower() not in LINES or not path.is_file():
        return None
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as reason:
        raise UnreadableFile(f"{path}: it is not UTF-8 text. Save it as UTF-8.") from reason
    first = next((line for line in lines if line.strip()), "")
    if path.suffix.lower() == ".csv" and any(mark in first for mark in ",;\t|"):
        return None
    if first.strip() == ID_COLUMN:
        del lines[: lines.index(first) + 1]
    numbered = enumerate(map(str.strip, lines), 1)
    return [RawRow(row, {ID_COLUMN: id}) for row, id in numbered if id]


def _check_ids(path: Path, columns: Sequence[str]) -> None:
    if ID_COLUMN not in columns:
        raise MissingColumn(
            f"{path}: no column is named 'id'. Columns are {', '.join(columns)}. Name the one that"
            " holds the ids of the pool 'id'."
        )


def _score_column(path: Path, columns: Sequence[str], requested: str | None) -> str | None:
    """The column of the scores; None where the file has none. Raises MissingColumn."""
    others = [column for column in columns if column != ID_COLUMN]
    if requested is not None:
        if requested not in others:
            raise MissingColumn(
                f"{path}: no column {requested!r} holds scores. Columns are {', '.join(columns)}."
            )
        return requested
    if SCORE_COLUMN in others:
        return SCORE_COLUMN
    if len(others) > 1:
        raise MissingColumn(
            f"{path}: several columns may hold the score: {', '.join(others)}. Name it with"
            " --field, or score=...."
        )
    return next(iter(others), None)


def _matched(
    path: Path, rows: Sequence[RawRow], column: str | None, pool: Dataset, broken: Sequence[Problem]
) -> Ranking:
    """The rows of a file as a ranking of the pool. Raises InvalidConstraint."""
    index_of = {example.id: index for index, example in enumerate(pool)}
    scores = np.full(len(pool), np.nan)  # (pool,)
    row_of: dict[int, int] = {}  # index -> the row that counts, in the order of the file
    problems = list(broken)
    for raw in rows:
        id = _id_of(raw)
        index = index_of.get(id)
        if not id:
            problems.append(Problem(raw.row, "the row has no id."))
        elif index is None:
            problems.append(Problem(raw.row, f"the pool has no example with the id {id!r}."))
        elif index in row_of:
            reason = f"the id {id!r} is in row {row_of[index]} already, which counts."
            problems.append(Problem(raw.row, reason, ProblemKind.EXACT_DUPLICATE))
        else:
            row_of[index] = raw.row
            if column is not None:
                scores[index] = _score(path, raw, column)
    if not row_of:
        raise InvalidConstraint(
            f"{path}: none of its {len(rows)} rows names an example of the pool. Ids are those of"
            " the data, or row numbers without any."
        )
    listed = np.fromiter(row_of, dtype=np.int64)  # (listed,)
    return Ranking(
        source=str(path),
        digest=digest_of(path),
        listed=listed,
        scores=scores if column is not None else None,
        problems=tuple(sorted(problems, key=lambda problem: problem.row)),
        missing=_missing(pool, scores) if column is not None else (),
    )


def _id_of(raw: RawRow) -> str:
    """The id of a row as text; a whole number is written without a fraction."""
    value = raw.fields.get(ID_COLUMN)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not is_single(value):
        return ""
    return as_text(value) or ""


def _score(path: Path, raw: RawRow, column: str) -> float:
    """The score of a row, NaN for an empty cell. Raises InvalidConstraint."""
    number = number_of(raw.fields.get(column))
    if number is None:
        raise InvalidConstraint(
            f"{path}, row {raw.row}: its {column!r} is {str(raw.fields.get(column))[:60]!r}, which"
            " is no number. Correct it, or leave it empty."
        )
    return number


def _missing(pool: Dataset, scores: np.ndarray) -> tuple[Problem, ...]:
    """A problem for every example of the pool without a score, by its row in the pool."""
    return tuple(
        Problem(example.row, f"the example of the pool with the id {example.id!r} has no score.")
        for example, score in zip(pool, scores.tolist())
        if math.isnan(score)
    )
