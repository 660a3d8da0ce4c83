"""Which pairs a plan scores: as many as it says, the same every time, rows that stand for others
and neighbours that are near.
"""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.errors import InvalidPlan
from delift_core.scoring.pair_sampling import NOT_SAMPLED, sample_pairs, strata
from delift_core.scoring.plan import Plan, PlanKind, plan_of, tile_shape, tiles

sizes, shares, kinds = (
    st.integers(4, 40),
    st.floats(0.02, 0.9),
    st.sampled_from([PlanKind.SAMPLED, PlanKind.NEAREST]),
)


def embeddings(count, seed=0, width=6):
    return np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)


@given(
    answered=sizes,
    shown=sizes,
    share=shares,
    kind=kinds,
    square=st.booleans(),
    seed=st.integers(0, 3),
)
@settings(max_examples=60)
def test_every_shown_example_gets_the_same_number_of_rows_and_the_share_is_met_to_a_row(
    answered, shown, share, kind, square, seed
):
    shown = answered if square else shown
    plan, vectors = Plan(kind, share, seed), embeddings(answered)
    drawn = sample_pairs(plan, vectors, vectors if square else embeddings(shown, 1), square)
    behind = drawn.mask.sum(axis=0)
    assert drawn.mask.shape == (answered, shown)
    assert (behind == plan.per_column(answered, square)).all()
    assert abs(behind[0] - max(2, share * answered)) <= 1
    assert not (square and kind is PlanKind.NEAREST and np.diag(drawn.mask).any())


@given(answered=sizes, share=shares, kind=kinds)
@settings(max_examples=30)
def test_a_plan_draws_the_same_pairs_again_and_others_with_another_seed(answered, share, kind):
    vectors = embeddings(answered)
    first, again = (sample_pairs(Plan(kind, share, 5), vectors, vectors, True) for _ in range(2))
    assert (first.mask == again.mask).all() and (first.stratum == again.stratum).all()
    others = [
        sample_pairs(Plan(kind, share, seed), vectors, vectors, True).mask for seed in range(12)
    ]
    free = 2 * first.mask[:, 0].sum() < answered  # so many that not every seed can come to the same
    assert not free or any((other != first.mask).any() for other in others)


@given(count=st.integers(1, 60), parts=st.integers(1, 20))
def test_strata_are_of_nearly_one_size(count, parts):
    parts = min(parts, count)
    labels = strata(embeddings(count), parts)
    assert sorted(set(labels.tolist())) == list(range(parts))
    assert np.ptp(np.bincount(labels)) <= np.ceil(np.log2(parts)) + 1


def test_strata_keep_together_what_is_alike():
    three = np.repeat(np.eye(3, 6, dtype=np.float32) * 9, 8, axis=0) + embeddings(24) * 0.01
    assert [len(set(strata(three, 3)[group : group + 8].tolist())) for group in (0, 8, 16)] == [
        1,
        1,
        1,
    ]


def every_draw(rows, plan):
    """(taken rows, weights) of every outcome of the stratified draw, all equally likely."""
    drawn = sample_pairs(plan, rows, rows, False)
    groups = [np.flatnonzero(drawn.stratum == one) for one in range(drawn.stratum.max() + 1)]
    counts = [int((drawn.weights[group] > 0).sum()) for group in groups]
    for picks in product(
        *(combinations(group.tolist(), count) for group, count in zip(groups, counts, strict=True))
    ):
        weights = np.zeros(len(rows))
        for group, pick in zip(groups, picks, strict=True):
            weights[list(pick)] = len(group) / len(pick)
        yield weights


@pytest.mark.parametrize("share", [0.3, 0.45, 0.6])
def test_the_weighted_sum_of_the_sampled_rows_is_right_on_average_over_every_possible_sample(share):
    rows, similarity = embeddings(9), np.random.default_rng(1).random((9, 5))
    plan = Plan(PlanKind.SAMPLED, share)
    for chosen in ([0], [1, 4], [0, 2, 3]):
        covered = similarity[:, chosen].max(axis=1)  # (answered,)
        estimates = [weights @ covered for weights in every_draw(rows, plan)]
        assert len(set(estimates)) > 1
        assert np.mean(estimates) == pytest.approx(covered.sum())


def test_the_draw_is_one_of_those_outcomes_and_takes_each_of_them():
    rows = embeddings(7)
    outcomes = {tuple(weights) for weights in every_draw(rows, Plan(PlanKind.SAMPLED, 0.6))}
    seen = {
        tuple(sample_pairs(Plan(PlanKind.SAMPLED, 0.6, seed), rows, rows, False).weights.tolist())
        for seed in range(400)
    }
    assert seen == outcomes


