"""A run folder: the same request is the same folder, and what is stored comes back."""

import json
from dataclasses import replace

import numpy as np
import pytest

from delift_core.data.example import Dataset, Example, Problem, ProblemKind, Turn
from delift_core.data.read_options import ReadOptions, ReadRecord
from delift_core.errors import DamagedRun, NotARun, NotScored
from delift_core.files import digest
from delift_core.runs import record
from delift_core.runs.store import bundled_run, create_run, list_runs, open_run
from delift_core.runs.tables import read_dataset_folder, read_source, write_dataset


def test_the_same_request_is_the_same_folder(new_run):
    assert new_run("pool").folder == new_run("pool").folder


def test_where_stored_examples_were_read_from_is_told_and_damage_refused(new_run):
    run = new_run("pool")
    folder = run.role_folder("pool")
    assert read_source(folder) == run.pool.source
    (folder / "examples.parquet").write_bytes(b"damage")
    with pytest.raises(DamagedRun, match="examples.parquet: it cannot be read"):
        read_source(folder)


@pytest.mark.parametrize("change", ["text", "field", "dtype", "template", "role"])
def test_anything_a_score_or_an_export_depends_on_changes_the_folder(
    change, new_run, roles, tiny, tmp_path
):
    first, pool, record = new_run("pool"), roles["pool"], tiny().record
    if change == "role":
        other = new_run("pool", "known")
    elif change in ("dtype", "template"):
        other = create_run(
            tmp_path,
            {"pool": pool},
            {**record, "dtype": "bfloat16"} if change == "dtype" else record,
            "plain" if change == "template" else "chat",
        )
    else:
        changed = (
            replace(pool[0], response="6")
            if change == "text"
            else replace(pool[0], extra={"prompt": "other"})
        )
        other = create_run(
            tmp_path,
            {"pool": replace(pool, examples=(changed, *pool.examples[1:]))},
            record,
            "chat",
        )
    assert other.folder != first.folder


def test_a_dataset_comes_back_as_it_was_loaded(tmp_path):
    turns = (
        Turn("system", "Be brief."),
        Turn("user", "Hi\n\u2028"),
        Turn("assistant", "Hello"),
        Turn("user", "Bye"),
    )
    example = Example(
        "a", "x", " 007 ", turns, {"n": 7, "empty": "", "none": None, "list": [1, {"k": "v"}]}, 3
    )
    twin = replace(example, id="b", row=4)
    dataset = Dataset(
        (example,),
        (Problem(9, "row 9 is broken", ProblemKind.NEAR_DUPLICATE),),
        "x.jsonl",
        "Alpaca",
        {"a": (twin,)},
    )
    write_dataset(dataset, tmp_path)
    assert read_dataset_folder(tmp_path) == dataset
    assert read_dataset_folder(tmp_path).fingerprint == dataset.fingerprint


def test_how_a_pool_was_read_is_kept_in_its_run_and_is_no_part_of_the_address(
    roles, tiny, tmp_path
):
    asked = ReadRecord(
        ReadOptions(6, 4, "keep", {"prompt": ["q", "context"], "response": "a"}), usable=9
    )
    told, silent = (
        create_run(
            tmp_path / name,
            {"pool": replace(roles["pool"], read_record=how)},
            tiny().record,
            "chat",
        )
        for name, how in (("told", asked), ("silent", None))
    )
    assert (
        open_run(told.folder).pool.read_record == asked
        and open_run(silent.folder).pool.read_record is None
    )
    assert told.id == silent.id and told.record == silent.record
    assert (told.folder / "run.json").read_bytes() == (silent.folder / "run.json").read_bytes()


def test_a_run_of_before_how_it_was_read_was_kept_opens_under_its_address():
    assert (
        bundled_run().pool.read_record is None
        and digest(bundled_run().record)[:16] == "21e67a71866e419b"
    )


def test_what_was_scored_comes_back_to_the_bit(new_run, score, tiny, roles):
    from delift_core.scoring.kernel_scoring import score_utilities

    run = new_run("pool", "target")
    score(run, "pool_pool", "target_pool")
    again = open_run(run.folder)
    fresh = score_utilities(
        answered=roles["target"], shown=roles["pool"], model=tiny(), template="chat"
    )
    assert np.array_equal(again.kernel("target_pool").values, fresh.values)
    assert np.array_equal(again.kernel("target_pool").pmi, fresh.pmi)
    assert again.kernel("pool_pool").square and not again.kernel("target_pool").square
    assert again.alone("pool").embedding.shape == (6, 32)


def test_a_kernel_with_a_missing_tile_is_refused_with_what_to_do(new_run, score):
    run = new_run("pool")
    score(run)
    next((run.kernel_folder("pool_pool") / "c").rglob("1")).unlink()
    with pytest.raises(NotScored, match="1 tiles stored, 1 missing.*again to continue"):
        run.kernel("pool_pool")
    assert [tile.columns for tile in run.missing("pool_pool")] == [slice(4, 6)]


