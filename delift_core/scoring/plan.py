"""Which pairs are scored, in which tiles, and what that will cost before it starts.

A run is scored by one plan: every pair, every pair of some answered rows, or some pairs of every
shown example. Which pairs those are follows from the plan and the pass over each example alone
(pair_sampling.py); what the others are worth is imputed (imputation.py).
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from delift_core.errors import InvalidPlan

ANSWERED_BLOCK = 64  # rows of a tile: enough to fill packs behind each shown example
SHOWN_BLOCK = 4  # columns of a tile in a small job: a few seconds of work that a crash may cost
MOST_BLOCKS = 64  # a larger job has larger tiles rather than more of them along the shown axis
LISTED_PAIRS = 16_384  # at most in a tile of a plan by number, in however many blocks
SHARES = (0.4, 0.2, 0.1, 0.05, 0.02, 0.01)
NUMBERS = (64, 32, 16)  # of pairs an example, in place of smaller shares of a large pool
LARGE = 1_000  # answered examples from which numbers are offered
DENSE_MOST = 20_000  # answered examples up to which a value of every pair fits into memory
LEAST_ROWS = 3  # rows behind a shown example: with fewer, a share is not offered
# share of the pairs; two rows behind each shown example are more in any pool that can be scored
LEAST_SHARE = 1e-6
LEAST_NUMBER = 2  # of pairs an example
STORED_BYTES = 12  # of one pair: utility, information, truncated, float32 each


class PlanKind(StrEnum):
    """Which pairs are scored.

    sampled: every pair of some answered rows, sampled from strata; each stands for others like it.
    nearest: for every shown example those it is nearest to and some at random; others are imputed.
    """

    ALL = "all"
    SAMPLED = "sampled"
    NEAREST = "nearest"

    @property
    def imputes(self) -> bool:
        """Whether pairs that are not scored count as what their row gives on average."""
        return self is PlanKind.NEAREST


@dataclass(frozen=True, slots=True)
class Plan:
    """Which pairs of a run are scored."""

    kind: PlanKind = PlanKind.ALL
    share: float = 1.0  # of the pairs
    seed: int = 0  # of everything random
    minutes: float | None = None  # the time it was chosen to fit into
    number: int | None = None  # of pairs behind each shown example, in place of a share

    def __post_init__(self):
        object.__setattr__(self, "kind", kind_named(self.kind))
        if self.kind is PlanKind.ALL:
            return
        if self.number is None and not LEAST_SHARE <= self.share < 1:
            raise InvalidPlan(
                f"A share of {self.share:g} of the pairs is not one; give at least {LEAST_SHARE:f}"
                " and less than 1, such as 20%."
            )
        if self.number is not None and self.number < LEAST_NUMBER:
            raise InvalidPlan(
                f"{self.number} pairs an example are too few; give at least {LEAST_NUMBER}, such"
                " as 64."
            )

    @property
    def is_all(self) -> bool:
        return self.kind is PlanKind.ALL

    @property
    def is_sparse(self) -> bool:
        """Whether pairs are kept as lists: nothing is as large as the answered by the shown."""
        return self.number is not None

    def same_pairs_as(self, other: "Plan") -> bool:
        """Whether both score the same pairs of the same examples."""
        return replace(self, minutes=None) == replace(other, minutes=None)

    @property
    def record(self) -> dict:
        """What a run's record keeps of it: nothing where every pair is scored."""
        if self.is_all:
            return {}
        fields = asdict(self)
        del fields["number" if self.number is None else "share"]
        return {"plan": {**fields, "kind": str(self.kind)}}

    def per_column(self, answered: int, square: bool) -> int:
        """How many answered rows are scored behind each shown example on average: at least two."""
        if self.is_all:
            return answered
        most = answered
        if square and self.kind is PlanKind.NEAREST:
            most -= 1  # an example is not its own neighbour
        wanted = self.number or max(2, round(self.share * answered))
        return min(wanted, most)

    def pairs(self, answered: int, shown: int, square: bool) -> int:
        """How many pairs of an (answered, shown) kernel are scored."""
        return self.per_column(answered, square) * shown

    def grid(self, answered: int, shown: int, square: bool) -> "Grid":
        """How the tiles of an (answered, shown) kernel lie."""
        if self.number is None:
            return Grid(answered, shown, self.share)
        return Grid(answered, shown, number=self.per_column(answered, square))


