"""Weights as a device multiplies them fastest: in its library's layout, some in bfloat16."""

from collections import Counter
from collections.abc import Iterator

import torch
import torch.nn.functional as F

from delift_core.errors import ModelUnavailable
from delift_core.scoring.precision import Precision

LAYOUT_ROWS = 512  # the batch that the layout is made for; it serves smaller ones as well
LARGEST_COPY = 2**26  # most numbers of an output layer that is held twice
LIBRARY_FUNCTIONS = ("_linear_pointwise", "_reorder_linear_weight", "_is_mkldnn_bf16_supported")


class LaidOutLinear(torch.nn.Linear):
    """y = x W^T + b, W in oneDNN's own layout: the same sums, added in another order."""

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """(..., width) -> (..., outputs)"""
        return multiply(states, self.weight, self.bias)


class LaidOutCopy(torch.nn.Linear):
    """y = x W^T + b where W also serves as something else: a copy of it in oneDNN's own layout."""

    laid_out_weight: torch.Tensor

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """(..., width) -> (..., outputs)"""
        return multiply(states, self.laid_out_weight, self.bias)


class MixedLinear(torch.nn.Linear):
    """y = round(x) round(W)^T + b: factors in bfloat16, states and result in float32."""

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """(..., width) -> (..., outputs)"""
        product = multiply(states.bfloat16(), self.weight, None).float()
        if self.bias is None:
            return product
        return product + self.bias


def multiply(states: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    """x W^T + b for a weight that was laid out, or one that was not."""
    if weight.layout is torch.strided:
        return F.linear(states, weight, bias)
    return torch.ops.mkldnn._linear_pointwise(states, weight, bias, "none", [], "")


def lay_out_weights(network: torch.nn.Module, precision: str = Precision.FLOAT32) -> None:
    """Lay out the matrices of a float32 network in place.

    In mixed precision the matrices of its layers are also rounded to bfloat16. A matrix that also
    serves as something else (a tied embedding) stays as it is; an output layer of that kind has a
    copy laid out where that is small. On other devices, in other precisions and where torch has no
    oneDNN there is nothing to lay out. What is gained: benchmarks/SCORING.md.

    Raises ModelUnavailable where mixed precision would round nothing.
    """
    uses = Counter(id(part.weight) for part in weighted_parts(network))
    output = output_layer(network)
    tied = tied_output(network)
    for part in network.modules():
        if type(part) is not torch.nn.Linear or not is_plain(part.weight):
            continue
        weight = part.weight.detach()
        if part is tied:
            keep_copy(part, laid_out(weight))
        elif uses[id(part.weight)] > 1:
            continue
        elif precision == Precision.MIXED and part is not output:
            replace_weight(part, MixedLinear, weight.bfloat16())
        else:
            replace_weight(part, LaidOutLinear, weight)
    if precision == Precision.MIXED:
        refuse_unrounded(network)
    for parameter in network.parameters():
        if is_plain(parameter) and parameter.device.type == "cpu":
            # one weight in a mapped file would keep the whole file in memory
            parameter.data = parameter.data.clone()


def restore_weights(network: torch.nn.Module) -> None:
    """Give a float32 network that was laid out its plain matrices again, in place."""
    for part in network.modules():
        if isinstance(part, LaidOutCopy):
            del part.laid_out_weight
            make_plain(part)
        elif isinstance(part, LaidOutLinear):
            if part.weight.layout is not torch.strided:
                part.weight = torch.nn.Parameter(part.weight.to_dense(), requires_grad=False)
            make_plain(part)


def make_plain(part: torch.nn.Linear) -> None:
    """Have a layer multiply its weight as any other does."""
    part.__class__ = torch.nn.Linear


def refuse_unrounded(network: torch.nn.Module) -> None:
    """Raise ModelUnavailable for a network in which mixed precision rounds nothing."""
    if not any(isinstance(part, MixedLinear) for part in network.modules()):
        raise ModelUnavailable(
            f"{type(network).__name__}: mixed precision finds no matrix to round in a model of this"
            " kind. Choose float32 or bfloat16."
        )


def weighted_parts(network: torch.nn.Module) -> Iterator[torch.nn.Module]:
    """The modules that have a weight of their own, or one in common."""
    for part in network.modules():
        if isinstance(getattr(part, "weight", None), torch.nn.Parameter):
            yield part


def output_layer(network: torch.nn.Module) -> torch.nn.Module | None:
    """The module that turns the last states into logits, if a network has one."""
    get_output = getattr(network, "get_output_embeddings", None)
    return get_output() if get_output else None


def tied_output(network: torch.nn.Module) -> torch.nn.Linear | None:
    """The output layer, where its matrix also serves as something else and is small enough to be
    held twice.
    """
    output = output_layer(network)
    if output is None or type(output) is not torch.nn.Linear:
        return None
    uses = sum(part.weight is output.weight for part in weighted_parts(network))
    if uses > 1 and output.weight.numel() <= LARGEST_COPY:
        return output
    return None


def replace_weight(
    part: torch.nn.Linear, kind: type[torch.nn.Linear], weight: torch.Tensor
) -> None:
    """Give a layer another weight, laid out, and the class that multiplies it."""
    part.weight = torch.nn.Parameter(laid_out(weight), requires_grad=False)
    part.__class__ = kind


def keep_copy(part: torch.nn.Linear, copy: torch.Tensor) -> None:
    """Have a layer multiply a copy of its weight, if the copy is laid out."""
    if copy.layout is torch.strided:
        return
    part.register_buffer("laid_out_weight", copy, persistent=False)
    part.__class__ = LaidOutCopy


def laid_out(weight: torch.Tensor) -> torch.Tensor:
    """A matrix in the processor's own layout, where it has one for such numbers."""
    if weight.device.type != "cpu" or not lays_out(weight.dtype):
        return weight
    return torch.ops.mkldnn._reorder_linear_weight(weight, LAYOUT_ROWS)


def lays_out(dtype: torch.dtype) -> bool:
    """Whether torch has a library on this processor that lays out matrices of such numbers."""
    library = torch.ops.mkldnn
    if not all(hasattr(library, name) for name in LIBRARY_FUNCTIONS):
        return False
    return dtype is torch.float32 or library._is_mkldnn_bf16_supported()


def is_plain(weight: torch.Tensor) -> bool:
    """Whether a weight is an ordinary array of float32."""
    return weight.dtype is torch.float32 and weight.layout is torch.strided
