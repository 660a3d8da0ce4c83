"""Who covers an example has one answer: in Why, in the report and in the order of the heatmap."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.analysis.explain import reason_for
from delift_core.analysis.owners import NOBODY, cover_weights, owner_order, owners
from delift_core.runs.store import open_demo
from delift_core.scoring.kernel_names import KERNELS
from delift_core.selection.choice import Choice
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import OBJECTIVES, facility_location, flcg
from delift_core.workflow.choose import choose
from delift_core.workflow.export import weights_of
from tests.selection.test_open_rows import twins

SIMILARITY = np.array(
    [
        [0.0, 0.9, 0.2, 0.0],  # best helped by 1
        [0.4, 0.4, 0.1, 0.0],  # 0 and 1 alike: the earlier choice
        [0.7, 0.1, 0.3, 0.0],  # by 0
        [0.0, 0.0, 0.8, 0.0],  # by nobody chosen
    ]
)
KNOWN = np.array([[0.95], [0.1], [0.1], [0.0]])  # known examples cover the first row


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return open_demo(tmp_path_factory.mktemp("owners"))


def test_the_owner_is_the_best_of_the_chosen_and_the_earlier_of_equals():
    objective = facility_location(SIMILARITY)
    assert owners(objective, np.array([1, 0])).tolist() == [1, 1, 0, NOBODY]
    assert owners(objective, np.array([0, 1])).tolist() == [1, 0, 0, NOBODY]


def test_what_the_known_examples_cover_better_has_no_owner():
    assert owners(flcg(SIMILARITY, KNOWN), np.array([1, 0])).tolist() == [NOBODY, 1, 0, NOBODY]


def test_before_anything_is_chosen_nobody_owns_anything():
    nothing = np.empty(0, dtype=np.int64)
    objective = facility_location(SIMILARITY)
    assert owners(objective, nothing).tolist() == [NOBODY] * 4
    rows, columns = owner_order(objective, nothing, square=True)
    assert rows.tolist() == columns.tolist() == [0, 1, 2, 3]


def test_rows_are_grouped_by_the_choice_that_covers_them_best():
    objective = facility_location(SIMILARITY)
    assert owner_order(objective, np.array([1, 0]), square=True)[0].tolist() == [0, 1, 2, 3]
    # within a group the better covered first
    assert owner_order(objective, np.array([0, 1]), square=True)[0].tolist() == [2, 1, 0, 3]


def test_rows_below_the_floor_come_last():
    rows, _ = owner_order(flcg(SIMILARITY, KNOWN), np.array([1, 0]), square=True)
    assert rows.tolist() == [1, 2, 0, 3]


def test_columns_follow_the_rows_with_each_choice_at_the_head_of_its_group():
    rows, columns = owner_order(facility_location(SIMILARITY), np.array([0, 1]), square=True)
    assert rows.tolist() == [2, 1, 0, 3]
    # 0 leads, and 1 is not in its group: it leads its own
    assert columns.tolist() == [0, 2, 1, 3]


def test_columns_of_a_target_kernel_are_the_chosen_and_then_the_pool():
    objective = facility_location(SIMILARITY[:2])
    rows, columns = owner_order(objective, np.array([2, 1]), square=False)
    assert rows.tolist() == [0, 1] and columns.tolist() == [2, 1, 0, 3]


@st.composite
def kernels(draw):
    """A kernel of 1 to 30 examples a side and some of those shown, in an order."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, columns = draw(st.integers(1, 30)), draw(st.integers(1, 30))
    chosen = draw(st.lists(st.integers(0, columns - 1), min_size=1, unique=True))
    return np.maximum(rng.normal(size=(rows, columns)), 0), np.array(chosen)


