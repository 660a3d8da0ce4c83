"""Sources: whatever a person points at is read, or refused in one sentence that says what to do."""

import subprocess
import sys
import time

import pandas as pd
import pytest

from delift_core.data.example import ProblemKind
from delift_core.data.read_options import ReadOptions
from delift_core.data.readers import dataset_from, read_dataset, read_rows
from delift_core.errors import (
    DeliftError,
    InvalidLimit,
    MissingColumn,
    MissingSplit,
    NoExamples,
    UnknownChoice,
    UnknownFormat,
    UnreachableDataset,
    UnreadableFile,
)
from tests.data.sources import EXPECTED, ROWS, lines, pairs, write


def test_an_unknown_format_names_the_command_line_option_too():
    with pytest.raises(UnknownFormat, match="--columns prompt=...,response=..."):
        read_dataset([{"a": "1", "b": "2"}])


def test_a_path_that_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(UnreadableFile, match="there is no such file or folder"):
        read_dataset(tmp_path / "nothing.jsonl")
    with pytest.raises(UnreadableFile, match="there is no such file or folder"):
        read_dataset("data/nothing.jsonl")


def test_a_hub_id_out_of_reach_is_one_quick_clear_refusal(monkeypatch):
    monkeypatch.setattr(
        "socket.create_connection", lambda *args: (_ for _ in ()).throw(OSError("no route"))
    )
    monkeypatch.setattr("delift_core.data.hub.getproxies", dict)
    begun = time.monotonic()
    with pytest.raises(
        UnreachableDataset,
        match="nobody-at-all/no-such-data: there is no file or folder of this name here",
    ) as refusal:
        read_dataset("nobody-at-all/no-such-data/config/train")
    assert isinstance(refusal.value, DeliftError) and time.monotonic() - begun < 15


def test_a_local_path_wins_over_a_hub_id(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "owner").mkdir()
    write(tmp_path / "owner", "name", lines(ROWS))
    assert pairs(read_dataset("owner/name")) == EXPECTED


def test_a_folder_saved_by_datasets_is_read(tmp_path):
    from datasets import Dataset, DatasetDict

    Dataset.from_list(ROWS).save_to_disk(tmp_path / "dataset")
    DatasetDict(
        {"train": Dataset.from_list(ROWS), "test": Dataset.from_list(ROWS[:1])}
    ).save_to_disk(tmp_path / "splits")
    assert pairs(read_dataset(tmp_path / "dataset")) == EXPECTED
    assert pairs(read_dataset(tmp_path / "splits")) == EXPECTED
    assert pairs(read_dataset(tmp_path / "splits", split="test")) == EXPECTED[:1]
    splits = DatasetDict({"train": Dataset.from_list(ROWS), "test": Dataset.from_list(ROWS[:1])})
    assert pairs(read_dataset(Dataset.from_list(ROWS))) == pairs(read_dataset(splits)) == EXPECTED
    with pytest.raises(
        MissingSplit, match="there is no split 'dev'. Choose one of train, test with split="
    ):
        read_dataset(tmp_path / "splits", split="dev")


def test_a_folder_of_files_is_read_with_cells_as_text_and_its_problems_by_file(tmp_path):
    write(tmp_path, "train-00000-of-00002.csv", "prompt,response\na,007\nb\n")
    write(tmp_path, "train-00001-of-00002.csv", "prompt,response\nc\nd,8.0\n")
    write(tmp_path, "test.csv", "prompt,response\ne,f\n")
    dataset = read_dataset(tmp_path)
    assert pairs(dataset) == [("a", "007"), ("d", "8.0")] and [
        example.row for example in dataset
    ] == [1, 4]
    assert [problem.row for problem in dataset.problems] == [2, 3]
    assert "train-00001-of-00002.csv, row 1: the row has 1 cell" in dataset.problems[1].reason
    assert pairs(read_dataset(tmp_path, split="test")) == [("e", "f")]


def test_a_folder_without_data_files_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="no data files were found in this folder"):
        read_dataset(tmp_path)


