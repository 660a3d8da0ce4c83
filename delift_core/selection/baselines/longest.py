"""The longest responses first: response tokens, descending."""

import numpy as np

from delift_core.selection.baselines.scores import descending
from delift_core.selection.method import Method, MethodInputs, Need


def by_response_tokens(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices, most response tokens first."""
    return descending(inputs.alone().response_tokens)


LONGEST = Method(
    name="longest",
    title="Longest responses",
    sentence="The responses with the most tokens.",
    needs=(Need.ALONE,),
    cost="one forward pass for every example",
    source="arXiv 2410.09335, a strong baseline",
    order=by_response_tokens,
)
