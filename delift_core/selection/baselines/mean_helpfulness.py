"""The most helpful examples first: the mean of each column of the kernel."""

import numpy as np

from delift_core.selection.baselines.scores import descending
from delift_core.selection.method import Method, MethodInputs, Need


def by_mean_utility(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices by mean_{i != j} U[i, j], highest first; columns not scored come last."""
    return descending(inputs.utilities().shown_means())


MEAN_HELPFULNESS = Method(
    name="mean_helpfulness",
    title="Most helpful on average",
    sentence="The examples that help the others most on average, one by one.",
    needs=(Need.KERNEL,),
    cost="one forward pass for every pair of pool_pool",
    source="the naive use of DELIFT's utility, arXiv 2411.04425",
    order=by_mean_utility,
)
