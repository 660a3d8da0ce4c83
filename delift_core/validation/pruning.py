"""Prune a prefix: of its vectors those that matter least are left out after a first training.

    S_t = mean over rows |dL / dm_t|,   m_t = 1: a factor of vector t in every layer
        = mean over rows |<p_t, dL / dp_t>|

The others begin anew from where they were drawn, which is called rewinding (E²VPT, arXiv
2307.13770, section 3.3). The paper prunes the vectors that it puts into the input, and parts of
them, and keeps those whose keys are values whole; a prefix has only the latter.
"""

from collections.abc import Callable, Mapping, Sequence

import torch

from delift_core.scoring.prompts import Prompt
from delift_core.validation.network import Tunable, log_probabilities
from delift_core.validation.tuners.prefix_shared import VECTORS


def prune_prefix(
    tuned: Tunable,
    rows: Sequence[Prompt],
    start: Mapping[str, torch.Tensor],
    count: int,
    advance: Callable[[int], None] = lambda rows: None,
) -> None:
    """Leave so many vectors out of a trained prefix, and put the others back to their start.

    start: name -> values of the trainable weights before they were trained.
    advance: called with 1 after every row.
    """
    scores = importance(tuned, rows, advance)  # (vectors,)
    order = scores.argsort(descending=True, stable=True)
    kept = order[: len(order) - count].sort().values  # (kept,)
    prefix = start[VECTORS].to(tuned.device)[:, :, kept.to(tuned.device)]
    tuned.network.register_parameter(VECTORS, torch.nn.Parameter(prefix))


def importance(
    tuned: Tunable, rows: Sequence[Prompt], advance: Callable[[int], None] = lambda rows: None
) -> torch.Tensor:
    """(vectors,) how far the mean loss of a row hangs on each vector of a prefix, in nats."""
    prefix = tuned.network.get_parameter(VECTORS)  # (layers, heads, vectors, width)
    total = torch.zeros(prefix.shape[2])
    for row in rows:
        loss = -log_probabilities(tuned, [row]).mean()
        (gradient,) = torch.autograd.grad(loss, prefix)
        total += (prefix.detach() * gradient).sum(dim=(0, 1, 3)).abs().cpu()
        advance(1)
    return total / len(rows)
