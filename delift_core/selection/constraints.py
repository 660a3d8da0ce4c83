"""What a choice must respect: a budget in rows or tokens, pins, excludes, and at most so many rows
per group.

Everything is checked here, before choosing starts. A choice that cannot be completed as asked is
refused with the largest one that can; it is never silently shorter.
"""

import math
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike

from delift_core.errors import InvalidBudget, InvalidConstraint

ACCEPTED = "Give rows (50), a fraction of the pool (0.3, 30%), or tokens (4000 tokens)."


class BudgetUnit(StrEnum):
    """What a budget counts."""

    ROWS = "rows"
    FRACTION = "fraction"
    TOKENS = "tokens"


@dataclass(frozen=True)
class Budget:
    """How much may be chosen: whole rows, a fraction of the pool (up to 1), or whole response
    tokens.
    """

    amount: float
    unit: BudgetUnit

    def __post_init__(self):
        if self.unit is BudgetUnit.FRACTION and not 0 < self.amount <= 1:
            raise InvalidBudget(
                f"A fraction of the pool lies above 0 and at most 1, not {self.amount:g}."
                f" {ACCEPTED}"
            )
        if self.unit is not BudgetUnit.FRACTION and not (
            self.amount >= 1 and isinstance(self.amount, int)
        ):
            raise InvalidBudget(
                f"A budget in {self.unit} is a whole number of at least 1, not {self.amount}."
                f" {ACCEPTED}"
            )

    @classmethod
    def parse(cls, value: "Budget | float | str") -> "Budget":
        """A whole number is rows (1 is one row), a float a fraction (1.0 is the whole pool), text
        is read as on the command line.
        """
        if isinstance(value, Budget):
            return value
        if isinstance(value, str):
            return _read(value)
        if isinstance(value, Integral) and not isinstance(value, bool):
            return cls(int(value), BudgetUnit.ROWS)
        if isinstance(value, Real) and not isinstance(value, bool):
            return cls(float(value), BudgetUnit.FRACTION)
        raise InvalidBudget(f"The budget {value!r} is neither a number nor text. {ACCEPTED}")

    def rows(self, pool: int) -> int:
        """Rows out of a pool of n: a fraction f is max(1, floor(f n + 1/2)), so 0.25 of 36 is 9."""
        if self.unit is BudgetUnit.TOKENS:
            raise InvalidBudget(
                f"{self} is not a number of rows. Give rows (50) or a fraction of the pool (0.3,"
                " 30%)."
            )
        return (
            max(1, math.floor(self.amount * pool + 0.5))
            if self.unit is BudgetUnit.FRACTION
            else self.amount
        )

    def __str__(self) -> str:
        return (
            f"{self.amount * 100:g}%"
            if self.unit is BudgetUnit.FRACTION
            else f"{self.amount} {self.unit}"
        )


SPELLINGS = (
    (re.compile(r"(\d+)(?: ?rows?)?"), lambda number: Budget(int(number), BudgetUnit.ROWS)),
    (re.compile(r"(\d+) ?(?:tokens?|t)"), lambda number: Budget(int(number), BudgetUnit.TOKENS)),
    (
        re.compile(r"(\d+(?:\.\d+)?) ?%"),
        lambda number: Budget(float(number) / 100, BudgetUnit.FRACTION),
    ),
    (re.compile(r"(\d*\.\d+)"), lambda number: Budget(float(number), BudgetUnit.FRACTION)),
)


def _read(text: str) -> Budget:
    """A budget as typed: 50, 0.25, 25%, 4000 tokens, 4000t."""
    for spelling, build in SPELLINGS:
        if match := spelling.fullmatch(text.strip().lower()):
            return build(match[1])
    raise InvalidBudget(f"The budget {text!r} cannot be read. {ACCEPTED}")


