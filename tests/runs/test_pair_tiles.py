"""Runs whose plan scores so many pairs an example: files of pairs, stopped, continued, damaged."""

import hashlib

import numpy as np
import pyarrow.parquet as pq
import pytest

from delift_core.errors import DamagedRun, NotScored
from delift_core.runs.integrity import missing_work, stored_utilities
from delift_core.runs.pair_masks import read_pair_sample, write_pair_sample
from delift_core.runs.store import create_run, open_run
from delift_core.runs.tables import write_table
from delift_core.scoring.kernel import Measure
from delift_core.scoring.kernel_scoring import score_utilities
from delift_core.scoring.pair_sampling import sample_pairs
from delift_core.scoring.plan import Plan, PlanKind
from delift_core.workflow.score import score_missing

PLANS = {kind: Plan(kind, seed=1, number=3) for kind in (PlanKind.SAMPLED, PlanKind.NEAREST)}
NEAREST = PLANS[PlanKind.NEAREST]


@pytest.fixture
def listed(tmp_path, roles, tiny):
    """listed(plan, *roles, workspace) -> a run with nothing scored yet"""
    return lambda plan=NEAREST, *names, workspace=tmp_path: create_run(
        workspace, {name: roles[name] for name in names or ("pool",)}, tiny().record, "chat", plan
    )


