"""What to know about a scored kernel, and about a choice made from it, before trusting either."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import comb
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from delift_core.data import bundled
from delift_core.data.example import Dataset
from delift_core.scoring.kernel import Measure, UtilityKernel, column_means, off_diagonal

DEMO = Path(bundled.__file__).parent
TAIL = 0.025  # of the draws below a range, and as many above it: what lies between are 95 %


@dataclass(frozen=True)
class Trust:
    """Figures over the pairs of two different examples; shares are of those that were scored,
    `left_out` is of all, `unscored` of the rest.
    """

    mean: float
    negative: float  # showing the example made the response less likely
    truncated: float  # the pair did not fit the window
    unscored: float  # nothing of the pair could be scored
    left_out: float  # a plan did not ask for the pair
    # Spearman, between what an example gives on average and the tokens of its response
    length_correlation: float


def trust(kernel: UtilityKernel, tokens: ArrayLike) -> Trust:
    """The figures of a kernel. tokens: (shown,) response tokens of the shown examples.

    All zero where nothing was scored.
    """
    values = off_diagonal(kernel, Measure.L2)  # (answered, shown), NaN where there is no utility
    scored, asked = np.isfinite(values), kernel.requested.copy()  # (answered, shown) both
    pairs = values.size - (len(values) if kernel.square else 0)
    if kernel.square:
        np.fill_diagonal(asked, False)
    count, wanted = max(int(scored.sum()), 1), int(asked.sum())
    given = column_means(values)  # (shown,)
    return Trust(
        mean=float(values.sum(where=scored, dtype=np.float64)) / count,
        negative=int((values < 0).sum()) / count,
        truncated=int((kernel.truncated & scored).sum()) / count,
        unscored=1 - int(scored.sum()) / max(wanted, 1),
        left_out=1 - wanted / pairs if pairs else 0.0,
        length_correlation=float(
            np.nan_to_num(
                spearman(given[np.isfinite(given)], np.asarray(tokens)[np.isfinite(given)])
            )
        ),
    )


@dataclass(frozen=True)
class ChoiceTrust:
    """Whether a choice follows length, and whether it says anything twice."""

    # Spearman over the pool, between being chosen (1, else 0) and the tokens of the response; NaN
    # as there
    length_of_chosen: float
    # Spearman over the chosen, between rank and tokens: below zero the longer ones came first; NaN
    # as there
    length_by_rank: float
    tokens_chosen: float  # mean over the chosen
    tokens_pool: float  # mean over the pool
    # near-duplicates both chosen: the one chosen first of its kind, and each that repeats it
    repeats: tuple[tuple[int, int], ...]

    @property
    def sentence(self) -> str:
        """What there is to say of length."""
        by_choice, by_rank = (
            told_correlation(value) for value in (self.length_of_chosen, self.length_by_rank)
        )
        return (
            f"A chosen response has {self.tokens_chosen:.1f} tokens on average, one of the pool"
            f" {self.tokens_pool:.1f}. Rank correlation (Spearman) of length with being chosen:"
            f" {by_choice}; with the rank among the chosen: {by_rank}."
        )


def told_correlation(value: float) -> str:
    """A correlation with its sign, or that there is none."""
    return (
        "none, for one of the two does not vary"
        if np.isnan(value)
        else f"{value:+.2f}".replace("-", "\u2212")
    )


def choice_trust(chosen: np.ndarray, tokens: ArrayLike, kinds: Mapping[int, int]) -> ChoiceTrust:
    """The figures of a choice.

    chosen: indices in order of choice; tokens: (pool,) response tokens.

    kinds: position -> representative of every near-duplicate, as `near_duplicates` finds them in
    the pool.
    """
    tokens = np.asarray(tokens, dtype=np.float64)  # (pool,)
    taken = np.isin(np.arange(len(tokens)), chosen)  # (pool,)
    return ChoiceTrust(
        spearman(taken, tokens),
        spearman(np.arange(len(chosen)), tokens[chosen]),
        float(tokens[chosen].mean()),
        float(tokens.mean()),
        tuple(repeats(np.asarray(chosen).tolist(), kinds)),
    )


def repeats(chosen: list[int], kinds: Mapping[int, int]) -> list[tuple[int, int]]:
    """(first of its kind, the one that repeats it) for every chosen example that nearly says what
    an earlier choice said.
    """
    first: dict[int, int] = {}
    pairs = [(first.setdefault(kinds.get(index, index), index), index) for index in chosen]
    return [pair for pair in pairs if pair[0] != pair[1]]


@dataclass(frozen=True)
class Planted:
    """How many of the wrong answers planted in the demo a choice holds, against as many rows drawn
    at random.
    """

    total: int
    held: int
    rows: int  # of the choice
    expected: float  # rows * total / pool
    low: int  # between low and high lie at least 95 % of random draws
    high: int

    @property
    def sentence(self) -> str:
        return (
            f"Of the {self.total} wrong answers planted in this pool the choice holds {self.held};"
            f" {self.rows:,} rows drawn at random hold {self.expected:.1f} on average, {self.low}"
            f" to {self.high} in 95 of 100 draws."
        )


def planted(pool: Dataset, chosen: np.ndarray) -> Planted | None:
    """The check of the demo, whose wrong answers are known; None for any other pool."""
    recorded = json.loads((DEMO / "run" / "run.json").read_text(encoding="utf-8"))["data"]["pool"]
    if len(pool) != recorded["examples"] or pool.text_fingerprint != recorded["texts"]:
        return None
    with (DEMO / "truth.csv").open(encoding="utf-8", newline="") as file:
        wrong = {row["id"] for row in csv.DictReader(file) if row["kind"] == "wrong_answer"}
    held = sum(pool[index].id in wrong for index in chosen)
    low, high = chance(len(pool), len(wrong), len(chosen))
    return Planted(len(wrong), held, len(chosen), len(chosen) * len(wrong) / len(pool), low, high)


def chance(size: int, marked: int, drawn: int) -> tuple[int, int]:
    """The 2.5 % and 97.5 % quantiles of the hypergeometric P(x) = C(marked, x) C(size - marked,
    drawn - x) / C(size, drawn).
    """
    ways = [
        comb(marked, count) * comb(size - marked, drawn - count)
        for count in range(min(marked, drawn) + 1)
    ]
    below = [total / comb(size, drawn) for total in accumulate(ways)]  # P(X <= x)
    return tuple(
        next(count for count, share in enumerate(below) if share >= quantile)
        for quantile in (TAIL, 1 - TAIL)
    )


def spearman(first: np.ndarray, second: np.ndarray) -> float:
    """Correlation of the ranks, ties sharing their mean rank; NaN where one of the two does not
    vary: there is none.
    """
    ranks = np.array([mean_ranks(first), mean_ranks(second)])  # (2, n)
    spread = ranks - ranks.mean(axis=1, keepdims=True) if ranks.size else ranks
    scale = np.sqrt((spread**2).sum(axis=1).prod())
    return float((spread[0] * spread[1]).sum() / scale) if scale else float("nan")


def mean_ranks(values: np.ndarray) -> np.ndarray:
    """(n,) ranks from 1, equal values sharing the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (counts.cumsum() - (counts - 1) / 2)[place]
