"""Instruction-following difficulty: how much of a response's perplexity its prompt leaves."""

import numpy as np

from delift_core.selection.method import Method, MethodInputs, Need


def by_ifd(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices by IFD, highest first; those of 1 and more come last, then what has none."""
    return hardest_to_follow(
        ifd(inputs.negative_log_likelihood(), inputs.unprompted_negative_log_likelihood())
    )


def ifd(prompted: np.ndarray, unprompted: np.ndarray) -> np.ndarray:
    """(n,) IFD = PPL(y | x) / PPL(y) = exp(NLL(y | x) - NLL(y)), over the same response tokens.

    prompted, unprompted: (n,) mean NLL in nats.
    """
    return np.exp(prompted - unprompted)


def hardest_to_follow(difficulty: np.ndarray) -> np.ndarray:
    """(n,) indices: IFD below 1 descending, then 1 and more descending, then NaN.

    From 1 on the prompt makes the response no likelier: the two may not belong together.
    """
    last = np.where(np.isnan(difficulty), 2, difficulty >= 1)  # (n,)
    return np.lexsort((-difficulty, last))


IFD = Method(
    name="ifd",
    title="Instruction-following difficulty",
    sentence="The responses that their prompt makes hardly likelier than they are without it.",
    needs=(Need.ALONE, Need.UNPROMPTED),
    cost="two forward passes for every example",
    source=(
        "Cherry_LLM, arXiv 2308.12032, and Superfiltering, arXiv 2402.00530, with both means over"
        " the same tokens"
    ),
    order=by_ifd,
)
