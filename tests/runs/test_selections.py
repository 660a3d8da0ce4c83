"""Choosing in a run: objectives follow from roles, every option reaches the greedy, a kept
selection comes back.
"""

from dataclasses import fields

import numpy as np
import pytest

from delift_core.errors import (
    InvalidConstraint,
    NotARun,
    NotScored,
    UnknownChoice,
    UnknownObjective,
)
from delift_core.runs.selections import find_selection, read_selection, save_selection
from delift_core.runs.store import bundled_run
from delift_core.scoring.kernel import similarities
from delift_core.scoring.kernel_names import KERNELS
from delift_core.selection.choice import Choice, objective_for
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import RECIPES, ObjectiveName, build_objective
from delift_core.workflow.choose import choose, full_order, objective_of, still_known


@pytest.fixture
def scored(new_run, score):
    run = new_run("pool", "target", "known")
    score(run, *KERNELS)
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
        {kernel: scored.kernel(kernel) for kernel in RECIPES[name].kernels},
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


def test_a_kept_selection_comes_back_and_the_same_choice_is_the_same_file(scored):
    choice = Choice(budget="50%", pins=("pool1",), quotas={"Add": 2}, group_by="group")
    chosen = choose(scored, choice)[1]
    path = save_selection(scored, choice, chosen)
    assert (
        save_selection(scored, choice, chosen)
        == path
        == find_selection(scored)
        == find_selection(scored, path.stem)
    )
    kept_choice, kept = read_selection(path)
    assert kept_choice == choice
    for field in fields(chosen):
        assert np.array_equal(getattr(kept, field.name), getattr(chosen, field.name)), field.name


def test_a_run_without_that_selection_says_so(scored):
    with pytest.raises(
        NotARun, match="nothing has been chosen in this run yet. Run: delift select"
    ):
        find_selection(scored)
    path = save_selection(scored, Choice(), choose(scored, Choice())[1])
    with pytest.raises(UnknownChoice, match=f"no selection 'x'. There are {path.stem}"):
        find_selection(scored, "x")


def test_another_set_of_excludes_goes_on_from_the_last_order_and_ends_where_choosing_anew_does():
    run = bundled_run()
    plain = Choice(objective="facility_location")
    objective = objective_of(run, plain, run.kernel)
    order = full_order(run, plain, objective)
    without = Choice(objective="facility_location", excludes=(run.pool[int(order.indices[20])].id,))
    assert still_known(run, without, objective, plain, order) == order.indices[:20].tolist()
    resumed, anew = (
        full_order(run, without, objective, (plain, order)),
        full_order(run, without, objective),
    )
    assert np.array_equal(resumed.indices, anew.indices) and np.array_equal(
        resumed.gains, anew.gains
    )
    back = full_order(run, plain, objective, (without, resumed))
    assert still_known(run, plain, objective, without, resumed) == order.indices[:20].tolist()
    assert np.array_equal(back.indices, order.indices) and np.array_equal(back.gains, order.gains)


def test_an_order_under_other_quotas_is_not_gone_on_from(scored):
    plain, quoted = Choice(), Choice(quotas={"Add": 1}, group_by="group")
    objective = objective_of(scored, plain, scored.kernel)
    assert still_known(scored, quoted, objective, plain, full_order(scored, plain, objective)) == []
