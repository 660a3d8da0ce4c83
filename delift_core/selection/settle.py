"""Checked constraints from a budget and restrictions, before choosing starts.

A choice that cannot be completed as asked is refused with the largest one that can; it is never
silently shorter.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from delift_core.errors import InvalidBudget, InvalidConstraint
from delift_core.selection.budget import Budget, BudgetUnit
from delift_core.selection.constraints import Constraints, Restrictions

UNRESTRICTED = Restrictions()


def settle(
    budget: Budget | float | str,
    size: int,
    costs: ArrayLike | None = None,
    restrictions: Restrictions = UNRESTRICTED,
) -> Constraints:
    """The constraints on choosing from a pool of that size.

    costs: (shown,) response tokens of every example, which a budget in tokens needs.

    Raises InvalidBudget or InvalidConstraint, for the first thing that is wrong with them.
    """
    budget, tokens = Budget.parse(budget), _tokens(costs, size)
    pins = _rows("pin", restrictions.pins, size)
    excludes = _rows("exclude", restrictions.excludes, size)
    _check_disjoint(pins, excludes)
    spent, limit = _spending(budget, tokens, size)
    groups, labels, quotas = _grouping(restrictions.groups, restrictions.quotas, size)
    constraints = Constraints(
        budget=budget,
        limit=limit,
        costs=spent,
        tokens=tokens,
        pins=pins,
        free=_free(pins, excludes, size),
        groups=groups,
        labels=labels,
        quotas=quotas,
    )
    _check_pins(constraints)
    if budget.unit is BudgetUnit.TOKENS:
        _check_affordable(constraints)
    else:
        _check_fillable(constraints)
    return constraints


def most_rows(size: int, restrictions: Restrictions) -> int:
    """The largest row budget that these restrictions allow to be filled."""
    groups, labels, quotas = _grouping(restrictions.groups, restrictions.quotas, size)
    pins = list(restrictions.pins)
    return Constraints(
        budget=Budget(size, BudgetUnit.ROWS),
        limit=size,
        costs=np.ones(size, dtype=np.int64),
        tokens=None,
        pins=pins,
        free=_free(pins, list(restrictions.excludes), size),
        groups=groups,
        labels=labels,
        quotas=quotas,
    ).rows_allowed


def _free(pins: list[int], excludes: list[int], size: int) -> np.ndarray:
    """(shown,) whether each example is neither pinned nor excluded."""
    free = np.ones(size, dtype=bool)  # (shown,)
    free[pins + excludes] = False
    return free


def _spending(budget: Budget, tokens: np.ndarray | None, size: int) -> tuple[np.ndarray, int]:
    """(shown,) what each example takes of the budget, and the whole of it: a row costs 1."""
    if budget.unit is not BudgetUnit.TOKENS:
        return np.ones(size, dtype=np.int64), budget.rows(size)
    if tokens is None:
        raise InvalidBudget(
            "A budget in tokens needs the response tokens of every example; give costs=... or a"
            " budget in rows."
        )
    return tokens, int(budget.amount)


def _tokens(costs: ArrayLike | None, size: int) -> np.ndarray | None:
    """(shown,) response tokens: whole numbers, so that a token budget is kept to the token."""
    if costs is None:
        return None
    array = np.asarray(costs)  # (shown,)
    if array.shape != (size,) or array.dtype.kind not in "iuf":
        raise InvalidConstraint(
            f"costs is {array.dtype} of shape {array.shape}; give {size} numbers, the tokens of"
            " each example."
        )
    is_count = np.isfinite(array) & (array >= 1) & (array == np.floor(array))  # (shown,)
    wrong = np.flatnonzero(~is_count)
    if len(wrong):
        raise InvalidConstraint(
            f"The cost of example {wrong[0]} is {array[wrong[0]]}; response tokens are whole"
            " numbers of at least 1."
        )
    return array.astype(np.int64)


def _rows(verb: str, numbers: Iterable[int], size: int) -> list[int]:
    """Row numbers within the pool."""
    rows = list(numbers)
    for row in rows:
        if not _is_whole(row) or not 0 <= row < size:
            raise InvalidConstraint(
                f"There is no example {row!s} to {verb}; the pool has {size}, numbered 0 to"
                f" {size - 1}."
            )
    return [int(row) for row in rows]


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _grouping(
    groups: Sequence[Hashable] | None, quotas: Mapping[Hashable, int] | None, size: int
) -> tuple[np.ndarray, tuple[Hashable, ...], np.ndarray]:
    """(shown,) the number of every example's group, the groups' labels, (groups,) the most rows.

    A group without a quota may have as many rows as the pool; without quotas all are one group.
    """
    if not quotas:
        return np.zeros(size, dtype=np.int64), (None,), np.array([size])
    members = []
    if groups is not None:
        members = list(groups)
    if len(members) != size:
        raise InvalidConstraint(
            f"Quotas need the group of each of the {size} examples; groups=... holds"
            f" {len(members)}."
        )
    numbers = {label: number for number, label in enumerate(dict.fromkeys(members))}
    for label, most in quotas.items():
        _check_quota(label, most, numbers)
    quota_of_group = np.array([quotas.get(label, size) for label in numbers])  # (groups,)
    return np.array([numbers[label] for label in members]), tuple(numbers), quota_of_group


def _check_quota(label: Hashable, most: int, known: Iterable[Hashable]) -> None:
    """A quota is a whole number of rows of a group that exists."""
    if label not in known:
        raise InvalidConstraint(
            f"No example is in the group {label!r} that has a quota. Groups are"
            f" {', '.join(map(str, known))}."
        )
    if not _is_whole(most) or most < 0:
        raise InvalidConstraint(
            f"The quota of group {label!r} is {most!r}; give a whole number of rows, 0 or more."
        )


def _check_disjoint(pins: list[int], excludes: list[int]) -> None:
    """An example is pinned once or not at all, and never excluded as well."""
    for row, times in Counter(pins).items():
        if times > 1:
            raise InvalidConstraint(f"Example {row} is pinned {times} times; pin it once.")
        if row in excludes:
            raise InvalidConstraint(
                f"Example {row} is both pinned and excluded; take it off one of the two lists."
            )


def _check_pins(constraints: Constraints) -> None:
    """The pins alone must keep to the budget and the quotas."""
    spent = constraints.costs[constraints.pins].sum()
    if spent > constraints.limit:
        unit = BudgetUnit.ROWS
        if constraints.budget.unit is BudgetUnit.TOKENS:
            unit = BudgetUnit.TOKENS
        raise InvalidBudget(
            f"The pins take {spent} {unit} and the budget is {constraints.limit}; unpin some or"
            " raise the budget."
        )
    pinned = constraints.group_sizes(constraints.pins)  # (groups,)
    over = np.flatnonzero(pinned > constraints.quotas)
    if len(over):
        label, most = constraints.labels[over[0]], constraints.quotas[over[0]]
        raise InvalidConstraint(
            f"Group {label!r} has {pinned[over[0]]} pins and a quota of {most}; unpin some or raise"
            " the quota."
        )


def _check_fillable(constraints: Constraints) -> None:
    """A row budget must be fillable; greedy always fills it to this number."""
    limit, size = constraints.limit, len(constraints.free)
    available, allowed = constraints.available, constraints.rows_allowed
    if limit > available:
        excluded = ""
        if available < size:
            excluded = f", {size - available} of {size} being excluded"
        raise InvalidBudget(
            f"The budget asks for {limit} rows and there are {available} to choose"
            f" from{excluded}; ask for fewer."
        )
    if limit > allowed:
        raise InvalidBudget(
            f"The budget asks for {limit} rows and the quotas leave {allowed}; raise a quota"
            " or ask for fewer."
        )


def _check_affordable(constraints: Constraints) -> None:
    """Something can be chosen, and the pins or the cheapest example fit the tokens."""
    if not constraints.available:
        raise InvalidBudget("Every example is excluded; there is nothing to choose from.")
    if not constraints.rows_allowed:
        raise InvalidBudget("The quotas leave no example to choose; raise a quota.")
    has_room = constraints.quotas[constraints.groups] > 0  # (shown,)
    costs = constraints.costs[constraints.free & has_room]
    if not constraints.pins and costs.min() > constraints.limit:
        raise InvalidBudget(
            f"No example fits in {constraints.limit} tokens; the shortest response takes"
            f" {costs.min()}. Raise the budget."
        )