@dataclass(frozen=True, eq=False)
class Constraints:
    """What a choice must respect, checked and in the form the greedy loop uses."""

    budget: Budget
    limit: int  # rows, or tokens
    costs: np.ndarray  # (shown,) int64, what each example takes of the limit: 1, or its tokens
    tokens: np.ndarray | None  # (shown,) int64, response tokens where they were given
    pins: list[int]  # chosen first, in this order
    free: np.ndarray  # (shown,) bool, neither pinned nor excluded
    groups: np.ndarray  # (shown,) int64, number of each example's group
    labels: tuple[Hashable, ...]  # (groups,)
    quotas: np.ndarray  # (groups,) int64, most rows of each group


def settle(
    budget: Budget | float | str,
    size: int,
    *,
    costs: ArrayLike | None = None,
    pins: Iterable[int] = (),
    excludes: Iterable[int] = (),
    groups: Sequence[Hashable] | None = None,
    quotas: Mapping[Hashable, int] | None = None,
) -> Constraints:
    """The constraints on choosing from a pool of that size, or the first thing wrong with them."""
    budget, tokens = Budget.parse(budget), _tokens(costs, size)
    pins, excludes = _rows("pin", pins, size), _rows("exclude", excludes, size)
    _check_lists(pins, excludes)
    free = np.ones(size, dtype=bool)  # (shown,)
    free[pins + excludes] = False
    spent, limit = _spending(budget, tokens, size)
    rules = Constraints(budget, limit, spent, tokens, pins, free, *_grouping(groups, quotas, size))
    _check_pins(rules)
    _check_enough(rules)
    return rules


def most_rows(
    size: int,
    *,
    pins: Iterable[int] = (),
    excludes: Iterable[int] = (),
    groups: Sequence[Hashable] | None = None,
    quotas: Mapping[Hashable, int] | None = None,
) -> int:
    """The largest row budget these constraints can fill."""
    free = np.ones(size, dtype=bool)  # (shown,)
    free[[*pins, *excludes]] = False
    ones, budget = np.ones(size, dtype=np.int64), Budget(size, BudgetUnit.ROWS)
    return _allowed(
        Constraints(budget, size, ones, None, list(pins), free, *_grouping(groups, quotas, size))
    )


def _spending(budget: Budget, tokens: np.ndarray | None, size: int) -> tuple[np.ndarray, int]:
    """What each example takes of the budget, and how much there is to take: a row costs 1."""
    if budget.unit is not BudgetUnit.TOKENS:
        return np.ones(size, dtype=np.int64), budget.rows(size)
    if tokens is None:
        raise InvalidBudget(
            "A budget in tokens needs the response tokens of every example; give costs=... or a"
            " budget in rows."
        )
    return tokens, budget.amount


def _tokens(costs: ArrayLike | None, size: int) -> np.ndarray | None:
    """Response tokens of every shown example: whole numbers, so that a token budget is kept to the
    token.
    """
    if costs is None:
        return None
    array = np.asarray(costs)  # (shown,)
    if array.shape != (size,) or array.dtype.kind not in "iuf":
        raise InvalidConstraint(
            f"costs is {array.dtype} of shape {array.shape}; give {size} numbers, the tokens of"
            " each example."
        )
    wrong = np.flatnonzero(~(np.isfinite(array) & (array >= 1) & (array == np.floor(array))))
    if len(wrong):
        raise InvalidConstraint(
            f"The cost of example {wrong[0]} is {array[wrong[0]]}; response tokens are whole"
            " numbers of at least 1."
        )
    return array.astype(np.int64)


def _rows(verb: str, given: Iterable[int], size: int) -> list[int]:
    """Row numbers within the pool."""
    rows = list(given)
    for row in rows:
        if not _whole(row) or not 0 <= row < size:
            raise InvalidConstraint(
                f"There is no example {row!s} to {verb}; the pool has {size}, numbered 0 to"
                f" {size - 1}."
            )
    return [int(row) for row in rows]


def _whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _check_lists(pins: list[int], excludes: list[int]) -> None:
    """An example is pinned once or not at all, and never excluded as well."""
    for row, times in Counter(pins).items():
        if times > 1:
            raise InvalidConstraint(f"Example {row} is pinned {times} times; pin it once.")
        if row in excludes:
            raise InvalidConstraint(
                f"Example {row} is both pinned and excluded; take it off one of the two lists."
            )