def test_rows_and_data_frames_are_sources():
    assert pairs(read_dataset(iter(ROWS))) == EXPECTED
    frame = pd.DataFrame(ROWS, index=[5, 5, 7])
    frame["score"] = [1.0, None, 3.0]
    dataset = read_dataset(frame)
    assert pairs(dataset) == EXPECTED and [example.row for example in dataset] == [1, 2, 3]
    assert [example.extra["score"] for example in dataset] == [1.0, None, 3.0]


def test_rows_that_are_no_objects_are_problems():
    dataset = read_dataset([*ROWS, "text", None])
    assert [(problem.row, problem.kind) for problem in dataset.problems] == [
        (4, ProblemKind.BROKEN),
        (5, ProblemKind.BROKEN),
    ]
    with pytest.raises(UnreadableFile, match="One object is not a source of rows"):
        read_dataset(ROWS[0])
    with pytest.raises(UnreadableFile, match="A int is no source of rows"):
        read_dataset(5)
    with pytest.raises(NoExamples, match="there are no rows"):
        read_dataset([])


def test_options_that_do_not_exist_are_refused_with_those_that_do():
    with pytest.raises(UnknownChoice, match="Choose one of collapse, keep"):
        read_dataset(ROWS, near_duplicates="drop")
    with pytest.raises(UnknownChoice, match="There is no format 'alpacca'. Choose one of .*Alpaca"):
        read_dataset(ROWS, format="alpacca")
    with pytest.raises(UnknownFormat, match="no row reads as alpaca"):
        read_dataset(ROWS, format="alpaca")


def test_arguments_that_mean_nothing_are_refused():
    with pytest.raises(InvalidLimit, match="limit=0 leaves no examples"):
        read_dataset(ROWS, limit=0)
    with pytest.raises(UnreadableFile, match="The source is an empty name"):
        read_dataset("")
    with pytest.raises(UnknownChoice, match="columns= takes a mapping such as"):
        read_dataset(ROWS, columns="prompt")


def test_a_mapped_column_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(
        MissingColumn, match="there is no column 'answer'. Columns are prompt, response."
    ):
        read_dataset(ROWS, columns={"prompt": "prompt", "response": "answer"})
    with pytest.raises(MissingColumn, match="the mapping names no response column"):
        read_dataset(ROWS, columns={"prompt": "prompt"})
    with pytest.raises(
        UnknownChoice,
        match="columns= does not know 'answer'. It maps prompt, response, system, id.",
    ):
        read_dataset(ROWS, columns={"prompt": "prompt", "answer": "response"})


def test_reading_in_two_steps_is_reading_in_one(tmp_path):
    path = write(tmp_path, "pool.jsonl", lines(ROWS))
    options = ReadOptions(limit=2, seed=1)
    raw = read_rows(path, options)
    assert raw.columns == ["prompt", "response"] and [row.fields for row in raw.rows] == ROWS
    dataset, at_once = dataset_from(raw, options), read_dataset(path, limit=2, seed=1)
    assert dataset == at_once and dataset.file_digest == at_once.file_digest != ""
    assert dataset.read_record == at_once.read_record


def test_limit_draws_a_seeded_sample_in_source_order():
    rows = [
        {"prompt": f"say {chr(97 + number)}", "response": chr(97 + number)} for number in range(20)
    ]
    drawn = read_dataset(rows, limit=5, seed=3)
    assert [example.row for example in drawn] == sorted(example.row for example in drawn) and len(
        drawn
    ) == 5
    assert (
        pairs(drawn)
        == pairs(read_dataset(rows, limit=5, seed=3))
        != pairs(read_dataset(rows, limit=5, seed=4))
    )


def test_importing_the_reader_imports_nothing_heavy():
    script = (
        "import sys, delift_core.data.readers; print({'datasets', 'pandas', 'pyarrow', 'numpy',"
        " 'torch'} & set(sys.modules))"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "set()"
    )
