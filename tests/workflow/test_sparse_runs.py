"""A run of so many pairs an example goes through choosing, comparing, explaining and the report."""

import pytest

from delift_core.report.document import write_report
from delift_core.runs.store import bundled_run
from delift_core.scoring.plan import Plan
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose, coverage_estimate_of
from delift_core.workflow.compare import Candidates, compare
from delift_core.workflow.explain import notable_pairs
from delift_core.workflow.run_notes import run_notes
from delift_core.workflow.truncation import truncation_of
from tests.demo_with_plan import demo_with_plan

CHOICE = Choice("facility_location", "30%")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """(of nearest pairs by number, of sampled rows by number) taken from the demo."""
    demo, workspace = bundled_run(), tmp_path_factory.mktemp("workspace")
    plans = Plan("nearest", number=32), Plan("sampled", number=60)
    return [demo_with_plan(demo, plan, workspace) for plan in plans]


def test_what_is_chosen_is_worth_nearly_as_much_in_the_whole_kernel(runs):
    similarity = bundled_run().kernel("pool_pool").similarity()  # (pool, pool)
    chosen = [choose(run, CHOICE)[1].indices for run in (runs[0], bundled_run())]
    value, best = (similarity[:, rows].max(axis=1).sum() for rows in chosen)
    assert value >= 0.97 * best


def test_a_number_of_sampled_rows_chooses_what_their_share_does(runs, tmp_path):
    share = demo_with_plan(bundled_run(), Plan("sampled", 60 / 160), tmp_path)
    assert choose(runs[1], CHOICE)[1].indices.tolist() == choose(share, CHOICE)[1].indices.tolist()


def test_sampled_rows_give_an_estimate_with_an_error(runs):
    nearest, sampled = runs
    objective, selection = choose(sampled, CHOICE)
    estimate = coverage_estimate_of(sampled, CHOICE, objective, selection)
    assert 0.5 < estimate.coverage <= 1 and estimate.error > 0
    assert coverage_estimate_of(nearest, CHOICE, *choose(nearest, CHOICE)) is None


def test_methods_are_compared(runs):
    run, _ = runs
    methods = ("facility_location", "mean_helpfulness", "longest")
    comparison = compare(run, Candidates(CHOICE, methods))
    assert [entry.selection.method for entry in comparison.entries] == list(methods)
    assert not comparison.refused


def test_pairs_that_did_not_fit_are_counted_among_those_scored(runs):
    run, _ = runs
    (truncation,) = truncation_of(run, ["pool_pool"])
    assert truncation.pairs_scored == 32 * len(run.pool) == run.pairs("pool_pool")
    assert isinstance(run_notes(run, ["pool_pool"]), list)


def test_notable_pairs_are_scored_ones(runs):
    run, _ = runs
    kernel = run.kernel("pool_pool")
    pairs = notable_pairs(kernel, choose(run, CHOICE)[1].indices)
    assert pairs and all(kernel.requested[pair] for pair in pairs)


def test_a_report_is_written(runs, tmp_path):
    run, _ = runs
    write_report(run, CHOICE, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Nearest pairs, 32 an example." in text and len(text) < 10_000_000