def _grouping(groups, quotas, size: int) -> tuple[np.ndarray, tuple[Hashable, ...], np.ndarray]:
    """Every example's group, the groups' labels, and the most rows of each: its quota, or the whole
    pool where it has none.
    """
    members = [None] * size if not quotas else [] if groups is None else list(groups)
    if len(members) != size:
        raise InvalidConstraint(
            f"Quotas need the group of each of the {size} examples; groups=... holds"
            f" {len(members)}."
        )
    order = {label: number for number, label in enumerate(dict.fromkeys(members))}
    for label, most in (quotas or {}).items():
        _check_quota(label, most, order)
    most = [(quotas or {}).get(label, size) for label in order]
    # (shown,), (groups,), (groups,)
    return np.array([order[label] for label in members]), tuple(order), np.array(most)


def _check_quota(label: Hashable, most: int, known: Iterable[Hashable]) -> None:
    """A quota is a whole number of rows of a group that exists."""
    if label not in known:
        raise InvalidConstraint(
            f"No example is in the group {label!r} that has a quota. Groups are"
            f" {', '.join(map(str, known))}."
        )
    if not _whole(most) or most < 0:
        raise InvalidConstraint(
            f"The quota of group {label!r} is {most!r}; give a whole number of rows, 0 or more."
        )


def _check_pins(rules: Constraints) -> None:
    """The pins alone must keep to the budget and the quotas."""
    taken = rules.costs[rules.pins].sum()
    if taken > rules.limit:
        unit = "tokens" if rules.budget.unit is BudgetUnit.TOKENS else "rows"
        raise InvalidBudget(
            f"The pins take {taken} {unit} and the budget is {rules.limit}; unpin some or raise the"
            " budget."
        )
    pinned = _members(rules, rules.pins)  # (groups,)
    for group in np.flatnonzero(pinned > rules.quotas)[:1]:
        label, most = rules.labels[group], rules.quotas[group]
        raise InvalidConstraint(
            f"Group {label!r} has {pinned[group]} pins and a quota of {most}; unpin some or raise"
            " the quota."
        )


def _check_enough(rules: Constraints) -> None:
    """A row budget must be fillable, and greedy always fills it to this number; a token budget must
    buy something.
    """
    available, allowed, size = (
        len(rules.pins) + int(rules.free.sum()),
        _allowed(rules),
        len(rules.free),
    )
    if rules.budget.unit is BudgetUnit.TOKENS:
        _check_affordable(rules, available, allowed)
    elif rules.limit > available:
        excluded = f", {size - available} of {size} being excluded" if available < size else ""
        raise InvalidBudget(
            f"The budget asks for {rules.limit} rows and there are {available} to choose"
            f" from{excluded}; ask for fewer."
        )
    elif rules.limit > allowed:
        raise InvalidBudget(
            f"The budget asks for {rules.limit} rows and the quotas leave {allowed}; raise a quota"
            " or ask for fewer."
        )


def _allowed(rules: Constraints) -> int:
    """How many rows the pins and the quotas allow together."""
    # (groups,)
    room = np.minimum(
        rules.quotas - _members(rules, rules.pins), _members(rules, np.flatnonzero(rules.free))
    )
    return len(rules.pins) + int(room.sum())


def _check_affordable(rules: Constraints, available: int, allowed: int) -> None:
    """Something can be chosen, and the pins or the cheapest example fit the tokens."""
    if not available:
        raise InvalidBudget("Every example is excluded; there is nothing to choose from.")
    if not allowed:
        raise InvalidBudget("The quotas leave no example to choose; raise a quota.")
    cheapest = rules.costs[rules.free & (rules.quotas[rules.groups] > 0)].min(
        initial=np.iinfo(np.int64).max
    )
    if not rules.pins and cheapest > rules.limit:
        raise InvalidBudget(
            f"No example fits in {rules.limit} tokens; the shortest response takes {cheapest}."
            " Raise the budget."
        )


def _members(rules: Constraints, rows: Sequence[int] | np.ndarray) -> np.ndarray:
    """How many of these rows are in each group."""
    return np.bincount(rules.groups[rows], minlength=len(rules.labels))  # (groups,)
