"""Which pairs a plan scores: sampled from the embeddings of the pass over each example alone.

The same plan and the same embeddings give the same pairs. Neighbours are those of the embeddings
without their mean: with it, every pair is as similar as any other.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from delift_core.scoring.neighbours import STRIP, centred
from delift_core.scoring.pair_lists import nearest_lists, pairs_behind
from delift_core.scoring.plan import Plan, PlanKind, Tile

RANDOM_SHARE = 0.25  # of the pairs behind each shown example: sampled at random, not for being near
PER_STRATUM = (
    2  # answered rows sampled from each stratum: the fewest that tell how much they differ
)
NOT_SAMPLED = -1  # the stratum of every row where rows are not sampled


@dataclass(frozen=True, eq=False)
class PairSample:
    """The pairs that a plan scores of one kernel."""

    kind: PlanKind
    # (answered, shown) bool, the pairs that are scored; a SciPy CSC array for a plan by number
    mask: Any
    stratum: np.ndarray  # (answered,) int32, of every row where rows are sampled; else NOT_SAMPLED
    # (answered,) float32, how many rows each stands for: N_h / n_h, 0 where not sampled; None where
    # rows are not sampled
    weights: np.ndarray | None

    @property
    def is_dense(self) -> bool:
        """Whether there is a value for every pair."""
        return isinstance(self.mask, np.ndarray)

    def pairs(self, tile: Tile) -> int:
        """How many pairs of a tile are scored."""
        return int(self.mask[tile.rows, tile.columns].sum())


def sample_pairs(plan: Plan, answered: np.ndarray, shown: np.ndarray, square: bool) -> PairSample:
    """The pairs of a plan.

    answered: (answered, width), shown: (shown, width) embeddings from the pass alone.
    """
    return SAMPLERS[plan.kind](plan, answered, shown, square)


def all_pairs(plan: Plan, answered: np.ndarray, shown: np.ndarray, square: bool) -> PairSample:
    """Every pair."""
    mask = np.ones((len(answered), len(shown)), bool)
    return PairSample(plan.kind, mask, no_strata(len(answered)), None)


def sampled_rows(plan: Plan, answered: np.ndarray, shown: np.ndarray, square: bool) -> PairSample:
    """Every pair of some rows, sampled from strata of near examples.

    sum_h N_h / n_h sum_{i sampled of h} f_i estimates sum_i f_i without bias.
    """
    wanted = plan.per_column(len(answered), square)
    stratum = strata(answered, max(1, wanted // PER_STRATUM))  # (answered,)
    sizes = np.bincount(stratum)  # (strata,)
    counts = np.full(len(sizes), PER_STRATUM)  # (strata,)
    # one more where an odd number of rows is wanted
    counts[sizes.argmax()] += wanted - counts.sum()
    rank = ranks_within_strata(stratum, np.random.default_rng(plan.seed))  # (answered,)
    sampled = rank < counts[stratum]  # (answered,)
    weights = np.where(sampled, (sizes / counts)[stratum], 0).astype(np.float32)  # (answered,)
    return PairSample(plan.kind, rows_mask(plan, sampled, len(shown)), stratum, weights)


def rows_mask(plan: Plan, sampled: np.ndarray, shown: int) -> Any:
    """(answered, shown) bool, every pair of some rows. sampled: (answered,) bool."""
    if not plan.is_sparse:
        return np.broadcast_to(sampled[:, None], (len(sampled), shown))
    rows = np.flatnonzero(sampled)  # (sampled,)
    return pairs_behind(np.broadcast_to(rows, (shown, len(rows))), len(sampled))


def no_strata(answered: int) -> np.ndarray:
    """(answered,) int32, the strata where rows are not sampled."""
    return np.full(answered, NOT_SAMPLED, np.int32)


def ranks_within_strata(stratum: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n,) the rank of each row in a random order of its stratum, from 0."""
    order = np.lexsort((rng.random(len(stratum)), stratum))  # (n,) stratum after stratum
    rank = np.empty(len(stratum), np.int64)
    rank[order] = np.arange(len(stratum)) - np.searchsorted(stratum[order], stratum[order])
    return rank


