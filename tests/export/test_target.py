"""Targets: what cannot be written is refused before anything is scored or replaced."""

import pytest

from delift_core.data.readers import read_dataset
from delift_core.errors import UnknownChoice, UnwritableFile
from delift_core.export.subset import export_rows, export_subset
from delift_core.export.target import check_target
from tests.export.conftest import ROWS, fields_in, pool_of, selection_of


@pytest.mark.parametrize(
    ("name", "shape", "sentence"),
    [
        (
            "out.xlsx",
            "original",
            (
                r"out\.xlsx: \.xlsx is not a kind of file written here\. Choose \.jsonl, \.json,"
                r" \.csv, \.parquet, \.txt, or no suffix"
            ),
        ),
        (
            "out",
            "ids",
            r"out: ids are written to a file\. Choose \.jsonl, \.json, \.csv, \.parquet, \.txt\.",
        ),
        (
            "out.txt",
            "alpaca",
            r"out\.txt: a \.txt file holds ids and nothing else\. Choose \.jsonl",
        ),
    ],
)
def test_a_suffix_that_does_not_fit_is_refused_with_those_that_do(tmp_path, name, shape, sentence):
    with pytest.raises(UnwritableFile, match=sentence):
        export_subset(pool_of(ROWS), selection_of(0), tmp_path / name, shape=shape)


def test_the_pool_itself_is_never_replaced_by_its_subset(tmp_path):
    path = export_rows(pool_of(ROWS).examples, tmp_path / "pool.jsonl")
    with pytest.raises(UnwritableFile, match="the data was read from here"):
        export_subset(read_dataset(path), selection_of(0), path)
    assert len(fields_in(path)) == 3


def test_nothing_is_written_into_a_folder_that_was_read(tmp_path):
    (tmp_path / "data").mkdir()
    with pytest.raises(UnwritableFile, match="the data was read from here"):
        check_target(
            tmp_path / "data" / "train.jsonl",
            sources=[str(tmp_path / "other"), str(tmp_path / "data")],
        )
    check_target(tmp_path / "beside.jsonl", sources=[str(tmp_path / "data")])


def test_a_source_in_the_home_folder_is_known_by_its_short_name(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "target.jsonl").write_text("{}")
    with pytest.raises(UnwritableFile, match="the data was read from here"):
        check_target("~/target.jsonl", sources=["~/target.jsonl"])


@pytest.mark.parametrize("name", ["file/out.jsonl", "folder.jsonl"])
def test_a_path_that_cannot_be_written_is_named(tmp_path, name):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(UnwritableFile, match=f"{name}: it cannot be written"):
        export_subset(pool_of(ROWS), selection_of(0), tmp_path / name)


def test_what_would_be_refused_after_scoring_is_refused_before(tmp_path):
    (tmp_path / "file").write_text("")
    target = export_rows(pool_of(ROWS).examples, tmp_path / "target.jsonl")
    for path, shape in [
        ("out.jsonl", "vicuna"),
        ("out.xlsx", "original"),
        ("file/out.csv", "original"),
        ("file", "original"),
        (target, "ids"),
    ]:
        with pytest.raises((UnknownChoice, UnwritableFile)):
            check_target(tmp_path / path, shape, sources=[str(target)])
    check_target(tmp_path / "new" / "out.jsonl", "alpaca", added=True, sources=[str(target)])
    assert not (tmp_path / "new").exists()
