"""The wrong answers planted in the demo: how many a choice holds, against random rows."""

import csv
import json
from dataclasses import dataclass
from itertools import accumulate
from math import comb
from pathlib import Path

import numpy as np

from delift_core.data import bundled
from delift_core.data.example import Dataset

DEMO = Path(bundled.__file__).parent
TAIL = 0.025  # of the draws below a range, and as many above it: 95 % lie between


@dataclass(frozen=True)
class Planted:
    """Wrong answers in a choice, against as many rows drawn at random."""

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
    wrong = wrong_answers(pool)
    if wrong is None:
        return None
    total, held = int(wrong.sum()), int(wrong[chosen].sum())
    low, high = hypergeometric_range(len(pool), total, len(chosen))
    return Planted(total, held, len(chosen), len(chosen) * total / len(pool), low, high)


def wrong_answers(pool: Dataset) -> np.ndarray | None:
    """(pool,) bool, which answers of the demo are planted wrong ones; None for any other pool."""
    recorded = json.loads((DEMO / "run" / "run.json").read_text(encoding="utf-8"))["data"]["pool"]
    if len(pool) != recorded["examples"] or pool.text_fingerprint != recorded["texts"]:
        return None
    with (DEMO / "truth.csv").open(encoding="utf-8", newline="") as file:
        wrong = {row["id"] for row in csv.DictReader(file) if row["kind"] == "wrong_answer"}
    return np.array([example.id in wrong for example in pool])  # (pool,)


def hypergeometric_range(size: int, marked: int, drawn: int) -> tuple[int, int]:
    """The 2.5 % and 97.5 % quantiles of how many of `drawn` from `size` are `marked`.

    P(x) = C(marked, x) C(size - marked, drawn - x) / C(size, drawn)
    """
    counts = range(min(marked, drawn) + 1)
    ways = [comb(marked, count) * comb(size - marked, drawn - count) for count in counts]
    below = [total / comb(size, drawn) for total in accumulate(ways)]  # P(X <= x)
    return _quantile(below, TAIL), _quantile(below, 1 - TAIL)


def _quantile(below: list[float], share: float) -> int:
    """The first count x with P(X <= x) of at least a share."""
    return next(count for count, probability in enumerate(below) if probability >= share)