def strata(embedding: np.ndarray, count: int) -> np.ndarray:
    """(n,) int32, `count` groups of nearly one size.

    A group is halved across the direction of the row furthest from its mean, again and again.
    """
    labels = np.zeros(len(embedding), np.int32)
    groups = [(np.arange(len(embedding)), count)]  # (rows, groups still to be made of them)
    done = 0
    while groups:
        rows, parts = groups.pop()
        if parts == 1:
            labels[rows] = done
            done += 1
            continue
        mean = embedding[rows].mean(axis=0, dtype=np.float64)  # (width,)
        centred = embedding[rows].astype(np.float64) - mean  # (rows, width)
        furthest = centred[(centred**2).sum(axis=1).argmax()]  # (width,)
        rows = rows[np.argsort(-(centred @ furthest), kind="stable")]
        cut = len(rows) * (parts // 2) // parts
        groups += [(rows[cut:], parts - parts // 2), (rows[:cut], parts // 2)]
    return labels


def nearest_pairs(plan: Plan, answered: np.ndarray, shown: np.ndarray, square: bool) -> PairSample:
    """Behind every shown example the same number of rows: its nearest, and some at random.

    The random ones are sampled so that every row comes as often as any other.
    """
    count = plan.per_column(len(answered), square)
    random = min(max(1, round(RANDOM_SHARE * count)), count)
    if plan.is_sparse:
        lists = nearest_lists(answered, shown, square, (count - random, random), plan.seed)
        return PairSample(plan.kind, lists, no_strata(len(answered)), None)
    mask = np.zeros((len(answered), len(shown)), bool, order="F")
    for columns, cosines in cosine_strips(answered, shown, square):  # (answered, strip)
        near = np.argsort(-cosines, axis=0, kind="stable")[: count - random]  # (near, strip)
        mask[near, np.arange(columns.start, columns.stop)] = True
    add_random(mask, random, square, np.random.default_rng(plan.seed))
    return PairSample(plan.kind, mask, no_strata(len(answered)), None)


def cosine_strips(
    answered: np.ndarray, shown: np.ndarray, square: bool
) -> Iterator[tuple[slice, np.ndarray]]:
    """(columns, their cosines with every row), a strip of shown examples at a time.

    Cosines are those of the embeddings without their mean; -inf for an example with itself.
    """
    rows, columns = centred(answered, shown, square)  # (answered, width), (shown, width)
    for start in range(0, len(columns), STRIP):
        cosines = rows @ columns[start : start + STRIP].T  # (answered, strip)
        stop = start + cosines.shape[1]
        if square:
            cosines[np.arange(start, stop), np.arange(stop - start)] = -np.inf
        yield slice(start, stop), cosines


def add_random(mask: np.ndarray, count: int, square: bool, rng: np.random.Generator) -> None:
    """Set `count` more rows of every column, in place.

    They are those not set yet that were sampled least often, ties at random.
    """
    sampled = np.zeros(len(mask))  # (answered,) how often
    for column in rng.permutation(mask.shape[1]).tolist():
        priority = sampled + rng.random(len(mask))  # (answered,)
        priority[mask[:, column]] = np.inf
        if square:
            priority[column] = np.inf
        rows = np.argpartition(priority, count - 1)[:count]  # (count,)
        mask[rows, column] = True
        sampled[rows] += 1


Sampler = Callable[[Plan, np.ndarray, np.ndarray, bool], PairSample]
SAMPLERS: Mapping[PlanKind, Sampler] = {
    PlanKind.ALL: all_pairs,
    PlanKind.SAMPLED: sampled_rows,
    PlanKind.NEAREST: nearest_pairs,
}
