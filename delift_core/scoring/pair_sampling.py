"""Which pairs a plan scores: drawn from what the pass over each example alone has seen, the same
whenever it is drawn again.

Neighbours are those of the embeddings after their mean is taken off: before, every pair is as alike
as any other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from delift_core.scoring.plan import Plan, PlanKind, Tile

STRIP = 256  # shown examples looked at together
RANDOM = 0.25  # of the pairs behind each shown example: drawn at random, not for being near
PER_STRATUM = 2  # answered rows drawn from each stratum: the fewest that tell how much they differ
NOT_DRAWN = -1


@dataclass(frozen=True, eq=False)
class PairSample:
    """What a plan scores of one kernel."""

    kind: PlanKind
    mask: np.ndarray  # (answered, shown) bool, the pairs that are scored
    stratum: np.ndarray  # (answered,) int32, of every row where rows are sampled; else NOT_DRAWN
    # (answered,) float32, how many rows each stands for: N_h / n_h, 0 where not sampled; None where
    # rows are not
    weights: np.ndarray | None

    def pairs(self, tile: Tile) -> int:
        return int(self.mask[tile.rows, tile.columns].sum())


def sample_pairs(plan: Plan, answered: np.ndarray, shown: np.ndarray, square: bool) -> PairSample:
    """The pairs of a plan.

    answered: (answered, width), shown: (shown, width) embeddings from the pass alone.
    """
    return DRAWS[plan.kind](plan, answered, shown, square)


def draw_all(plan: Plan, answered: np.ndarray, shown: np.ndarray, square: bool) -> PairSample:
    return PairSample(
        plan.kind,
        np.ones((len(answered), len(shown)), bool),
        np.full(len(answered), NOT_DRAWN, np.int32),
        None,
    )


def draw_rows(plan: Plan, answered: np.ndarray, shown: np.ndarray, square: bool) -> PairSample:
    """Rows drawn from strata of near examples: sum_h N_h / n_h sum_{i drawn of h} f_i estimates
    sum_i f_i without bias.
    """
    wanted = plan.per_column(len(answered), square)
    stratum = strata(answered, max(1, wanted // PER_STRATUM))  # (answered,)
    sizes = np.bincount(stratum)  # (strata,)
    counts = np.full(len(sizes), PER_STRATUM)  # (strata,)
    # one more where an odd number of rows is wanted
    counts[sizes.argmax()] += wanted - counts.sum()
    turn = within_strata(stratum, np.random.default_rng(plan.seed))  # (answered,)
    taken = turn < counts[stratum]  # (answered,)
    weights = np.where(taken, (sizes / counts)[stratum], 0).astype(np.float32)  # (answered,)
    return PairSample(
        plan.kind, np.broadcast_to(taken[:, None], (len(answered), len(shown))), stratum, weights
    )


def within_strata(stratum: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n,) the turn of each row in a random order of its stratum, from 0."""
    order = np.lexsort((rng.random(len(stratum)), stratum))  # (n,) stratum after stratum
    turn = np.empty(len(stratum), np.int64)
    turn[order] = np.arange(len(stratum)) - np.searchsorted(stratum[order], stratum[order])
    return turn


def strata(embedding: np.ndarray, count: int) -> np.ndarray:
    """(n,) int32: so many groups of nearly one size, halved again and again across the direction of
    the row furthest from the middle.
    """
    labels, groups = np.zeros(len(embedding), np.int32), [(np.arange(len(embedding)), count)]
    done = 0
    while groups:
        rows, parts = groups.pop()
        if parts == 1:
            labels[rows], done = done, done + 1
            continue
        # (rows, width)
        off = embedding[rows].astype(np.float64) - embedding[rows].mean(axis=0, dtype=np.float64)
        along = off @ off[(off**2).sum(axis=1).argmax()]  # (rows,)
        rows, cut = rows[np.argsort(-along, kind="stable")], len(rows) * (parts // 2) // parts
        groups += [(rows[cut:], parts - parts // 2), (rows[:cut], parts // 2)]
    return labels


def draw_near(plan: Plan, answered: np.ndarray, shown: np.ndarray, square: bool) -> PairSample:
    """Behind every shown example the same number of rows: those nearest to it, and some at random,
    every row as often as any other.
    """
    count = plan.per_column(len(answered), square)
    random = min(max(1, round(RANDOM * count)), count)
    mask = np.zeros((len(answered), len(shown)), bool, order="F")
    for columns, likeness in strips(answered, shown, square):  # (answered, strip)
        near = np.argsort(-likeness, axis=0, kind="stable")[: count - random]  # (near, strip)
        mask[near, np.arange(columns.start, columns.stop)] = True
    add_random(mask, random, square, np.random.default_rng(plan.seed))
    return PairSample(plan.kind, mask, np.full(len(answered), NOT_DRAWN, np.int32), None)


def strips(
    answered: np.ndarray, shown: np.ndarray, square: bool
) -> Iterator[tuple[slice, np.ndarray]]:
    """Cosines of the embeddings without their mean, a few shown examples at a time; an example is
    not near itself.
    """
    # (width,)
    middle = (answered if square else np.concatenate([answered, shown])).mean(
        axis=0, dtype=np.float64
    )
    # (answered, width), (shown, width)
    rows, columns = (unit(one - middle) for one in (answered, shown))
    for left in range(0, len(columns), STRIP):
        likeness = rows @ columns[left : left + STRIP].T  # (answered, strip)
        if square:
            likeness[
                np.arange(left, left + likeness.shape[1]), np.arange(likeness.shape[1])
            ] = -np.inf
        yield slice(left, left + likeness.shape[1]), likeness


def unit(vectors: np.ndarray) -> np.ndarray:
    """(n, width) of length 1; one without a direction stays 0."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)  # (n, 1)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)


def add_random(mask: np.ndarray, count: int, square: bool, rng: np.random.Generator) -> None:
    """So many more rows in every column, in place: of those not in it yet the ones drawn least
    often, ties at random.
    """
    drawn = np.zeros(len(mask))  # (answered,) how often
    for column in rng.permutation(mask.shape[1]).tolist():
        turn = drawn + rng.random(len(mask))  # (answered,)
        turn[mask[:, column]] = np.inf
        if square:
            turn[column] = np.inf
        rows = np.argpartition(turn, count - 1)[:count]  # (count,)
        mask[rows, column] = True
        drawn[rows] += 1


DRAWS = {PlanKind.ALL: draw_all, PlanKind.SAMPLED: draw_rows, PlanKind.NEAREST: draw_near}
