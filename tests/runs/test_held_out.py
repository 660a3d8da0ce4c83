"""Held-out examples attached to a run: in its folder, in no address, scored like other kernels."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from delift_core.data.hold_out import hold_out
from delift_core.errors import DamagedRun, UnknownChoice
from delift_core.runs.held_out import attach_held_out, held_out_address
from delift_core.runs.integrity import missing_work
from delift_core.runs.selections import save_selection
from delift_core.runs.store import create_run, list_runs, open_run
from delift_core.scoring.plan import Plan, PlanKind
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose
from delift_core.workflow.score import score_missing
from tests.conftest import TINY_ROWS, dataset

KERNEL = "held_out_pool"
OLD = Path(__file__).with_name("folder_of_0_1_0") / "fb05043e69c4e2fd"


@pytest.fixture(scope="module")
def data(roles):
    return {**roles, "held_out": dataset("held", TINY_ROWS[6:8])}


@pytest.fixture
def attached(new_run, data):
    return new_run("pool", "held_out", data=data)


def bytes_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock" and path.name != "packs.json"
    }


def test_the_address_of_a_run_does_not_depend_on_its_held_out_examples(attached, new_run):
    assert new_run("pool").id == attached.id and "held_out" not in attached.record["data"]
    assert attached.roles == ("pool", "held_out")
    assert attached.possible == ["pool_pool", KERNEL] and attached.shape(KERNEL) == (2, 6)


def test_a_run_is_opened_and_listed_with_the_examples_attached_last(attached, data, tmp_path):
    opened = open_run(attached.folder)
    assert opened == attached and opened.datasets["held_out"] == data["held_out"]
    other = attach_held_out(attached, dataset("other", TINY_ROWS[7:8]))
    assert held_out_address(other) != held_out_address(attached)
    assert open_run(attached.folder) == other == next(list_runs(tmp_path))
    assert open_run(attached.folder, held_out_address(attached)) == attached
    attach_held_out(other, data["held_out"])
    assert open_run(attached.folder) == attached


def test_attaching_again_writes_nothing(attached, data, files):
    before = files(attached.folder)
    assert attach_held_out(attached, data["held_out"]) == attached
    assert files(attached.folder) == before


def test_a_run_without_any_has_no_kernel_of_them(new_run):
    run = new_run("pool")
    assert held_out_address(run) is None and open_run(run.folder, "0" * 16) == run
    with pytest.raises(UnknownChoice, match="no kernel 'held_out_pool'"):
        missing_work(run, [KERNEL])


def test_its_kernel_is_the_rectangle_that_another_role_would_give(attached, new_run, score, data):
    """The same texts as target_pool are scored to the same bits."""
    as_target = new_run("pool", "target", data={**data, "target": data["held_out"]})
    score(attached, KERNEL)
    score(as_target, "target_pool")
    kernel, same = attached.kernel(KERNEL), as_target.kernel("target_pool")
    assert np.array_equal(kernel.values, same.values) and not kernel.square
    assert not (attached.folder / "kernels").exists()


@pytest.mark.parametrize("plan", [Plan(), Plan(PlanKind.NEAREST, 0.5), Plan(PlanKind.SAMPLED, 0.5)])
def test_scoring_cut_off_half_way_ends_in_the_same_bytes(
    new_run, score, data, tiny, tmp_path, plan
):
    whole = new_run("pool", "held_out", data=data, workspace=tmp_path / "whole", plan=plan)
    score(whole, KERNEL)
    stopped = new_run("pool", "held_out", data=data, workspace=tmp_path / "stopped", plan=plan)
    work = score_missing(missing_work(stopped, [KERNEL]), tiny())
    next(work)
    work.close()
    tile = stopped.kernel_folder(KERNEL) / "c/0/0/0"
    tile.write_bytes(tile.read_bytes()[:-9])
    (stopped.role_folder("held_out") / ".alone.parquet.1.partial").write_text("PAR1")
    assert not missing_work(stopped, [KERNEL]).is_empty
    score(open_run(stopped.folder), KERNEL)
    assert bytes_of(stopped.folder) == bytes_of(whole.folder)
    assert missing_work(stopped, [KERNEL]).is_empty


def test_what_is_chosen_and_its_name_do_not_depend_on_them(attached, new_run, score):
    score(attached, "pool_pool", KERNEL)
    choice = Choice(budget="3", transform="minmax")
    _, selection = choose(attached, choice)
    _, without = choose(new_run("pool"), choice)
    assert selection.indices.tolist() == without.indices.tolist()
    assert selection.gains.tolist() == without.gains.tolist()
    path = save_selection(attached, choice, selection)
    assert save_selection(new_run("pool"), choice, without) == path


def test_another_run_of_the_workspace_takes_over_their_scores(attached, new_run, score, data):
    score(attached, KERNEL)
    other = new_run("pool", "target", "held_out", data=data)
    assert other.id != attached.id and missing_work(other, [KERNEL]).is_empty
    assert np.array_equal(other.kernel(KERNEL).values, attached.kernel(KERNEL).values)


def test_a_damaged_record_is_no_attachment_and_attaching_mends_it(attached, data):
    record = attached.role_folder("held_out") / "held_out.json"
    whole = record.read_bytes()
    for damaged in (b"", b"{}", whole.replace(b'"fingerprint": "', b'"fingerprint": "0')):
        record.write_bytes(damaged)
        assert open_run(attached.folder).held_out is None
    assert attach_held_out(attached, data["held_out"]) == open_run(attached.folder) == attached
    assert record.read_bytes() == whole


def test_damaged_examples_are_refused_by_file_and_attaching_mends_them(attached, data):
    file = attached.role_folder("held_out") / "examples.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    with pytest.raises(DamagedRun, match="examples.parquet: it cannot be read"):
        print(open_run(attached.folder).datasets)
    attach_held_out(attached, data["held_out"])
    assert file.read_bytes() == whole


def test_a_share_set_aside_is_told_in_the_folder_of_either_part(tmp_path, roles, tiny):
    from delift_core.data.readers import read_dataset

    pool = read_dataset([example.extra | {"response": "x"} for example in roles["pool"]])
    rest, held_out = hold_out(pool, "50%", seed=4)
    run = create_run(tmp_path, {"pool": rest, "held_out": held_out}, tiny().record, "chat")
    whole = create_run(tmp_path, {"pool": pool}, tiny().record, "chat")
    assert run.id != whole.id
    for part in open_run(run.folder).datasets.values():
        assert part.read_record.hold_out.sentence == ("3 of 6 set aside as held-out (50%, seed 4)")


def test_a_run_of_version_0_1_0_can_be_given_held_out_examples(tmp_path, data, score, tiny):
    run = open_run(shutil.copytree(OLD, tmp_path / "runs" / OLD.name))
    assert run.held_out is None and run.id == OLD.name
    attached = attach_held_out(run, data["held_out"])
    assert open_run(run.folder) == attached and attached.id == OLD.name
    assert json.loads((run.folder / "run.json").read_text()) == run.record
    assert attached.possible == [*run.possible, KERNEL]
