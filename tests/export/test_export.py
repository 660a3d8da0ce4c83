"""Export: the chosen examples in order of choice and in any shape, the same bytes every time, and
nothing is lost when it fails.
"""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest

from delift_core.data.example import Dataset, Example, Turn
from delift_core.data.readers import read_dataset
from delift_core.errors import NoExamples, UnfitExample, UnknownChoice, UnwritableFile, WrongPool
from delift_core.export.subset import (
    check_target,
    export_rows,
    export_subset,
    manifest_of,
    preview,
    rejected,
)
from delift_core.selection.constraints import Budget, BudgetUnit
from delift_core.selection.greedy import Selection
from delift_core.selection.objectives import ObjectiveName

SUFFIXES = (".jsonl", ".json", ".csv", ".parquet")
ROWS = [
    {"id": "a", "prompt": "What is 2 + 2?", "response": "4"},
    {"id": "b", "prompt": "Name a colour.", "response": "Blue"},
    {"id": "c", "prompt": "Say hello.", "response": "Hello"},
]
TALK = Example(
    "talk",
    "all of it",
    "It is 4.",
    (
        Turn("system", "Be brief."),
        Turn("user", "Hi"),
        Turn("assistant", "Hello."),
        Turn("user", "2 + 2?"),
    ),
)
TOOLS = Example(
    "tools",
    "all of it",
    "Sunny.",
    (Turn("user", "Weather?"), Turn("assistant", "{call}"), Turn("tool", "{sun}")),
    row=7,
)


def pool_of(rows):
    return read_dataset(rows, near_duplicates="keep")


def choose(*indices):
    gains = np.linspace(1, 0.5, len(indices))
    return Selection(
        np.array(indices, dtype=np.int64),
        gains,
        Budget(len(indices), BudgetUnit.ROWS),
        ObjectiveName.FACILITY_LOCATION,
    )


def fields_in(path):
    return [dict(example.extra) for example in read_dataset(path, near_duplicates="keep")]


# Shapes, by hand


def test_alpaca_of_one_turn_is_instruction_input_and_output(tmp_path):
    assert preview(pool_of(ROWS), choose(1), "alpaca") == [
        {"id": "b", "instruction": "Name a colour.", "input": "", "output": "Blue"}
    ]


def test_alpaca_keeps_the_system_turn_and_earlier_turns_apart():
    assert preview(Dataset((TALK,)), choose(0), "alpaca") == [
        {
            "id": "talk",
            "instruction": "2 + 2?",
            "input": "",
            "output": "It is 4.",
            "system": "Be brief.",
            "history": [["Hi", "Hello."]],
        }
    ]


def test_sharegpt_names_the_speakers_its_own_way():
    assert preview(Dataset((TOOLS,)), choose(0), "sharegpt") == [
        {
            "id": "tools",
            "conversations": [
                {"from": "human", "value": "Weather?"},
                {"from": "gpt", "value": "{call}"},
                {"from": "observation", "value": "{sun}"},
                {"from": "gpt", "value": "Sunny."},
            ],
        }
    ]


def test_messages_are_all_turns_and_the_response():
    assert preview(Dataset((TALK,)), choose(0), "messages") == [
        {
            "id": "talk",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello."},
                {"role": "user", "content": "2 + 2?"},
                {"role": "assistant", "content": "It is 4."},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("shape", "suffix"),
    [
        (shape, suffix)
        for shape in ("alpaca", "sharegpt", "messages")
        for suffix in SUFFIXES
        if (shape, suffix) != ("alpaca", ".csv")
    ],
)
def test_every_shape_is_read_again_as_the_same_turns(tmp_path, shape, suffix):
    single = Example("one", "Name a colour.", "Blue", (Turn("user", "Name a colour."),))
    path = export_subset(
        Dataset((single, TALK)), choose(1, 0), tmp_path / f"out{suffix}", shape=shape
    )
    assert [(example.id, example.turns, example.response) for example in read_dataset(path)] == [
        (example.id, example.turns, example.response) for example in (TALK, single)
    ]


def test_an_example_without_an_original_row_is_prompt_and_response():
    assert preview(Dataset((Example("x", "Hi", "Hello", ()),)), choose(0)) == [
        {"prompt": "Hi", "response": "Hello"}
    ]
    assert (
        preview(Dataset((Example("x", "Hi", "Hello", ()),)), choose(0), "alpaca")[0]["instruction"]
        == "Hi"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ids.txt", "c\na\n"),
        ("ids.jsonl", '{"id": "c"}\n{"id": "a"}\n'),
        ("ids.csv", '"id"\n"c"\n"a"\n'),
        ("ids.json", '[\n{"id": "c"},\n{"id": "a"}\n]\n'),
    ],
)
def test_ids_alone_go_to_any_file(tmp_path, name, content):
    assert (
        export_subset(pool_of(ROWS), choose(2, 0), tmp_path / name, shape="ids").read_text()
        == content
    )


def test_text_files_hold_ids_without_being_told(tmp_path):
    assert export_subset(pool_of(ROWS), choose(1), tmp_path / "subset.txt").read_text() == "b\n"


def test_rank_and_gain_stand_behind_the_original_fields(tmp_path):
    path = export_subset(
        pool_of(ROWS), choose(2, 0), tmp_path / "out.jsonl", with_rank=True, with_gain=True
    )
    assert (
        path.read_text().splitlines()[1]
        == '{"id": "a", "prompt": "What is 2 + 2?", "response": "4", "delift_rank": 2,'
        ' "delift_gain": 0.5}'
    )


