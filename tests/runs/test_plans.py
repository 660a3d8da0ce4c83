"""Runs with a plan: recorded, stopped and continued, never mixed up with runs of every pair."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from delift_core.errors import DamagedRun
from delift_core.runs.integrity import MissingWork, missing_work
from delift_core.runs.pair_masks import write_pair_sample
from delift_core.runs.store import create_run, open_run
from delift_core.runs.tiles import chunk_key
from delift_core.scoring.pair_sampling import sample_pairs
from delift_core.scoring.pairs import scorer_for
from delift_core.scoring.plan import Plan, PlanKind
from delift_core.scoring.throughput import token_counts
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose
from delift_core.workflow.plan import Measured
from delift_core.workflow.score import cost_of, score_missing
from tests.workflow.counting import Counting

HALF = {kind: Plan(kind, 0.5, seed=1) for kind in (PlanKind.SAMPLED, PlanKind.NEAREST)}


@pytest.fixture
def planned(tmp_path, roles, tiny):
    """planned(plan, *roles, workspace) -> a run with nothing scored yet"""
    return lambda plan, *names, workspace=tmp_path: create_run(
        workspace, {name: roles[name] for name in names or ("pool",)}, tiny().record, "chat", plan
    )


def digest_of(run):
    files = sorted(file for file in (run.folder / "kernels").rglob("*") if file.is_file())
    return {
        str(file.relative_to(run.folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


@pytest.mark.parametrize("kind", HALF)
def test_only_the_pairs_of_the_plan_are_scored_and_the_run_records_which(planned, score, kind):
    run = planned(HALF[kind])
    score(run)
    kernel, reopened = run.kernel("pool_pool"), open_run(run.folder)
    assert reopened.plan == HALF[kind] and reopened.record["plan"] == {
        "kind": str(kind),
        "share": 0.5,
        "seed": 1,
        "minutes": None,
    }
    assert (
        np.isfinite(kernel.values) == kernel.requested
    ).all() and kernel.requested.sum() == 3 * 6 == run.pairs("pool_pool")
    again, drawn = (
        sample_pairs(HALF[kind], run.alone("pool").embedding, run.alone("pool").embedding, True),
        reopened.pair_sample("pool_pool"),
    )
    assert (again.mask == drawn.mask).all() and (again.stratum == drawn.stratum).all()
    assert (kind is PlanKind.SAMPLED) == (drawn.weights is not None)
    assert drawn.weights is None or (drawn.weights == again.weights).all()


@pytest.mark.parametrize("kind", HALF)
def test_a_plan_that_was_cut_off_continues_and_ends_in_the_same_bytes(
    planned, score, tiny, tmp_path, kind
):
    whole, cut = (planned(HALF[kind], workspace=tmp_path / name) for name in ("whole", "cut"))
    score(whole)
    attempt = score_missing(missing_work(cut, ["pool_pool"]), tiny())
    next(attempt)
    attempt.close()
    assert len(cut.missing("pool_pool")) == 1
    assert score(open_run(cut.folder)) == 1
    assert digest_of(cut) == digest_of(whole)


def test_every_pair_is_the_run_it_was_before_there_were_plans(planned, new_run, score, tmp_path):
    run, plain = planned(Plan()), new_run("pool", workspace=tmp_path / "plain")
    assert run.id == plain.id and "plan" not in run.record
    score(run), score(plain)
    assert digest_of(run) == digest_of(plain) and run.kernel("pool_pool").pair_sample is None
    assert not any("drawn" in name for name in digest_of(run))


def test_plans_are_runs_of_their_own_that_share_what_was_read_alone_and_no_tile(
    planned, score, tmp_path
):
    every = planned(Plan())
    score(every)
    part = planned(HALF[PlanKind.NEAREST])
    assert part.id != every.id and part.alone("pool") is not None
    assert part.missing("pool_pool") == part.tiles("pool_pool")
    score(part)
    other = planned(Plan(PlanKind.NEAREST, 0.5, seed=2))
    assert other.missing("pool_pool") == other.tiles("pool_pool")
    with_known = planned(HALF[PlanKind.NEAREST], "pool", "known")
    assert with_known.missing("pool_pool") == [] and with_known.pair_sample("pool_pool") is not None
    assert planned(Plan(PlanKind.NEAREST, 0.5, seed=1, minutes=3.0)).missing("pool_pool") == []


def drawn_otherwise(run):
    """The same run as a machine of other last bits would have drawn and scored it."""
    drawn = run.pair_sample("pool_pool")
    mask = np.asfortranarray(drawn.mask)
    mask[:, 0] = np.roll(mask[:, 0], 1)  # as many, of other rows
    write_pair_sample(replace(drawn, mask=mask), run.kernel_folder("pool_pool") / "drawn.parquet")
    return mask


def test_tiles_of_the_same_plan_are_not_taken_over_into_another_draw_of_it(planned, score):
    run = planned(HALF[PlanKind.NEAREST])
    score(run)
    mask = drawn_otherwise(run)
    other = planned(HALF[PlanKind.NEAREST], "pool", "known")  # takes over the draw and every tile
    assert (other.pair_sample("pool_pool").mask == mask).all() and other.missing("pool_pool") == []
    (other.kernel_folder("pool_pool") / "drawn.parquet").unlink()
    other = open_run(other.folder)
    other.sample_pairs("pool_pool")  # its own, which differs
    for tile in other.tiles("pool_pool"):
        (other.kernel_folder("pool_pool") / chunk_key(tile, other.grid("pool_pool"))).unlink()
    again = planned(HALF[PlanKind.NEAREST], "pool", "known")
    assert (
        again.missing("pool_pool") == again.tiles("pool_pool")
        and (again.pair_sample("pool_pool").mask != mask).any()
    )
    score(again)
    assert (
        np.isfinite(again.kernel("pool_pool").values) == again.kernel("pool_pool").requested
    ).all()


def test_of_two_runs_that_drew_otherwise_only_one_is_taken_over(planned, score, tmp_path):
    first = planned(HALF[PlanKind.NEAREST])
    score(first)
    second = planned(HALF[PlanKind.NEAREST], "pool", "known")
    drawn_otherwise(first)
    # the newer, looked at first, lacks a tile that the older has
    next((second.kernel_folder("pool_pool") / "c").rglob("1")).unlink()
    third = planned(HALF[PlanKind.NEAREST], "pool", "target")
    of = [run for run in (first, second) if digest_of(run).items() >= {**digest_of(third)}.items()]
    assert len(of) == 1 and third.pair_sample("pool_pool") is not None


def test_tiles_whose_draw_is_lost_are_not_joined_by_those_of_another_draw(planned, score):
    run = planned(HALF[PlanKind.NEAREST])
    other = planned(HALF[PlanKind.NEAREST], "pool", "known")
    score(run), score(other)
    drawn_otherwise(run)
    (other.kernel_folder("pool_pool") / "drawn.parquet").unlink()
    assert planned(HALF[PlanKind.NEAREST], "pool", "known").pair_sample("pool_pool") is None


def test_a_plan_is_said_to_cost_the_same_before_and_after_it_is_chosen(planned, tiny):
    plan, prompter = (
        Plan("nearest", 0.4),
        scorer_for(tiny()).prompter,
    )  # two of six rows: not quite 0.4
    run = planned(plan)
    own, work = (
        token_counts(prompter, run.datasets["pool"]),
        {"pool_pool": run.missing("pool_pool")},
    )
    before = Measured(1.0, 0, {"pool_pool": (own, own)}, work).cost(plan)
    after = cost_of(MissingWork(run, work), tiny())
    assert before.pairs == after.pairs == 2 * 6 and before.tokens == after.tokens


def test_progress_and_cost_count_the_pairs_of_the_plan(planned, tiny):
    run, done = planned(HALF[PlanKind.NEAREST], "pool", "known"), []
    missing = {name: run.missing(name) for name in ("pool_pool", "pool_known")}
    cost = cost_of(MissingWork(run, missing), tiny())
    whole = cost_of(MissingWork(planned(Plan(), "pool", "known"), missing), tiny())
    assert (
        cost.pairs == 3 * 6 + 3 * 2
        and cost.disk == 12 * cost.pairs
        and whole.tokens / 2 < cost.tokens < whole.tokens
    )
    list(score_missing(missing_work(run, missing), tiny(), Counting(done)))
    assert sum(done) == cost.pairs == sum(map(run.pairs, missing))
    assert (
        run.pairs("pool_pool", run.tiles("pool_pool")[:1])
        == run.pair_sample("pool_pool").mask[:, :4].sum()
    )


def test_all_kernels_of_a_choice_are_answered_by_the_same_sampled_rows_and_count_with_their_weights(
    planned, score
):
    run = planned(HALF[PlanKind.SAMPLED], "pool", "target", "known")
    score(run, "pool_pool", "pool_target", "pool_known")
    first, *others = (
        run.pair_sample(name).weights for name in ("pool_pool", "pool_target", "pool_known")
    )
    assert all((first == other).all() for other in others) and first.sum() == 6
    objective, selection = choose(run, Choice("flcmi", "3"))
    assert (objective.similarity[first == 0] == 0).all() and (
        objective.floor[first == 0] == 0
    ).all()
    kernel, known = run.kernel("pool_pool"), run.kernel("pool_known")
    best = known.similarity().max(axis=1).astype(float)
    np.testing.assert_allclose(objective.floor, best * first, rtol=1e-6)
    np.testing.assert_allclose(
        objective.similarity, kernel.similarity() * first[:, None], rtol=1e-6
    )
    assert len(selection) == 3


def test_a_choice_from_nearest_pairs_counts_the_inferred_ones(planned, score):
    run = planned(HALF[PlanKind.NEAREST])
    score(run)
    objective, _ = choose(run, Choice("facility_location", "2", transform="raw"))
    kernel = run.kernel("pool_pool")
    row, column = np.argwhere(~kernel.requested & ~np.eye(6, dtype=bool))[0]
    others = kernel.values[row][kernel.requested[row]]
    raised = -min(kernel.similarity(transform="raw")[row].min(), 0)
    assert objective.similarity[row, column] == pytest.approx(others.mean() + raised, abs=1e-6)


def test_a_draw_of_another_kernel_is_refused(planned, score):
    run = planned(HALF[PlanKind.NEAREST], "pool", "known")
    score(run, "pool_pool", "pool_known")
    (run.kernel_folder("pool_known") / "drawn.parquet").replace(
        run.kernel_folder("pool_pool") / "drawn.parquet"
    )
    reopened = open_run(run.folder)
    with pytest.raises(DamagedRun, match="another kernel's pairs"):
        reopened.kernel("pool_pool")
    with pytest.raises(DamagedRun, match="which says what was scored"):
        reopened.kernel("pool_known")
