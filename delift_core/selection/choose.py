"""Choose from a pool by any method; what it needs is scored where a model is given."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from delift_core.data.example import Dataset
from delift_core.data.groups import groups
from delift_core.scoring.kernel import UtilityKernel
from delift_core.selection.budget import Budget, BudgetUnit
from delift_core.selection.choice import positions
from delift_core.selection.constraints import Constraints, Restrictions
from delift_core.selection.gradient_features import GradientFeatures
from delift_core.selection.greedy import Selection, greedy_selection
from delift_core.selection.imported import Ranking, with_ranking
from delift_core.selection.kernel_source import KernelSource, kernels_by_name
from delift_core.selection.method import Method, MethodInputs, MethodOptions, Need
from delift_core.selection.methods import named_method
from delift_core.selection.ranking import method_selection
from delift_core.selection.settle import settle

if TYPE_CHECKING:
    from delift_core.scoring.model import CausalModel


def choose(
    name: str,
    pool: Dataset,
    *,
    budget: Budget | float | str,
    kernel: UtilityKernel | Mapping[str, UtilityKernel] | None = None,
    model: "CausalModel | None" = None,
    target: Dataset | None = None,
    known: Dataset | None = None,
    pins: Sequence[str] = (),
    excludes: Sequence[str] = (),
    group_by: str | None = None,
    quotas: Mapping[str, int] | None = None,
    seed: int = 0,
    field: str | None = None,
    ascending: bool = False,
    max_cosine: float | None = None,
    ids: Sequence[str] | None = None,
    ranking: Ranking | None = None,
    gradients: GradientFeatures | None = None,
    rounds: np.ndarray | None = None,
) -> Selection:
    """What a method selects from a pool.

    name: of `methods()`; budget: rows (50), a fraction (0.3) or tokens ("4000 tokens").
    kernel: the utilities of the pool, or kernels by name (pool_pool, target_pool, ...).
    model: scores what the method needs and is not given, and counts tokens.
    target, known: examples for methods that need them.
    pins, excludes: ids chosen first, in this order, and ids never chosen.
    group_by, quotas: a field of the rows, and the most rows of each of its values.
    seed: of random methods; ids: of method list; ranking: of list and column, by `read_ranking`;
    gradients, rounds: of the methods of that name, by `gradient_features` and `tuning_rounds`.
    field, ascending, max_cosine: of method column, the field it ranks by, whether the lowest comes
        first, and the cosine above which an example follows behind those kept.

    The gains are under the objective of that name, or facility location where the kernel of the
    pool is given, else NaN. Raises UnknownChoice, MethodUnavailable, InvalidBudget,
    InvalidConstraint, and what scoring raises.
    """
    method = named_method(name)
    options = MethodOptions(seed, field, ascending, max_cosine)
    source = KernelSource(pool, target, known, kernels_by_name(kernel), model)
    members = groups(pool, group_by)
    restrictions = Restrictions(positions(pool, pins), positions(pool, excludes), members, quotas)
    constraints = _constraints(source, method, Budget.parse(budget), restrictions)
    if method.order is None:
        return greedy_selection(source.objective(name), constraints)
    inputs = _with_list(source.inputs(method, options), pool, ids, ranking)
    inputs = replace(inputs, groups=members, gradients=gradients, rounds=rounds)
    return method_selection(method, inputs, constraints, source.objective_at_hand)


def _with_list(
    inputs: MethodInputs, pool: Dataset, ids: Sequence[str] | None, ranking: Ranking | None
) -> MethodInputs:
    """Inputs with a ranking, or else with the positions of ids in order, each once."""
    if ranking is not None:
        return with_ranking(inputs, ranking)
    if ids is None:
        return inputs
    listed = np.array(positions(pool, list(dict.fromkeys(ids))), dtype=np.int64)  # (listed,)
    return replace(inputs, listed=listed)


def _constraints(
    source: KernelSource, method: Method, budget: Budget, restrictions: Restrictions
) -> Constraints:
    """The constraints of a choice; tokens are counted where they are needed or cost nothing."""
    costs: np.ndarray | None = None
    if budget.unit is BudgetUnit.TOKENS or Need.ALONE in method.needs:
        costs = source.costs
    return settle(budget, len(source.pool), costs, restrictions)
