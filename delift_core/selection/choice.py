"""What a person asks for when they choose, checked against a pool: everything a selection depends
on besides the kernels.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from delift_core.data.example import Dataset
from delift_core.data.text import as_text, is_single, json_text
from delift_core.errors import InvalidConstraint, NotScored
from delift_core.scoring.kernel import Measure
from delift_core.scoring.kernel_names import is_square
from delift_core.scoring.plan import Plan
from delift_core.scoring.transforms import Diagonal, Transform, refuse_unscored_diagonal
from delift_core.selection.constraints import settle
from delift_core.selection.objective_names import AUTO, ObjectiveName
from delift_core.selection.objectives import (
    OBJECTIVES,
    checked_weight,
    named_objective,
    recommended_objective,
)


@dataclass(frozen=True)
class Choice:
    """What a person asks for when they choose; everything a selection depends on besides the
    kernels.
    """

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


def choice_of(record: Mapping) -> Choice:
    """A choice as JSON kept it."""
    return Choice(
        **{
            name: tuple(value) if isinstance(value, list) else value
            for name, value in record.items()
        }
    )


def objective_for(asked: str, roles: tuple[str, ...]) -> ObjectiveName:
    """The objective asked for, or the one the roles imply.

    Raises UnknownObjective, or NotScored when it needs a role not given.
    """
    name = (
        recommended_objective(target="target" in roles, known="known" in roles)
        if asked == AUTO
        else named_objective(asked)
    )
    needed = {role for kernel in OBJECTIVES[name].kernels for role in kernel.split("_")}
    if lacking := sorted(needed - set(roles)):
        raise NotScored(
            f"objective {name} needs a {' and a '.join(lacking)} set. Give one with"
            f" --{' and --'.join(lacking)}, or choose another objective."
        )
    return name


def check_choice(pool: Dataset, choice: Choice) -> None:
    """Refuse before hours of scoring what `choose` would refuse after them; token counts are not
    known yet and count as one each.
    """
    for name in ("eta", "nu"):
        checked_weight(name, getattr(choice, name))
    settle(choice.budget, len(pool), costs=np.ones(len(pool), int), **constraints(pool, choice))


def check_diagonal(choice: Choice, kernels: Iterable[str], plan: Plan) -> None:
    """Refuse before hours of scoring a diagonal that a plan leaves out of one of these kernels."""
    if any(map(is_square, kernels)):
        refuse_unscored_diagonal(plan.kind.imputes, choice.diagonal)


def constraints(pool: Dataset, choice: Choice) -> dict:
    """Pins, excludes, groups and quotas of a choice, as `maximise` takes them."""
    return {
        "pins": positions(pool, choice.pins),
        "excludes": positions(pool, choice.excludes),
        "groups": groups(pool, choice.group_by),
        "quotas": choice.quotas or None,
    }


def positions(pool: Dataset, ids: tuple[str, ...]) -> list[int]:
    """Where examples stand in the pool."""
    places = {example.id: index for index, example in enumerate(pool)}
    unknown = [id for id in ids if id not in places]
    if unknown:
        raise InvalidConstraint(
            f"No example of the pool has the id {unknown[0]!r}. Ids are those of the data, or row"
            " numbers without any."
        )
    return [places[id] for id in ids]


def groups(pool: Dataset, column: str | None) -> list[str] | None:
    """The value of one original field for every example of the pool, as text."""
    if column is None:
        return None
    fields = Counter(name for example in pool for name in example.extra)
    if column not in fields:
        raise InvalidConstraint(
            f"The pool has no field {column!r} to group by. Fields are {', '.join(fields)}."
        )
    values = [example.extra.get(column) for example in pool]
    return [(as_text(value) or "") if is_single(value) else json_text(value) for value in values]
