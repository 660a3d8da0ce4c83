"""Tiles in other processes: the bytes of this one, and no worker that would give others."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from delift_core.errors import ChangedModel, OutOfMemory
from delift_core.executors.work import ThisProcess
from delift_core.runs.integrity import missing_work
from delift_core.scoring.kernel import Alone
from delift_core.scoring.pair_sampling import sample_pairs
from delift_core.scoring.pairs import KernelTask, score_tile, scorer_for
from delift_core.scoring.plan import Plan, PlanKind, Tile
from delift_core.workflow import tile_work
from delift_core.workflow.models import options_of_run
from delift_core.workflow.score import kernel_task, score_missing
from delift_core.workflow.tile_work import (
    WorkerSetup,
    code_digest,
    open_tiles,
    part_of,
    scoring_identity,
    tile_task,
)


@pytest.fixture
def setup_of(tiny):
    """setup_of(run) -> how a worker gets ready for it"""

    def make(run):
        identity = scoring_identity(tiny(), run.record)
        return WorkerSetup(options_of_run(run, "cpu"), None, 1, run.record, identity)

    return make


@pytest.mark.parametrize(
    "plan", [Plan(), Plan(PlanKind.NEAREST, 0.5), Plan(PlanKind.NEAREST, number=2)]
)
def test_a_worker_gives_the_bytes_of_the_tile_in_its_kernel(plan, new_run, score, tiny, setup_of):
    run = new_run("pool", plan=plan)
    score(run)
    task, perform = kernel_task(run, "pool_pool"), open_tiles(setup_of(run))
    for tile in run.tiles("pool_pool"):
        sent = pickle.loads(pickle.dumps(tile_task("pool_pool", task, tile)))
        planes = perform(sent.payload, lambda pairs: None)
        whole = score_tile(scorer_for(tiny(), "chat"), task, tile)
        assert planes.tobytes() == whole.tobytes()


def test_a_task_holds_nothing_that_no_tile_depends_on(new_run, score):
    run = new_run("pool")
    score(run)
    tile = run.tiles("pool_pool")[1]
    task = tile_task("pool_pool", kernel_task(run, "pool_pool"), tile)
    part = task.payload
    assert task.name == "pool_pool, answered examples 1 to 6 behind shown ones 5 to 6"
    assert (len(part.answered), len(part.shown)) == (6, 2)
    assert not any(example.extra for example in (*part.answered, *part.shown))
    assert part.alone.embedding.size == 0
    np.testing.assert_array_equal(part.alone.distance, run.alone("pool").distance)


@pytest.mark.parametrize(
    "what",
    [
        "model",
        "device",
        "chat template",
        "plan",
        "version of scoring",
        "code of delift_core",
        "torch",
        "transformers",
    ],
)
def test_a_worker_that_differs_is_refused_by_what_differs(what, new_run, setup_of):
    setup = setup_of(new_run("pool"))
    other = replace(setup, identity={**setup.identity, what: "another"})
    with pytest.raises(ChangedModel, match=f"its {what} is .* is scored with another"):
        open_tiles(other)


def test_the_digest_of_the_code_changes_with_the_code(monkeypatch):
    before = code_digest()
    assert code_digest() == before
    monkeypatch.setattr(tile_work, "ROOMS", ("data",))
    assert code_digest() != before


def test_memory_that_ran_out_elsewhere_has_the_next_try_take_smaller_packs(new_run, tiny):
    class Elsewhere(ThisProcess):
        def results(self, work, tasks, advance):
            for task in tasks:
                raise MemoryError(f"node 10.0.0.2: out of memory in {task.name}")
            yield

    work = missing_work(new_run("pool"), ["pool_pool"])
    with pytest.raises(OutOfMemory, match="node 10.0.0.2.* will be tried"):
        list(score_missing(work, tiny(), executor=Elsewhere()))


def test_a_tile_of_lists_carries_the_rows_that_it_scores_and_no_other():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(40, 4)).astype(np.float32)
    sample = sample_pairs(Plan("nearest", number=3), vectors, vectors, True)
    numbers = np.arange(40, dtype=np.float32)
    alone = Alone(numbers, numbers, numbers, numbers, numbers, vectors)
    examples = [f"example {row}" for row in range(40)]
    tile = Tile(slice(0, 40), slice(8, 12))
    part = part_of(KernelTask(examples, examples, alone, sample.mask), tile)
    lists = sample.mask[:, tile.columns]
    rows = np.unique(lists.indices)
    assert part.answered == [examples[row] for row in rows] and len(rows) <= 3 * 4 < 40
    assert part.shown == examples[8:12] and (part.alone.distance == rows).all()
    assert (rows[part.mask.indices] == lists.indices).all()
    assert (part.mask.indptr == lists.indptr).all()