@given(answered=sizes, share=shares)
def test_weights_of_the_sampled_rows_add_up_to_all_rows(answered, share):
    drawn = sample_pairs(
        Plan(PlanKind.SAMPLED, share), embeddings(answered), embeddings(3, 1), False
    )
    assert drawn.weights.sum() == pytest.approx(answered, rel=1e-5)
    assert ((drawn.weights > 0) == drawn.mask.all(axis=1)).all() and (
        (drawn.weights == 0) == ~drawn.mask.any(axis=1)
    ).all()


def test_the_nearest_are_scored_and_random_ones_come_to_every_row_alike():
    groups = np.repeat(np.arange(5), 8)
    vectors = np.eye(5, dtype=np.float32)[groups] + embeddings(40, width=5) * 0.01
    drawn = sample_pairs(Plan(PlanKind.NEAREST, 0.2), vectors, vectors, True)
    same = groups[:, None] == groups
    assert (drawn.mask & same).sum(axis=0).min() >= 6  # six of eight are the nearest
    others = (drawn.mask & ~same).sum(axis=1)
    assert others.max() - others.min() <= 3 and others.min() >= 1
    assert (drawn.stratum == NOT_SAMPLED).all() and drawn.weights is None


def test_examples_without_a_direction_are_drawn_like_any_other():
    flat = np.zeros((10, 4), np.float32)
    for kind in (PlanKind.SAMPLED, PlanKind.NEAREST):
        assert (sample_pairs(Plan(kind, 0.3), flat, flat, True).mask.sum(axis=0) == 3).all()


def test_an_unknown_plan_is_refused_with_the_known_ones():
    with pytest.raises(InvalidPlan, match="all, sampled, nearest"):
        Plan("some")
    assert Plan("nearest", 0.2).kind is PlanKind.NEAREST
    for share in (1.0, 0.0, 1e-310, float("nan")):
        with pytest.raises(InvalidPlan, match="at least 0.000001 and less than 1"):
            Plan(PlanKind.NEAREST, share)
    for number in (1, 0, -3):
        with pytest.raises(InvalidPlan, match="pairs an example are too few; give at least 2"):
            Plan(PlanKind.NEAREST, number=number)


@given(kind=kinds, share=shares, seed=st.integers(0, 9), minutes=st.none() | st.floats(0.1, 100))
def test_a_plan_is_read_back_from_a_record_and_every_pair_leaves_no_trace_in_it(
    kind, share, seed, minutes
):
    plan = Plan(kind, share, seed, minutes)
    assert plan_of({"layout": 1, **plan.record}) == plan
    assert Plan().record == {} and plan_of({}) == Plan()


def test_the_record_of_a_share_is_that_of_before_and_that_of_a_number_holds_no_share():
    share, number = Plan(PlanKind.NEAREST, 0.2, 3), Plan(PlanKind.NEAREST, seed=3, number=64)
    fields = {"kind": "nearest", "share": 0.2, "seed": 3, "minutes": None}
    assert share.record == {"plan": fields} and list(share.record["plan"]) == list(fields)
    assert number.record == {"plan": {"kind": "nearest", "seed": 3, "minutes": None, "number": 64}}
    assert plan_of(number.record) == number
    assert number.same_pairs_as(Plan("nearest", seed=3, number=64, minutes=5.0))
    assert not number.same_pairs_as(Plan("nearest", seed=3, number=32))


@given(answered=st.integers(1, 3000), shown=st.integers(1, 500), number=st.integers(2, 3000))
def test_tiles_of_lists_have_all_rows_and_no_more_pairs_than_fit(answered, shown, number):
    height, width = tile_shape(answered, shown, number=number)
    assert height == answered and (width <= 4 or width * number <= 16_384)
    columns = [tile.columns for tile in tiles(answered, shown, number=number)]
    assert [0, *(part.stop for part in columns)] == [*(part.start for part in columns), shown]


@given(answered=st.integers(1, 3000), shown=st.integers(1, 300), share=st.floats(0.01, 1))
def test_tiles_hold_as_many_scored_pairs_behind_a_shown_example_however_few_are_scored(
    answered, shown, share
):
    height, _ = tile_shape(answered, shown, share)
    assert height == answered or height * share >= 64
    covered = np.zeros((answered, shown), np.int8)
    for tile in tiles(answered, shown, share):
        covered[tile.rows, tile.columns] += 1
    assert (covered == 1).all()
