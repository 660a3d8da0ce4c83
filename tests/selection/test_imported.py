"""Imported tables and lists: read from every kind of file, unfit ids told by their row."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import delift_core as delift
from delift_core.errors import InvalidConstraint, MissingColumn, UnreadableFile
from delift_core.selection.imported import read_ranking


@pytest.fixture(scope="module")
def pool():
    rows = [{"id": f"r{row}", "prompt": f"Say {row}", "response": f"{row}!"} for row in range(4)]
    return delift.read_dataset(rows)


ROWS = [
    {"id": "r2", "score": 0.5},
    {"id": "r9", "score": 9.0},
    {"id": "r0", "score": 2.0},
    {"id": "r2", "score": 7.0},
]


def write_table(path, rows):
    """Rows as CSV, JSONL or Parquet, by the name of the file."""
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
        path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("name", ["scores.csv", "scores.jsonl", "scores.parquet"])
def test_a_table_ranks_and_unfit_ids_are_told_by_row(name, pool, tmp_path):
    ranking = read_ranking(write_table(tmp_path / name, ROWS), pool)
    assert ranking.listed.tolist() == [2, 0]
    assert np.array_equal(ranking.scores, [2, np.nan, 0.5, np.nan], equal_nan=True)
    assert [(problem.row, problem.reason) for problem in ranking.problems] == [
        (2, "the pool has no example with the id 'r9'."),
        (4, "the id 'r2' is in row 1 already, which counts."),
    ]
    assert [problem.row for problem in ranking.missing] == [2, 4]


@pytest.mark.parametrize("name", ["scores.csv", "scores.jsonl", "scores.parquet"])
def test_a_row_without_an_id_is_told_by_its_number(name, pool, tmp_path):
    rows = [{"id": "r1", "score": 1.0}, {"id": "", "score": 9.0}]
    ranking = read_ranking(write_table(tmp_path / name, rows), pool)
    assert [(problem.row, problem.reason) for problem in ranking.problems] == [
        (2, "the row has no id.")
    ]


@pytest.mark.parametrize("name", ["ids.txt", "ids.csv", "ids.jsonl"])
def test_a_list_of_ids_keeps_its_order(name, pool, tmp_path):
    path = tmp_path / name
    if path.suffix == ".jsonl":
        write_table(path, [{"id": "r3"}, {"id": "r7"}, {"id": "r1"}])
    else:
        path.write_text("id\nr3\nr7\nr1\n")
    ranking = read_ranking(path, pool)
    assert ranking.listed.tolist() == [3, 1]
    assert ranking.scores is None and not ranking.missing
    assert [problem.row for problem in ranking.problems] == [2]


def test_what_an_export_writes_as_ids_is_the_same_choice(pool, tmp_path):
    chosen = delift.choose("random", pool, budget=3, seed=4)
    delift.export_subset(pool, chosen, tmp_path / "ids.txt")
    ranking = read_ranking(tmp_path / "ids.txt", pool)
    again = delift.choose("list", pool, budget=3, ranking=ranking)
    assert again.indices.tolist() == chosen.indices.tolist()
    assert again.options["table"] == "ids.txt" and len(again.options["table_digest"]) == 12


def test_a_ranking_is_a_column_either_way(pool, tmp_path):
    ranking = read_ranking(write_table(tmp_path / "scores.csv", ROWS), pool)
    assert delift.choose("column", pool, budget=4, ranking=ranking).indices.tolist() == [0, 2, 1, 3]
    lowest = delift.choose("column", pool, budget=2, ranking=ranking, ascending=True)
    assert lowest.indices.tolist() == [2, 0]


def test_the_column_of_the_scores_is_named_where_there_are_several(pool, tmp_path):
    path = write_table(tmp_path / "t.csv", [{"id": "r0", "ease": 1, "worth": 2}])
    with pytest.raises(MissingColumn, match="several columns may hold the score: ease, worth"):
        read_ranking(path, pool)
    with pytest.raises(MissingColumn, match="no column 'rank' holds scores"):
        read_ranking(path, pool, "rank")
    assert read_ranking(path, pool, "worth").scores[0] == 2


def test_files_that_rank_nothing_are_refused(pool, tmp_path):
    no_ids = write_table(tmp_path / "a.csv", [{"name": "r0", "score": 1}])
    with pytest.raises(MissingColumn, match="no column is named 'id'"):
        read_ranking(no_ids, pool)
    wrong = write_table(tmp_path / "b.csv", [{"id": "r0", "score": "good"}])
    with pytest.raises(InvalidConstraint, match="b.csv, row 1: its 'score' is 'good'"):
        read_ranking(wrong, pool)
    strangers = write_table(tmp_path / "c.csv", [{"id": "x", "score": 1}])
    with pytest.raises(InvalidConstraint, match="none of its 1 rows names an example"):
        read_ranking(strangers, pool)
    (tmp_path / "d.txt").write_bytes(b"\xff\xfe\x00r0")
    with pytest.raises(UnreadableFile, match="not UTF-8"):
        read_ranking(tmp_path / "d.txt", pool)
    with pytest.raises(UnreadableFile, match="nowhere.csv"):
        read_ranking(tmp_path / "nowhere.csv", pool)
