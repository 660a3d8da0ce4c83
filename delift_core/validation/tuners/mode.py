"""Mode approximation: queries, keys and values change by one tensor that all layers share.

    h W^T + b + ((h U^T) M) V^T,   M[i, j] = sum_k C[i, j, k] p[k]

U, V and C are shared; each matrix W has a p of its own. Matrices of another width share another V.
V is 0 at first.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from delift_core.validation.tuners.tuner import Tuner, option, require_layers

if TYPE_CHECKING:
    import torch
    import transformers

LAYERS = ("q_proj", "k_proj", "v_proj")


@dataclass(frozen=True)
class ModeOptions:
    """What can be varied about mode approximation."""

    rank: int = option(16, "The width of the tensor that all layers share.")
    dropout: float = option(0.1, "The share of its inputs that a step leaves out.")


def attach_mode(network: "transformers.PreTrainedModel", options: ModeOptions) -> "torch.nn.Module":
    """The network with a change beside its queries, keys and values, answering as before.

    U, C and p are drawn from torch's generator. Raises MethodUnavailable for a network without
    such layers.
    """
    from delift_core.validation.tuners.mode_layers import ModeLinear, empty_up, shared_weights

    require_layers(network, LAYERS, "mode")
    matrices = {
        name: matrix
        for name, matrix in network.named_modules()
        if name.rpartition(".")[2] in LAYERS
    }
    weights = [matrix.get_parameter("weight") for matrix in matrices.values()]
    down, core = shared_weights(weights[0], options.rank)
    widths = {len(weight) for weight in weights}
    ups = {width: empty_up(weights[0], width, options.rank) for width in widths}
    for (name, matrix), weight in zip(matrices.items(), weights):
        changed = ModeLinear(matrix, down, core, ups[len(weight)], options.dropout)
        network.set_submodule(name, changed)
    return network


MODE = Tuner(
    name="mode",
    title="Mode approximation",
    sentence="Queries, keys and values change by one small tensor that all layers share.",
    source="Aurora, arXiv 2305.08381",
    options=ModeOptions,
    attach=attach_mode,
    # Aurora has 1e-5 to 1e-4 for many thousand steps; measured: benchmarks/README.md
    learning_rates=(1e-2, 5e-3),
)
