"""The register of every way to choose: the objectives, maximised greedily, and the baselines.

A new baseline is one file in `baselines/` and one line in BASELINES.
"""

from collections.abc import Mapping

from delift_core.scoring.kernel_names import KERNELS
from delift_core.selection.baselines.random import RANDOM
from delift_core.selection.method import Method, Need
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import OBJECTIVES

BASELINES = (RANDOM,)
ROLE_NEEDS = {"target": Need.TARGET, "known": Need.KNOWN}


def methods() -> Mapping[str, Method]:
    """Every way to choose by name: what it needs, what it costs, where it is published."""
    greedy = [_objective_method(name) for name in OBJECTIVES]
    return {method.name: method for method in (*greedy, *BASELINES)}


def _objective_method(name: ObjectiveName) -> Method:
    """An objective as a way to choose."""
    spec = OBJECTIVES[name]
    roles = {role for kernel in spec.kernels for role in KERNELS[kernel]}
    return Method(
        name=str(name),
        title=spec.title,
        sentence=spec.sentence,
        needs=(Need.KERNEL, *(need for role, need in ROLE_NEEDS.items() if role in roles)),
        cost=f"one forward pass for every pair of {' and '.join(spec.kernels)}",
        source="DELIFT, arXiv 2411.04425",
    )