def digests(run):
    files = sorted(file for file in (run.folder / "kernels").rglob("*") if file.is_file())
    return {
        str(file.relative_to(run.folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


@pytest.mark.parametrize("kind", PLANS)
def test_only_the_listed_pairs_are_scored_and_to_what_they_are_in_the_whole_kernel(
    listed, score, new_run, tmp_path, kind
):
    run, whole = listed(PLANS[kind]), new_run("pool", workspace=tmp_path / "whole")
    score(run), score(whole)
    kernel, dense = open_run(run.folder).kernel("pool_pool"), whole.kernel("pool_pool")
    mask = kernel.requested.toarray()  # (answered, shown)
    assert kernel.is_sparse and mask.sum() == 3 * 6 == run.pairs("pool_pool")
    for measure in Measure:
        values = kernel.measured(measure).toarray()[mask]
        np.testing.assert_allclose(values, dense.measured(measure)[mask], atol=1e-5)
    assert (kernel.truncated.toarray()[mask] == dense.truncated[mask]).all()
    assert (kernel.weights is not None) == (kind is PlanKind.SAMPLED)


@pytest.mark.parametrize("kind", PLANS)
def test_a_run_in_memory_is_the_run_in_a_folder(listed, score, roles, tiny, kind):
    run = listed(PLANS[kind], "pool", "known")
    score(run, "pool_known")
    kernel = score_utilities(
        model=tiny(), answered=roles["pool"], shown=roles["known"], template="chat", plan=run.plan
    )
    stored = run.kernel("pool_known")
    assert np.array_equal(stored.values.toarray(), kernel.values.toarray())
    assert np.array_equal(stored.requested.toarray(), kernel.requested.toarray())


def test_a_run_that_was_cut_off_continues_and_ends_in_the_same_bytes(listed, score, tiny, tmp_path):
    whole, cut = (listed(workspace=tmp_path / name) for name in ("whole", "cut"))
    score(whole)
    attempt = score_missing(missing_work(cut, ["pool_pool"]), tiny())
    next(attempt)
    attempt.close()
    assert len(cut.missing("pool_pool")) == 1
    with pytest.raises(NotScored, match="1 tiles stored, 1 missing"):
        cut.kernel("pool_pool")
    half = stored_utilities(cut, "pool_pool")  # (answered, shown)
    assert np.isfinite(half[:, :4]).sum() == 3 * 4 and np.isnan(half[:, 4:]).all()
    assert score(open_run(cut.folder)) == 1
    assert digests(cut) == digests(whole)
    assert {"kernels/pool_pool.pairs/tiles/0.parquet", "kernels/pool_pool.pairs/drawn.parquet"} < (
        digests(whole).keys()
    )


@pytest.mark.parametrize("size", [0, 100, -1])
def test_a_damaged_tile_is_refused_by_name_and_it_alone_is_scored_again(listed, score, size):
    run = listed()
    score(run)
    whole = digests(run)
    file = run.tile_store("pool_pool").path(run.tiles("pool_pool")[1])
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(DamagedRun, match=f"{file}: it cannot be read .*Score the run again"):
        open_run(run.folder).kernel("pool_pool")
    assert score(open_run(run.folder)) == 1 and digests(run) == whole


def test_a_bit_that_fell_over_is_noticed(listed, score):
    run = listed()
    score(run)
    file = run.tile_store("pool_pool").path(run.tiles("pool_pool")[0])
    content = bytearray(file.read_bytes())
    content[40] ^= 1  # in the first page
    file.write_bytes(content)
    with pytest.raises(DamagedRun, match="it cannot be read"):
        open_run(run.folder).kernel("pool_pool")


def test_a_tile_of_other_pairs_is_refused(listed, score):
    run = listed()
    score(run)
    store, tile = run.tile_store("pool_pool"), run.tiles("pool_pool")[0]
    table = pq.read_table(store.path(tile))
    write_table(table.slice(1), store.path(tile))
    with pytest.raises(DamagedRun, match="it holds other pairs than the plan scores"):
        open_run(run.folder).kernel("pool_pool")


def test_lists_that_are_lost_or_damaged_are_drawn_again_and_nothing_is_scored_again(listed, score):
    run = listed()
    score(run)
    whole, file = digests(run), run.pair_mask_path("pool_pool")
    for damage in (file.unlink, lambda: file.write_bytes(file.read_bytes()[:-9])):
        damage()
        with pytest.raises(DamagedRun, match="drawn.parquet"):
            open_run(run.folder).kernel("pool_pool")
        assert score(open_run(run.folder)) == 0 and digests(run) == whole


def test_runs_of_the_same_lists_share_their_tiles_and_those_of_others_none(listed, score):
    run = listed()
    score(run)
    assert listed(NEAREST, "pool", "known").missing("pool_pool") == []
    for plan in (Plan("nearest", seed=2, number=3), Plan("nearest", seed=1, number=2)):
        other = listed(plan)
        assert other.alone("pool") is not None
        assert other.missing("pool_pool") == other.tiles("pool_pool")
    assert listed(Plan("nearest", 0.5, seed=1)).missing("pool_pool") != []


@pytest.mark.parametrize("kind", PLANS)
def test_lists_are_read_back_as_they_were_written(kind, tmp_path):
    vectors = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)
    sample = sample_pairs(Plan(kind, number=7), vectors, vectors[:11], False)
    write_pair_sample(sample, tmp_path / "drawn.parquet")
    again = read_pair_sample(tmp_path / "drawn.parquet", kind, (30, 11))
    for name in ("indptr", "indices", "data"):
        assert np.array_equal(getattr(again.mask, name), getattr(sample.mask, name))
    assert (again.stratum == sample.stratum).all()
    assert (again.weights is None) == (sample.weights is None)
    with pytest.raises(DamagedRun, match="another kernel's pairs"):
        read_pair_sample(tmp_path / "drawn.parquet", kind, (11, 30))


def test_a_position_that_is_none_is_refused(tmp_path):
    vectors = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)
    sample = sample_pairs(Plan("nearest", number=2), vectors, vectors, True)
    sample.mask.indices[0] = 8
    write_pair_sample(sample, tmp_path / "drawn.parquet")
    table = pq.read_table(tmp_path / "drawn.parquet")
    metadata = {b"shape": b"[9, 5]"}
    write_table(table.replace_schema_metadata(metadata), tmp_path / "drawn.parquet")
    with pytest.raises(DamagedRun, match="cannot be read"):
        read_pair_sample(tmp_path / "drawn.parquet", PlanKind.NEAREST, (9, 5))
