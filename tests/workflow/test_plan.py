"""The predicted cost of plans, and the best plan that fits into some minutes.

The same minutes never leave a run half done for another.
"""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.errors import InvalidPlan
from delift_core.runs.integrity import MissingWork, missing_work
from delift_core.runs.store import create_run
from delift_core.scoring.plan import NUMBERS, SHARES, Plan, PlanKind, best_within, offered, tiles
from delift_core.workflow import plan as planning
from delift_core.workflow.plan import Measured, ScoringInputs, best_fit, plan_costs, plan_within
from delift_core.workflow.score import cost_of, score_missing


def measured(rows, rate=100.0):
    lengths = np.full(rows, 10)
    return Measured(
        rate, 0, {"pool_pool": (lengths, lengths)}, {"pool_pool": list(tiles(rows, rows))}
    )


@given(rows=st.integers(30, 300), minutes=st.floats(0.1, 2000))
def test_the_plan_that_fits_takes_no_longer_and_the_next_larger_one_would(rows, minutes):
    here = measured(rows)
    plans = [Plan(), *offered(PlanKind.NEAREST, rows, 3, minutes)]
    if here.cost(plans[-1]).seconds > 60 * minutes:
        with pytest.raises(InvalidPlan, match="minutes are too few"):
            best_fit(here, minutes, 3)
        return
    found = best_fit(here, minutes, 3)
    place = plans.index(found)
    assert here.cost(found).seconds <= 60 * minutes
    assert place == 0 or here.cost(plans[place - 1]).seconds > 60 * minutes


@given(rows=st.integers(30, 300), kind=st.sampled_from([PlanKind.NEAREST, PlanKind.SAMPLED]))
def test_a_smaller_share_costs_less_and_every_plan_less_than_every_pair(rows, kind):
    costs = [measured(rows).cost(plan) for plan in (Plan(), *offered(kind, rows))]
    assert all(
        first.seconds > second.seconds and first.pairs > second.pairs
        for first, second in pairwise(costs)
    )


def test_a_share_of_fewer_than_three_rows_is_not_offered():
    assert [plan.share for plan in offered(PlanKind.NEAREST, 8)] == [0.4]
    assert [plan.share for plan in offered(PlanKind.NEAREST, 999)] == list(SHARES) and offered(
        PlanKind.NEAREST, 5
    ) == []


def test_of_a_large_pool_numbers_are_offered_in_place_of_small_shares_and_then_of_all():
    middle, large = (offered(PlanKind.NEAREST, rows) for rows in (1000, 100_000))
    assert [plan.number or plan.share for plan in middle] == [0.4, 0.2, 0.1, 64, 32, 16]
    assert [plan.number for plan in large] == list(NUMBERS)
    assert offered(PlanKind.SAMPLED, 100_000) == []
    assert [plan.share for plan in offered(PlanKind.SAMPLED, 1000)] == list(SHARES)


def test_sampled_rows_are_never_taken_by_themselves_and_the_order_of_the_offers_is_the_rule():
    plans = [Plan("sampled", 0.4), Plan("nearest", 0.4), Plan("nearest", 0.2)]
    assert (
        best_within(plans, [1, 90, 50], 1) == plans[2]
        and best_within(plans, [1, 60, 50], 1) == plans[1]
    )
    assert best_within(plans, [1, 90, 90], 1) is None


def test_the_costs_of_all_plans_are_told_by_one_rate(new_run, tiny):
    run = new_run("pool", "target")
    missing = {name: run.missing(name) for name in ("pool_pool", "target_pool")}
    cost = cost_of(MissingWork(run, missing), tiny())
    told = plan_costs(MissingWork(run, missing), tiny(), cost)
    # one target example: no share of it is offered
    assert [(one["kind"], one["share"]) for one in told] == [("all", 1.0)]
    assert told[0]["pairs"] == cost.pairs and told[0]["seconds"] / told[0][
        "tokens"
    ] == pytest.approx(cost.seconds / cost.tokens)


def test_the_same_minutes_keep_the_plan_they_chose_once(roles, tiny, tmp_path, monkeypatch):
    data, model = (
        {"pool": roles["pool"].__class__(roles["pool"].examples + roles["known"].examples)},
        tiny(),
    )
    inputs, chosen = ScoringInputs(data, model, "chat", ("pool_pool",)), {}
    for rate in (150.0, 1e9):
        monkeypatch.setattr(planning, "measure_throughput", lambda *given, rate=rate: rate)
        chosen[rate] = plan_within(0.1, 0, tmp_path, inputs)
        create_run(tmp_path, data, model.record, "chat", chosen[rate])
    assert chosen[150.0] == chosen[1e9] == Plan("nearest", 0.4, 0, 0.1)
    assert plan_within(0.2, 0, tmp_path, inputs).is_all


def test_what_is_scored_of_every_pair_already_costs_nothing_more(
    roles, tiny, tmp_path, monkeypatch
):
    run = create_run(tmp_path, {"pool": roles["pool"]}, tiny().record, "chat")
    for _ in score_missing(missing_work(run, ["pool_pool"]), tiny()):
        pass
    monkeypatch.setattr(
        planning, "measure_throughput", lambda *given: pytest.fail("measured for nothing")
    )
    inputs = ScoringInputs({"pool": roles["pool"]}, tiny(), "chat", ("pool_pool",))
    assert plan_within(0.001, 0, tmp_path, inputs).is_all
