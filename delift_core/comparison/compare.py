"""Compare selections of a pool by every measure that what is given allows."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from delift_core.comparison.comparison import Comparison, Entry, compare_entries
from delift_core.comparison.held_out import held_out_objective
from delift_core.comparison.inputs import ComparisonInputs
from delift_core.data.example import Dataset
from delift_core.errors import InvalidBudget, InvalidConstraint
from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.kernel_names import HELD_OUT, HELD_OUT_KERNEL
from delift_core.selection.budget import BudgetUnit
from delift_core.selection.choice import groups, positions
from delift_core.selection.constraints import Constraints, Restrictions
from delift_core.selection.greedy import Selection
from delift_core.selection.kernel_source import KernelSource, kernels_by_name
from delift_core.selection.objective import Objective
from delift_core.selection.settle import settle

if TYPE_CHECKING:
    from delift_core.scoring.model import CausalModel


def compare(
    pool: Dataset,
    selections: Mapping[str, Selection],
    *,
    kernel: UtilityKernel | Mapping[str, UtilityKernel] | None = None,
    model: "CausalModel | None" = None,
    target: Dataset | None = None,
    excludes: Sequence[str] = (),
    group_by: str | None = None,
    quotas: Mapping[str, int] | None = None,
    fields: Sequence[str] = (),
) -> Comparison:
    """Selections side by side, each beside random ones under the same constraints.

    selections: name -> what was selected of the pool.
    kernel: the utilities of the pool, or kernels by name (pool_pool, target_pool,
        held_out_pool), for coverage.
    model: makes the passes over single examples that the other measures need; no pair is scored.
    target: examples of the task, for the distance from it.
    excludes, group_by, quotas: those that the selections were made under; their pins and budgets
        are their own.
    fields: of the rows, for compositions.

    Raises InvalidBudget for a token budget without a model, InvalidConstraint for unknown ids and
    fields, and for a selection of another pool.
    """
    source = KernelSource(pool, target, None, kernels_by_name(kernel), model)
    restrictions = Restrictions((), positions(pool, excludes), groups(pool, group_by), quotas)
    entries = [
        Entry(name, selection, _constraints(source, name, selection, restrictions))
        for name, selection in selections.items()
    ]
    return compare_entries(_inputs(source), entries, fields)


def _inputs(source: KernelSource) -> ComparisonInputs:
    """What measures are worked out from, as far as it is given or a pass makes it."""
    return ComparisonInputs(
        pool=source.pool,
        coverage=_coverage(source),
        pool_pass=source.alone("pool"),
        target_pass=source.alone("target"),
        unprompted_pass=source.unprompted,
    )


def _coverage(source: KernelSource) -> dict[str, Objective]:
    """Role -> facility location of how the pool helps it, of the kernels that are given."""
    coverage = {}
    if "pool_pool" in source.kernels:
        coverage["pool"] = source.objective("facility_location")
    if "target_pool" in source.kernels:
        coverage["target"] = source.objective("flqmi", eta=0.0)
    if HELD_OUT_KERNEL in source.kernels:
        coverage[HELD_OUT] = held_out_objective(source.kernels[HELD_OUT_KERNEL])
    return coverage


def _constraints(
    source: KernelSource, name: str, selection: Selection, restrictions: Restrictions
) -> Constraints:
    """The constraints that random selections beside this one keep to."""
    size, rows = len(source.pool), selection.indices
    if len(rows) and rows.max() >= size:
        raise InvalidConstraint(
            f"Selection {name!r} holds row {rows.max()} and the pool has {size}; compare selections"
            " of one pool."
        )
    if selection.budget.unit is BudgetUnit.TOKENS and source.costs is None:
        raise InvalidBudget(
            f"Selection {name!r} has a budget in tokens, and random ones beside it need the tokens"
            " of every example; give model=...."
        )
    pins = rows[: selection.pinned].tolist()
    restrictions = Restrictions(
        pins, restrictions.excludes, restrictions.groups, restrictions.quotas
    )
    return settle(selection.budget, size, source.costs, restrictions)