def test_a_damaged_tile_is_found_by_its_checksum(new_run, score):
    run = new_run("pool")
    score(run)
    chunk = run.kernel_folder("pool_pool") / "c" / "0" / "0" / "0"
    damaged = bytearray(chunk.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    chunk.write_bytes(damaged)
    with pytest.raises(
        DamagedRun, match="0/0/0: this tile is damaged .it fails its checksum.. Score the run again"
    ):
        run.kernel("pool_pool")


def test_a_damaged_table_is_refused_by_name(new_run):
    run = new_run("pool")
    (run.folder / "pool" / "examples.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(DamagedRun, match=r"examples\.parquet: it cannot be read"):
        print(open_run(run.folder).pool)


@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_a_folder_that_is_no_run_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(NotARun, match="not a run folder"):
        open_run(tmp_path)


def test_a_run_of_another_layout_is_refused_never_misread(new_run):
    run = new_run("pool")
    (run.folder / "run.json").write_text(json.dumps({**run.record, "layout": record.LAYOUT + 1}))
    with pytest.raises(NotARun, match="layout 2, this version reads layout 1"):
        open_run(run.folder)


def test_runs_are_listed_and_other_folders_passed_over(new_run, tmp_path):
    folders = {new_run("pool").folder, new_run("pool", "known").folder}
    (tmp_path / "runs" / "stray").mkdir()
    (tmp_path / "runs" / "stray" / "run.json").write_text("{")
    assert {run.folder for run in list_runs(tmp_path)} == folders


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"data": None}, "'NoneType' object is not subscriptable"),
        ({"data": {"pool": {"examples": 6}}}, "it lacks 'fingerprint'"),
        (
            {"data": {"pool": {"examples": "six", "fingerprint": "", "texts": ""}}},
            "unsupported operand",
        ),
        ({"data": {"target": {}}}, "it lacks 'pool'"),
        ({"model": {"name": "a"}}, "it lacks 'revision'"),
        ({"model": "a"}, "string indices"),
        (
            {"plan": {"kind": "spiral", "share": 0.5, "seed": 0, "minutes": None}},
            "No plan is called 'spiral'",
        ),
        (
            {"plan": {"kind": "nearest", "share": 0.5, "mood": 1}},
            "unexpected keyword argument 'mood'",
        ),
        ({"plan": {"kind": "nearest", "share": "half"}}, "not supported between"),
        ({"plan": ["nearest"]}, "must be a mapping"),
    ],
)
def test_a_record_of_another_version_is_refused_by_name_and_passed_over_in_a_list(
    changed, told, new_run, tmp_path
):
    run = new_run("pool")
    other = tmp_path / "runs" / "x"
    other.mkdir()
    (other / "run.json").write_text(json.dumps({**run.record, **changed}))
    with pytest.raises(
        NotARun, match=f"{other}/run.json: .*{told}.*Open it with the version that wrote it"
    ):
        open_run(other)
    assert [one.id for one in list_runs(tmp_path)] == [run.id] == [new_run("pool").id]


def test_a_record_of_nothing_but_its_layout_stops_no_other_run(new_run, score, tmp_path):
    (tmp_path / "runs" / "x").mkdir(parents=True)
    (tmp_path / "runs" / "x" / "run.json").write_text('{"layout": 1}')
    run = new_run("pool")
    assert score(run) == 2 and [one.id for one in list_runs(tmp_path)] == [run.id]


def test_what_another_run_scored_of_the_same_texts_is_taken_over(new_run, score):
    first = new_run("pool")
    score(first)
    second = new_run("pool", "known")
    assert second.folder != first.folder
    assert second.missing("pool_pool") == [] and len(second.missing("pool_known")) == 1
    assert np.array_equal(second.kernel("pool_pool").values, first.kernel("pool_pool").values)


def test_nothing_is_taken_over_from_another_model(new_run, score, tiny):
    score(new_run("pool"))
    assert len(new_run("pool", model=tiny("gpt2")).missing("pool_pool")) == 2


def test_complete_names_the_kernels_that_are_finished(new_run, score):
    run = new_run("pool", "target", "known")
    assert run.complete() == []
    score(run, "pool_known")
    assert run.complete() == ["pool_known"]
    score(run, *run.possible)
    assert run.complete() == ["pool_pool", "target_pool", "pool_target", "pool_known"]


def test_a_kernel_without_the_pass_that_comes_before_it_is_refused(new_run, score):
    run = new_run()
    score(run)
    (run.folder / "pool" / "alone.parquet").unlink()
    with pytest.raises(DamagedRun, match="alone.parquet is not there.*Score the run again"):
        open_run(run.folder).kernel("pool_pool")
