"""Weights as a device multiplies them fastest: laid out once for its matrix library, and in
bfloat16 where that is asked for.
"""

from collections import Counter
from collections.abc import Iterator

import torch
import torch.nn.functional as F

from delift_core.errors import ModelUnavailable
from delift_core.scoring.precision import Precision

ROWS = 512  # the batch that the layout is asked for; it serves smaller ones as well
COPY = 2**26  # most numbers of an output layer that is held twice


class LaidOutLinear(torch.nn.Linear):
    """y = x W^T + b, W in oneDNN's own layout: the same sums, added in another order."""

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """(..., width) -> (..., outputs)"""
        return multiply(states, self.weight, self.bias)


class LaidOutCopy(torch.nn.Linear):
    """y = x W^T + b where W also serves as something else: a copy of it in oneDNN's own layout."""

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """(..., width) -> (..., outputs)"""
        return multiply(states, self.copy, self.bias)


class MixedLinear(torch.nn.Linear):
    """y = round(x) round(W)^T + b: factors rounded to bfloat16, what comes in and what goes out in
    float32.
    """

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """(..., width) -> (..., outputs)"""
        product = multiply(states.bfloat16(), self.weight, None).float()
        return product if self.bias is None else product + self.bias


def multiply(states: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    """x W^T + b for a weight that was laid out, or one that was not."""
    if weight.layout is torch.strided:
        return F.linear(states, weight, bias)
    return torch.ops.mkldnn._linear_pointwise(states, weight, bias, "none", [], "")


def lay_out_weights(network: torch.nn.Module, precision: str = Precision.FLOAT32) -> None:
    """Lay out the matrices of a float32 network in place; in mixed precision also round those of
    its layers to bfloat16.

    A matrix that also serves as something else (a tied embedding) stays as it is; an output layer
    of that kind has a copy laid out where that is small. On other devices, in other precisions and
    where torch has no oneDNN there is nothing to lay out. What is gained: benchmarks/SCORING.md.
    """
    owners, tied = (
        Counter(id(part.weight) for part in weighted_parts(network)),
        tied_output(network),
    )
    for part in network.modules():
        if type(part) is not torch.nn.Linear or not is_plain(part.weight):
            continue
        weight = part.weight.detach()
        if part is tied:
            keep_copy(part, laid_out(weight))
        elif (
            owners[id(part.weight)] == 1
            and precision == Precision.MIXED
            and part is not output_layer(network)
        ):
            replace_weight(part, MixedLinear, weight.bfloat16())
        elif owners[id(part.weight)] == 1:
            replace_weight(part, LaidOutLinear, weight)
    if precision == Precision.MIXED and not any(
        isinstance(part, MixedLinear) for part in network.modules()
    ):
        raise ModelUnavailable(
            f"{type(network).__name__}: mixed precision finds no matrix to round in a model of this"
            " kind. Choose float32 or bfloat16."
        )
    for weight in network.parameters():
        if is_plain(weight) and weight.device.type == "cpu":
            # no weight stays in the mapped file, which would be held whole for it
            weight.data = weight.data.clone()


def weighted_parts(network: torch.nn.Module) -> Iterator[torch.nn.Module]:
    """The parts that have a weight of their own, or one in common."""
    return (
        part
        for part in network.modules()
        if isinstance(getattr(part, "weight", None), torch.nn.Parameter)
    )


def output_layer(network: torch.nn.Module) -> torch.nn.Module | None:
    """What turns the last states into logits, if a network has that."""
    return network.get_output_embeddings() if hasattr(network, "get_output_embeddings") else None


def tied_output(network: torch.nn.Module) -> torch.nn.Linear | None:
    """The output layer, where its matrix also serves as something else and is small enough to be
    held twice.
    """
    output = output_layer(network)
    sharing = (
        sum(part.weight is output.weight for part in weighted_parts(network))
        if type(output) is torch.nn.Linear
        else 0
    )
    return output if sharing > 1 and output.weight.numel() <= COPY else None


def replace_weight(
    part: torch.nn.Linear, kind: type[torch.nn.Linear], weight: torch.Tensor
) -> None:
    """Give a layer another weight, laid out, and the class that multiplies it."""
    part.weight, part.__class__ = torch.nn.Parameter(laid_out(weight), requires_grad=False), kind


def keep_copy(part: torch.nn.Linear, copy: torch.Tensor) -> None:
    """Have a layer multiply a copy of its weight, if that is laid out at all."""
    if copy.layout is not torch.strided:
        part.copy, part.__class__ = copy, LaidOutCopy


def laid_out(weight: torch.Tensor) -> torch.Tensor:
    """A matrix in the processor's own layout, where it has one for such numbers."""
    if weight.device.type != "cpu" or not lays_out(weight.dtype):
        return weight
    return torch.ops.mkldnn._reorder_linear_weight(weight, ROWS)


def lays_out(dtype: torch.dtype) -> bool:
    """Whether torch has a library on this processor that lays out matrices of such numbers."""
    library, wanted = (
        torch.ops.mkldnn,
        (
            "_linear_pointwise",
            "_reorder_linear_weight",
            "_is_mkldnn_bf16_supported",
        ),
    )
    return all(hasattr(library, name) for name in wanted) and (
        dtype is torch.float32 or library._is_mkldnn_bf16_supported()
    )


def is_plain(weight: torch.Tensor) -> bool:
    """Whether a weight is an ordinary array of float32."""
    return weight.dtype is torch.float32 and weight.layout is torch.strided
