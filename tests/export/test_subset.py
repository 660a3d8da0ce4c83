"""Subsets: the chosen examples in order of choice, the same bytes every time, or the old ones."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from delift_core.data.example import Example
from delift_core.errors import NoExamples, UnfitExample, UnwritableFile, WrongPool
from delift_core.export.manifest import Provenance, manifest_of
from delift_core.export.subset import export_rows, export_subset, preview, rejected
from tests.export.conftest import ROWS, fields_in, pool_of, selection_of

SUFFIXES = (".jsonl", ".json", ".csv", ".parquet")


def test_text_files_hold_ids_without_being_told(tmp_path):
    assert (
        export_subset(pool_of(ROWS), selection_of(1), tmp_path / "subset.txt").read_text() == "b\n"
    )


def test_rank_and_gain_stand_behind_the_original_fields(tmp_path):
    path = export_subset(
        pool_of(ROWS), selection_of(2, 0), tmp_path / "out.jsonl", with_rank=True, with_gain=True
    )
    assert (
        path.read_text().splitlines()[1]
        == '{"id": "a", "prompt": "What is 2 + 2?", "response": "4", "delift_rank": 2,'
        ' "delift_gain": 0.5}'
    )


def test_verdicts_are_added_where_somebody_judged(tmp_path):
    pool, chosen = pool_of(ROWS), selection_of(2, 0)
    path = export_subset(
        pool, chosen, tmp_path / "out.jsonl", verdicts={pool[2].id: "keep", "nobody": "drop"}
    )
    assert fields_in(path) == [
        ROWS[2] | {"delift_verdict": "keep"},
        ROWS[0] | {"delift_verdict": None},
    ]
    assert fields_in(path) == preview(pool, chosen, verdicts={pool[2].id: "keep"})


def test_the_preview_is_what_is_written(tmp_path):
    pool, chosen = pool_of(ROWS), selection_of(2, 0, 1)
    shown = preview(pool, chosen, "messages", 2, with_rank=True, with_gain=True)
    path = export_subset(
        pool, chosen, tmp_path / "out.jsonl", shape="messages", with_rank=True, with_gain=True
    )
    assert [json.loads(line) for line in path.read_text().splitlines()[:2]] == shown


def test_the_rejected_are_all_others_in_pool_order_and_export_alike(tmp_path):
    pool = pool_of(ROWS)
    assert rejected(pool, selection_of(1)) == [0, 2]
    path = export_rows(
        [pool[index] for index in rejected(pool, selection_of(1))], tmp_path / "rejected.jsonl"
    )
    assert fields_in(path) == [ROWS[0], ROWS[2]]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("shape", ["original", "alpaca", "sharegpt", "messages", "ids"])
def test_two_exports_are_byte_identical_and_the_manifest_says_so(tmp_path, suffix, shape):
    pool, chosen = pool_of(ROWS), selection_of(2, 0)
    record = manifest_of(pool, chosen, Provenance(seed=0, command="delift run --pool pool.jsonl"))
    paths = [
        export_subset(
            pool,
            chosen,
            tmp_path / name / f"out{suffix}",
            shape=shape,
            with_gain=True,
            manifest=record,
        )
        for name in "xy"
    ]
    contents = {path.read_bytes() for path in paths}
    manifests = {Path(f"{path}.manifest.json").read_bytes() for path in paths}
    assert len(contents) == len(manifests) == 1
    assert (
        json.loads(manifests.pop())["file"]["sha256"] == hashlib.sha256(contents.pop()).hexdigest()
    )


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet", "out"])
def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch, name):
    path = export_subset(pool_of(ROWS), selection_of(0), tmp_path / name, manifest={})
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    replace = os.replace

    def full(source, target):
        if str(source).endswith(".partial"):
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(
        UnwritableFile, match=f"{name}: it cannot be written .No space left on device.*unchanged"
    ):
        export_subset(pool_of(ROWS), selection_of(1), path, manifest={})
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


def test_a_row_that_cannot_be_written_leaves_what_was_there(tmp_path):
    path = export_subset(pool_of(ROWS), selection_of(0), tmp_path / "out.jsonl")
    before = path.read_bytes()
    with pytest.raises(
        UnfitExample,
        match=(
            "row 2 .id 'x'.: it holds a number that JSON cannot write, such as infinity. Export as"
            " Parquet."
        ),
    ):
        export_rows([Example("x", "p", "r", (), {"score": float("inf")}, 2)], path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_field_that_is_already_there_is_never_overwritten(tmp_path):
    pool = pool_of([ROWS[0] | {"delift_rank": "mine"}])
    with pytest.raises(
        UnfitExample, match="row 1 .id 'a'.: the row already has a field 'delift_rank'"
    ):
        export_subset(pool, selection_of(0), tmp_path / "out.jsonl", with_rank=True)
    assert preview(pool, selection_of(0))[0]["delift_rank"] == "mine"


def test_the_selection_of_another_pool_is_refused(tmp_path):
    with pytest.raises(
        WrongPool, match="the selection holds example 5, counted from 0, and this pool has 3"
    ):
        export_subset(pool_of(ROWS), selection_of(0, 5), tmp_path / "out.jsonl")


def test_nothing_to_write_is_refused(tmp_path):
    with pytest.raises(NoExamples, match=r"rejected\.jsonl: there is no example to write"):
        export_rows([], tmp_path / "rejected.jsonl")