@settings(deadline=None)
@given(kernels())
def test_the_order_is_a_permutation_in_which_groups_do_not_interleave(case):
    similarity, chosen = case
    objective = facility_location(similarity)
    rows, columns = owner_order(objective, chosen, square=False)
    assert sorted(rows) == list(range(similarity.shape[0]))
    assert sorted(columns) == list(range(similarity.shape[1]))
    owner = owners(objective, chosen)
    turns = [turn_of(index, chosen) for index in owner[rows]]
    assert turns == sorted(turns)
    best = similarity[:, chosen].max(axis=1)
    assert ((owner != NOBODY) == (best > 0)).all()
    owned = np.flatnonzero(owner != NOBODY)
    assert (similarity[owned, owner[owned]] == best[owned]).all()


@settings(deadline=None)
@given(st.integers(1, 20), st.integers(0, 2**32 - 1), st.data())
def test_columns_are_a_permutation_and_the_choices_keep_their_order(size, seed, data):
    similarity = np.maximum(np.random.default_rng(seed).normal(size=(size, size)), 0)
    chosen = np.array(data.draw(st.lists(st.integers(0, size - 1), min_size=1, unique=True)))
    _, columns = owner_order(facility_location(similarity), chosen, square=True)
    assert sorted(columns) == list(range(size))
    assert [index for index in columns if index in chosen] == chosen.tolist()


def turn_of(index, chosen):
    """The turn of a chosen example, one past the last for nobody."""
    return len(chosen) if index == NOBODY else chosen.tolist().index(index)


@settings(max_examples=150, deadline=None)
@given(pair=twins(longest=20), data=st.data())
def test_owners_on_sparse_similarities_are_those_on_the_dense_array(pair, data):
    few, array = pair
    chosen = np.array(data.draw(st.permutations(range(few.size))), dtype=np.int64)
    chosen = chosen[: data.draw(st.integers(0, few.size))]
    assert (owners(few, chosen) == owners(array, chosen)).all()
    square = len(few.floor) == few.size
    for own, other in zip(
        owner_order(few, chosen, square), owner_order(array, chosen, square), strict=True
    ):
        assert (own == other).all()


@pytest.mark.parametrize("name", ObjectiveName)
def test_the_heatmap_groups_every_row_of_the_demo_by_the_owner_that_why_names(demo, name):
    """Before, the heatmap took whoever was above 0, Why whoever was above the floor.

    For FLCG 20 of the 160 rows of the demo stood in the group of an example that, by Why, did not
    cover them.
    """
    objective, selection = choose(demo, Choice(objective=name, budget="30%"))
    chosen = selection.indices
    answered, shown = KERNELS[OBJECTIVES[name].kernels[0]]
    rows, _ = owner_order(objective, chosen, square=answered == shown)
    named_by_why = owner_that_why_names(objective, chosen)
    turns = [turn_of(index, chosen) for index in named_by_why]
    best = objective.similarity[:, chosen].max(axis=1)
    assert rows.tolist() == sorted(range(len(rows)), key=lambda row: (turns[row], -best[row]))


def owner_that_why_names(objective, chosen):
    """(answered,) "covered before by" of an example that would cover every row better still."""
    similarity = np.column_stack([objective.similarity, np.full(len(objective.floor), 9.0)])
    open_ended = replace(
        objective,
        similarity=similarity,
        ceiling=np.full(len(similarity), np.inf),
        modular=np.append(objective.modular, 0.0),
    )
    reason = reason_for(open_ended, chosen, objective.size)
    return reason.before[np.argsort(reason.answered)]


def test_weights_are_what_each_covers_over_their_mean():
    objective = facility_location(SIMILARITY)
    assert cover_weights(objective, np.array([0, 1])).tolist() == pytest.approx([4 / 3, 2 / 3])
    assert cover_weights(objective, np.array([3])).tolist() == [1]
    assert cover_weights(objective, np.array([], dtype=int)).tolist() == []


def test_weights_of_what_is_exported_have_a_mean_of_one_whatever_is_left_out():
    objective, chosen = facility_location(SIMILARITY), np.array([0, 1, 3])
    is_left_out = np.array([True, False, False])
    weights = weights_of(objective, chosen, is_left_out)
    assert weights == [0, *cover_weights(objective, np.array([1, 3])).tolist()]
    assert sum(weights[1:]) == pytest.approx(2)
