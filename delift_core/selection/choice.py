"""A choice as a person requests it, and its checks against a pool."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from delift_core.data.example import Dataset
from delift_core.data.groups import groups
from delift_core.errors import InvalidConstraint, NotScored
from delift_core.scoring.kernel import Measure
from delift_core.scoring.kernel_names import is_square
from delift_core.scoring.plan import Plan
from delift_core.scoring.transforms import Diagonal, Transform, refuse_unscored_diagonal
from delift_core.selection.constraints import Restrictions
from delift_core.selection.objective_names import AUTO, ObjectiveName
from delift_core.selection.objectives import (
    OBJECTIVES,
    checked_weight,
    named_objective,
    recommended_objective,
)
from delift_core.selection.settle import settle


@dataclass(frozen=True)
class Choice:
    """Everything that a selection depends on besides the kernels, as a person requests it."""

    objective: str = AUTO
    budget: str = "0.3"
    eta: float = 1.0
    nu: float = 1.0
    measure: str = Measure.L2
    transform: str = Transform.CLIP
    diagonal: str = Diagonal.CAPPED
    pins: tuple[str, ...] = ()  # example ids, chosen first
    excludes: tuple[str, ...] = ()  # example ids, never chosen
    group_by: str | None = None  # a field of the original rows
    quotas: Mapping[str, int] = field(default_factory=dict)  # most rows of each value of that field


def choice_of(record: Mapping[str, Any]) -> Choice:
    """The choice that a JSON object of its fields keeps; lists are tuples again."""
    fields = dict(record)
    for name in ("pins", "excludes"):
        if name in fields:
            fields[name] = tuple(fields[name])
    return Choice(**fields)


def objective_for(requested: str, roles: tuple[str, ...]) -> ObjectiveName:
    """The objective requested, or for `auto` the one that the roles imply.

    Raises UnknownObjective, or NotScored when it needs a role that the run does not have.
    """
    if requested == AUTO:
        name = recommended_objective(target="target" in roles, known="known" in roles)
    else:
        name = named_objective(requested)
    needed = {role for kernel in OBJECTIVES[name].kernels for role in kernel.split("_")}
    missing = sorted(needed - set(roles))
    if missing:
        raise NotScored(
            f"objective {name} needs a {' and a '.join(missing)} set. Give one with"
            f" --{' and --'.join(missing)}, or choose another objective."
        )
    return name


def check_choice(pool: Dataset, choice: Choice) -> None:
    """Refuse before hours of scoring what `choose` would refuse after them.

    Token counts are not known yet and count as one each.
    """
    for name in ("eta", "nu"):
        checked_weight(name, getattr(choice, name))
    settle(choice.budget, len(pool), np.ones(len(pool), int), restrictions_of(pool, choice))


def check_diagonal(choice: Choice, kernels: Iterable[str], plan: Plan) -> None:
    """Refuse before hours of scoring a diagonal that a plan leaves out of one of these kernels."""
    if any(map(is_square, kernels)):
        refuse_unscored_diagonal(plan.kind.imputes, choice.diagonal)


def restrictions_of(pool: Dataset, choice: Choice) -> Restrictions:
    """Pins, excludes, groups and quotas of a choice, as rows of the pool.

    Raises InvalidConstraint for an id or a field that the pool does not have.
    """
    return Restrictions(
        pins=positions(pool, choice.pins),
        excludes=positions(pool, choice.excludes),
        groups=groups(pool, choice.group_by),
        quotas=choice.quotas or None,
    )


def positions(pool: Dataset, ids: Collection[str]) -> list[int]:
    """The index in the pool of every example id. Raises InvalidConstraint for an unknown id."""
    for id in ids:
        if id not in pool.index_of:
            raise InvalidConstraint(
                f"No example of the pool has the id {id!r}. Ids are those of the data, or row"
                " numbers without any."
            )
    return [pool.index_of[id] for id in ids]
