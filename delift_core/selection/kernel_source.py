"""Kernels and passes that methods choose from: given, or scored once with a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from delift_core.data.example import Dataset
from delift_core.errors import MethodUnavailable
from delift_core.scoring.kernel import Alone, Unprompted, UtilityKernel
from delift_core.scoring.kernel_names import KERNELS
from delift_core.selection.choice import Choice
from delift_core.selection.field_values import field_numbers
from delift_core.selection.kernel_objective import kernel_objective
from delift_core.selection.method import Method, MethodInputs, MethodOptions, Need, missing_sentence
from delift_core.selection.objective import Objective
from delift_core.selection.objectives import OBJECTIVES, named_objective

if TYPE_CHECKING:
    from delift_core.scoring.model import CausalModel
    from delift_core.scoring.pairs import Scorer


@dataclass(frozen=True, eq=False)
class KernelSource:
    """Where kernels and passes come from: given, or scored with the model."""

    pool: Dataset
    target: Dataset | None
    known: Dataset | None
    kernels: dict[str, UtilityKernel]
    model: "CausalModel | None"
    passes: dict[str, Alone] = field(default_factory=dict)

    @cached_property
    def datasets(self) -> dict[str, Dataset]:
        """The examples of each role that is given."""
        roles = {"pool": self.pool, "target": self.target, "known": self.known}
        return {role: dataset for role, dataset in roles.items() if dataset is not None}

    @cached_property
    def scorer(self) -> "Scorer | None":
        """The scorer of the model; None without one."""
        if self.model is None:
            return None
        from delift_core.scoring.pairs import scorer_for

        return scorer_for(self.model)

    def alone(self, role: str) -> Alone | None:
        """The pass over the examples of a role, made once; None without a model."""
        if self.scorer is None or role not in self.datasets:
            return None
        if role not in self.passes:
            from delift_core.scoring.pairs import score_alone

            self.passes[role] = score_alone(self.scorer, self.datasets[role].examples)
        return self.passes[role]

    @cached_property
    def unprompted(self) -> Unprompted | None:
        """The pass over the pool's responses without their prompts; None without a model."""
        if self.scorer is None:
            return None
        from delift_core.scoring.pairs import score_unprompted

        return score_unprompted(self.scorer, self.pool.examples)

    def kernel(self, name: str) -> UtilityKernel:
        """A kernel by name, scored once. Raises MethodUnavailable."""
        if name not in self.kernels:
            self.kernels[name] = self._scored(name)
        return self.kernels[name]

    def _scored(self, name: str) -> UtilityKernel:
        """A kernel scored with the model. Raises MethodUnavailable."""
        needs = {"target": Need.TARGET, "known": Need.KNOWN}
        for role in KERNELS[name]:
            if role not in self.datasets:
                raise MethodUnavailable(missing_sentence(needs[role]))
        if self.model is None:
            raise MethodUnavailable(missing_sentence(Need.KERNEL))
        from delift_core.scoring.kernel_scoring import score_utilities

        answered, shown = (self.datasets[role] for role in KERNELS[name])
        return score_utilities(model=self.model, answered=answered, shown=shown)

    @cached_property
    def costs(self) -> np.ndarray | None:
        """(pool,) response tokens, at least 1; None without a model."""
        alone = self.alone("pool")
        if alone is None:
            return None
        return np.maximum(alone.response_tokens, 1)

    def objective(self, name: str, eta: float = 1.0) -> Objective:
        """An objective by name over the kernels it needs. Raises MethodUnavailable."""
        kernels = {key: self.kernel(key) for key in OBJECTIVES[named_objective(name)].kernels}
        return kernel_objective(name, kernels, Choice(eta=eta))

    @property
    def objective_at_hand(self) -> Objective | None:
        """Facility location where the kernel of the pool is there already."""
        if "pool_pool" not in self.kernels:
            return None
        return self.objective("facility_location")

    def inputs(self, method: Method, options: MethodOptions) -> MethodInputs:
        """What the method needs of kernels, passes and fields, as far as it is there."""
        has_kernel = self.model is not None or "pool_pool" in self.kernels
        scores: np.ndarray | None = None
        if Need.SCORES in method.needs and options.field is not None:
            scores = field_numbers(self.pool, options.field)
        target, pool_pass, unprompted = None, None, None
        if Need.TARGET in method.needs:
            target = self.alone("target")
        if Need.ALONE in method.needs or options.max_cosine is not None:
            pool_pass = self.alone("pool")
        if Need.UNPROMPTED in method.needs:
            unprompted = self.unprompted
        return MethodInputs(
            size=len(self.pool),
            options=options,
            pool_pass=pool_pass,
            target_pass=target,
            unprompted_pass=unprompted,
            kernel=(lambda: self.kernel("pool_pool")) if has_kernel else None,
            scores=scores,
        )


def kernels_by_name(
    kernel: UtilityKernel | Mapping[str, UtilityKernel] | None,
) -> dict[str, UtilityKernel]:
    """Kernels by name; a single one is that of the pool."""
    if kernel is None:
        return {}
    if isinstance(kernel, UtilityKernel):
        return {"pool_pool": kernel}
    return dict(kernel)
