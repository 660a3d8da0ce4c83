"""Choosing in a run: roles imply objectives, every option counts, one outcome for all."""

import numpy as np
import pytest

from delift_core.errors import InvalidConstraint, NotScored, UnknownObjective
from delift_core.runs.store import bundled_run
from delift_core.scoring.kernel import similarities
from delift_core.selection.baselines.random import random_order
from delift_core.selection.choice import Choice, objective_for
from delift_core.selection.curves import coverage_curve
from delift_core.selection.greedy import maximise
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import OBJECTIVES, build_objective
from delift_core.workflow.choose import (
    choose,
    full_order,
    objective_of,
    outcome_within,
    settled_constraints,
    still_known,
)


@pytest.fixture
def scored(new_run, score):
    run = new_run("pool", "target", "known")
    score(run, *run.possible)
    return run


@pytest.mark.parametrize(
    "roles, expected",
    [
        (("pool",), "facility_location"),
        (("pool", "target"), "flqmi"),
        (("pool", "known"), "flcg"),
        (("pool", "target", "known"), "flcmi"),
    ],
)
def test_the_roles_imply_the_objective(roles, expected):
    assert objective_for("auto", roles) == expected


def test_an_objective_without_its_role_is_refused_with_the_option_to_give():
    with pytest.raises(
        NotScored, match="flcmi needs a known and a target set. Give one with --known and --target"
    ):
        objective_for("flcmi", ("pool",))
    with pytest.raises(UnknownObjective, match="No objective is called 'best'"):
        objective_for("best", ("pool",))


@pytest.mark.parametrize("name", ObjectiveName)
def test_choosing_in_a_run_is_the_library_call_on_its_kernels(name, scored):
    choice = Choice(
        objective=name,
        budget="3",
        eta=0.5,
        nu=2.0,
        measure="pmi",
        transform="minmax",
        diagonal="masked",
    )
    scaled = similarities(
        {kernel: scored.kernel(kernel) for kernel in OBJECTIVES[name].kernels},
        "pmi",
        "minmax",
        "masked",
    )
    expected = maximise(build_objective(name, scaled, 0.5, 2.0), 3)
    chosen = choose(scored, choice)[1]
    assert np.array_equal(chosen.indices, expected.indices) and np.array_equal(
        chosen.gains, expected.gains
    )


def test_pins_come_first_excludes_never_and_quotas_hold(scored):
    choice = Choice(
        objective="facility_location",
        budget="3",
        pins=("pool4",),
        excludes=("pool0",),
        group_by="group",
        quotas={"Name": 1},
    )
    chosen = [scored.pool[index] for index in choose(scored, choice)[1].indices]
    assert chosen[0].id == "pool4" and "pool0" not in [example.id for example in chosen]
    assert sum(example.extra["group"] == "Name" for example in chosen) <= 1 and len(chosen) == 3


def test_a_token_budget_counts_response_tokens(scored):
    chosen = choose(scored, Choice(objective="facility_location", budget="12 tokens"))[1]
    tokens = scored.alone("pool").response_tokens
    assert 0 < tokens[chosen.indices].sum() <= 12


def test_unknown_ids_and_fields_are_refused(scored):
    with pytest.raises(InvalidConstraint, match="No example of the pool has the id 'x'"):
        choose(scored, Choice(pins=("x",)))
    with pytest.raises(
        InvalidConstraint, match="no field 'topic' to group by. Fields are prompt, group"
    ):
        choose(scored, Choice(group_by="topic", quotas={"a": 1}))


def test_another_set_of_excludes_goes_on_from_the_last_order_and_ends_where_choosing_anew_does():
    run = bundled_run()
    plain = Choice(objective="facility_location")
    objective = objective_of(run, plain, run.kernel)
    order = full_order(run, plain, objective)
    picks = order.selection.indices
    without = Choice(objective="facility_location", excludes=(run.pool[int(picks[20])].id,))
    assert still_known(run, without, objective, plain, order) == picks[:20].tolist()
    resumed = full_order(run, without, objective, (plain, order))
    assert same(resumed, full_order(run, without, objective))
    back = full_order(run, plain, objective, (without, resumed))
    assert still_known(run, plain, objective, without, resumed) == picks[:20].tolist()
    assert same(back, order)


def same(first, second):
    """Whether two orders choose the same examples with the same gains."""
    return np.array_equal(first.selection.indices, second.selection.indices) and np.array_equal(
        first.selection.gains, second.selection.gains
    )


def test_an_order_under_other_quotas_is_not_gone_on_from(scored):
    plain, quoted = Choice(), Choice(quotas={"Add": 1}, group_by="group")
    objective = objective_of(scored, plain, scored.kernel)
    assert still_known(scored, quoted, objective, plain, full_order(scored, plain, objective)) == []


def outcome(run, choice, objective=None):
    """The outcome of a choice, worked out as command line, report and dashboard do."""
    objective = objective or objective_of(run, choice, run.kernel)
    return outcome_within(run, choice, full_order(run, choice, objective))


def test_a_token_budget_has_one_knee_and_one_number_of_rows_for_80_percent():
    """Page and report once differed: 21 and 11 for the knee, 11 and 12 for the rows.

    The page took both from the order of a row budget, the report from the selection by tokens.
    """
    run = bundled_run()
    chosen = outcome(run, Choice(objective="facility_location", budget="800 tokens"))
    assert (chosen.knee, chosen.examples_for(0.8)) == (11, 12)
    assert np.array_equal(
        chosen.curve.coverage, coverage_curve(chosen.selection, chosen.objective.whole)
    )


def test_the_random_selections_beside_a_choice_keep_to_its_pins_excludes_and_quotas():
    """The band was drawn from the whole pool: a choice with a quota seemed to fall below chance."""
    run = bundled_run()
    topics = sorted({example.extra["topic"] for example in run.pool})
    pin, exclude = run.pool[3].id, run.pool[7].id
    choice = Choice(
        objective="facility_location",
        budget="12",
        pins=(pin,),
        excludes=(exclude,),
        group_by="topic",
        quotas={topic: 0 for topic in topics[2:]} | {run.pool[3].extra["topic"]: 9},
    )
    chosen = outcome(run, choice)
    values = []
    for seed in range(10):
        drawn = random_order(settled_constraints(run, choice), seed).tolist()
        values.append(chosen.objective.value(drawn) / chosen.objective.whole)
        assert drawn[0] == 3 and 7 not in drawn and len(drawn) == 12
        assert {run.pool[index].extra["topic"] for index in drawn} <= {
            *topics[:2],
            run.pool[3].extra["topic"],
        }
    assert chosen.random_range == pytest.approx((min(values), max(values)))
    assert chosen.coverage > chosen.random_range[1]


def test_choosing_and_the_whole_curve_agree_on_what_is_chosen(scored):
    for budget in ("3", "50%", "12 tokens"):
        choice = Choice(objective="facility_location", budget=budget)
        objective, expected = choose(scored, choice)
        selection = outcome(scored, choice, objective).selection
        assert np.array_equal(selection.indices, expected.indices)
        assert str(selection.budget) == str(expected.budget)
