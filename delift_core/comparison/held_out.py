"""What chosen examples are worth to held-out ones, from the kernel held-out x pool."""

from delift_core.scoring.kernel import Measure, UtilityKernel
from delift_core.scoring.transforms import Transform
from delift_core.selection.objective import Objective, weighted
from delift_core.selection.objectives import facility_location


def held_out_objective(
    kernel: UtilityKernel, measure: str = Measure.L2, transform: str = Transform.CLIP
) -> Objective:
    """Facility location over held-out rows: f(A) = sum_i max_{j in A} s[i, j].

    kernel: (held out, pool). Its coverage f(A) / f(pool) is the share of what the whole pool could
    help that a selection reaches. Where a plan sampled rows, each counts for those it stands for.
    """
    objective = facility_location(kernel.similarity(measure, transform))
    if kernel.weights is None:
        return objective
    return weighted(objective, kernel.weights)