def test_verdicts_are_added_where_somebody_judged(tmp_path):
    pool, chosen = pool_of(ROWS), choose(2, 0)
    path = export_subset(
        pool, chosen, tmp_path / "out.jsonl", verdicts={pool[2].id: "keep", "nobody": "drop"}
    )
    assert fields_in(path) == [
        ROWS[2] | {"delift_verdict": "keep"},
        ROWS[0] | {"delift_verdict": None},
    ]
    assert fields_in(path) == preview(pool, chosen, verdicts={pool[2].id: "keep"})


def test_the_preview_is_what_is_written(tmp_path):
    pool, chosen = pool_of(ROWS), choose(2, 0, 1)
    shown = preview(pool, chosen, "messages", 2, with_rank=True, with_gain=True)
    path = export_subset(
        pool, chosen, tmp_path / "out.jsonl", shape="messages", with_rank=True, with_gain=True
    )
    assert [json.loads(line) for line in path.read_text().splitlines()[:2]] == shown


def test_the_rejected_are_all_others_in_pool_order_and_export_alike(tmp_path):
    pool = pool_of(ROWS)
    assert rejected(pool, choose(1)) == [0, 2]
    path = export_rows(
        [pool[index] for index in rejected(pool, choose(1))], tmp_path / "rejected.jsonl"
    )
    assert fields_in(path) == [ROWS[0], ROWS[2]]


# The same bytes, or the old ones


def test_a_datasets_folder_holds_the_same_rows_and_is_replaced_whole(tmp_path):
    path = export_subset(pool_of(ROWS), choose(0, 1), tmp_path / "subset")
    path = export_subset(
        pool_of(ROWS), choose(2, 0), tmp_path / "subset", with_rank=True, manifest={}
    )
    assert fields_in(path) == [ROWS[2] | {"delift_rank": 1}, ROWS[0] | {"delift_rank": 2}]
    digests = json.loads((tmp_path / "subset.manifest.json").read_text())["file"]["sha256"]
    assert digests == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in path.iterdir()
    }
    assert sorted(file.name for file in tmp_path.iterdir()) == ["subset", "subset.manifest.json"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("shape", ["original", "alpaca", "sharegpt", "messages", "ids"])
def test_two_exports_are_byte_identical_and_the_manifest_says_so(tmp_path, suffix, shape):
    pool, chosen = pool_of(ROWS), choose(2, 0)
    record = manifest_of(pool, chosen, seed=0, command="delift run --pool pool.jsonl")
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
    path = export_subset(pool_of(ROWS), choose(0), tmp_path / name, manifest={})
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
        export_subset(pool_of(ROWS), choose(1), path, manifest={})
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


def test_a_row_that_cannot_be_written_leaves_what_was_there(tmp_path):
    path = export_subset(pool_of(ROWS), choose(0), tmp_path / "out.jsonl")
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


# Refusals


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
        export_subset(pool_of(ROWS), choose(0), tmp_path / name, shape=shape)


def test_an_unknown_shape_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(
        UnknownChoice,
        match="no shape 'vicuna'. Choose one of original, alpaca, sharegpt, messages, ids.",
    ):
        export_subset(pool_of(ROWS), choose(0), tmp_path / "out.jsonl", shape="vicuna")


def test_a_conversation_alpaca_cannot_hold_is_refused_by_row():
    with pytest.raises(
        UnfitExample,
        match=r"tools\.json, row 7 .id 'tools'.: Alpaca holds .* Export as sharegpt or messages\.",
    ):
        preview(Dataset((TOOLS,), source="tools.json"), choose(0), "alpaca")


def test_a_field_that_is_already_there_is_never_overwritten(tmp_path):
    pool = pool_of([ROWS[0] | {"delift_rank": "mine"}])
    with pytest.raises(
        UnfitExample, match="row 1 .id 'a'.: the row already has a field 'delift_rank'"
    ):
        export_subset(pool, choose(0), tmp_path / "out.jsonl", with_rank=True)
    assert preview(pool, choose(0))[0]["delift_rank"] == "mine"


def test_the_selection_of_another_pool_is_refused(tmp_path):
    with pytest.raises(
        WrongPool, match="the selection holds example 5, counted from 0, and this pool has 3"
    ):
        export_subset(pool_of(ROWS), choose(0, 5), tmp_path / "out.jsonl")


def test_nothing_to_write_is_refused(tmp_path):
    with pytest.raises(NoExamples, match=r"rejected\.jsonl: there is no example to write"):
        export_rows([], tmp_path / "rejected.jsonl")


def test_the_pool_itself_is_never_replaced_by_its_subset(tmp_path):
    path = export_rows(pool_of(ROWS).examples, tmp_path / "pool.jsonl")
    with pytest.raises(UnwritableFile, match="the data was read from here"):
        export_subset(read_dataset(path), choose(0), path)
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


def test_a_folder_with_other_files_is_never_replaced(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")
    with pytest.raises(UnwritableFile, match=r"mine: the folder holds other files .thesis\.tex."):
        export_subset(pool_of(ROWS), choose(0), tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.tex").exists()


@pytest.mark.parametrize("name", ["file/out.jsonl", "folder.jsonl"])
def test_a_path_that_cannot_be_written_is_named(tmp_path, name):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(UnwritableFile, match=f"{name}: it cannot be written"):
        export_subset(pool_of(ROWS), choose(0), tmp_path / name)


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