def kind_named(name: str) -> PlanKind:
    """The kind of that name. Raises InvalidPlan."""
    if name not in set(PlanKind):
        raise InvalidPlan(f"No plan is called {name!r}. Choose one of {', '.join(PlanKind)}.")
    return PlanKind(name)


def plan_of(record: Mapping) -> Plan:
    """The plan of a run's record."""
    return Plan(**(record.get("plan") or {}))


def offered(
    kind: PlanKind, answered: int, seed: int = 0, minutes: float | None = None
) -> list[Plan]:
    """The plans of a kind worth offering for `answered` examples, the one of most pairs first."""
    numbers = NUMBERS if kind is PlanKind.NEAREST and answered >= LARGE else ()
    least = max(LEAST_ROWS, *numbers, 0)
    shares = [share for share in SHARES if round(share * answered) >= least]
    if answered > DENSE_MOST:
        shares = []
    return [
        *(Plan(kind, share, seed, minutes) for share in shares),
        *(Plan(kind, seed=seed, minutes=minutes, number=number) for number in numbers),
    ]


def best_within(plans: Sequence[Plan], seconds: Sequence[float], minutes: float) -> Plan | None:
    """The first of the plans that takes no longer, None where all do.

    plans: every pair first, then nearest pairs, the largest share first; seconds: of each plan.
    Sampled rows are for whoever wants an error bar and are never chosen here: in
    benchmarks/PLANS.md nearest pairs lost less at every share of every kernel measured.
    """
    for plan, taken in zip(plans, seconds, strict=True):
        if plan.kind is not PlanKind.SAMPLED and taken <= 60 * minutes:
            return plan
    return None


class Grid(NamedTuple):
    """What the tiles of a kernel follow from: its shape, and how many of its pairs are scored."""

    answered: int
    shown: int
    share: float = 1.0
    number: int | None = None  # of pairs behind each shown example, where they are lists


@dataclass(frozen=True, slots=True)
class Tile:
    """A block of answered (rows) by a block of shown (columns) examples."""

    rows: slice
    columns: slice

    @property
    def pairs(self) -> int:
        """How many pairs it holds."""
        return (self.rows.stop - self.rows.start) * (self.columns.stop - self.columns.start)


@dataclass(frozen=True, slots=True)
class Cost:
    """What scoring will take. Seconds follow from a rate measured on this machine just before."""

    pairs: int
    tokens: int
    seconds: float
    memory: int  # bytes
    disk: int  # bytes, before compression


def tile_shape(
    answered: int, shown: int, share: float = 1.0, number: int | None = None
) -> tuple[int, int]:
    """(rows, columns) of a tile of an (answered, shown) kernel.

    Where few pairs are scored it is taller, so that packs are as full; with lists of pairs it has
    all rows.
    """
    width = max(SHOWN_BLOCK, math.ceil(shown / MOST_BLOCKS))
    if number is not None:
        width = min(width, max(SHOWN_BLOCK, LISTED_PAIRS // max(number, 1)))
        return answered, min(width, shown)
    height = math.ceil(ANSWERED_BLOCK / share)
    return min(height, answered), min(width, shown)


def tiles(
    answered: int, shown: int, share: float = 1.0, number: int | None = None
) -> Iterator[Tile]:
    """Every tile of an (answered, shown) kernel, shown block by shown block."""
    height, width = tile_shape(answered, shown, share, number)
    for start in range(0, shown, width):
        columns = slice(start, min(start + width, shown))
        for top in range(0, answered, height):
            yield Tile(slice(top, min(top + height, answered)), columns)


def count_tokens(
    work: Iterable[Tile], answered_tokens: np.ndarray, shown_tokens: np.ndarray, share: float = 1.0
) -> int:
    """Tokens of the work: each shown example once per tile, each answered one once per scored pair.

    That is what the model reads where the pairs of a column have no common prefix beyond the shown
    example. answered_tokens: (answered,), shown_tokens: (shown,), prompt and response together.
    share: of a tile's pairs that is scored.
    """
    total = 0.0
    for tile in work:
        answered = answered_tokens[tile.rows]  # (rows,)
        shown = shown_tokens[tile.columns]  # (columns,)
        total += share * answered.sum() * len(shown) + shown.sum()
    return int(total)


def predict(pairs: int, tokens: int, tokens_per_second: float, memory: int) -> Cost:
    """The cost of pairs still to score at a measured rate."""
    return Cost(pairs, tokens, tokens / tokens_per_second, memory, pairs * STORED_BYTES)
