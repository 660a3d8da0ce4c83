"""What choosing by a method costs: pairs and passes of the model, and seconds."""

from collections.abc import Mapping
from dataclasses import dataclass

from delift_core.scoring.kernel_names import KERNELS
from delift_core.selection.method import Method, MethodOptions, Need
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import OBJECTIVES

USUAL = MethodOptions()


@dataclass(frozen=True)
class Cost:
    """What a selection takes from nothing on."""

    pairs: int  # forward passes of an example behind another one
    passes: int  # passes of an example by itself; those of tuning go forwards and backwards
    seconds: float | None = None  # of choosing, once all is scored; None where it was not timed


def cost_of(
    method: Method,
    sizes: Mapping[str, int],
    pairs: Mapping[str, int],
    seconds: float | None = None,
    options: MethodOptions = USUAL,
) -> Cost:
    """The cost of a method.

    sizes: role -> examples; pairs: kernel -> pairs that are scored; options: of the method.
    """
    kernels = kernels_of(method)
    roles = {role for name in kernels for role in KERNELS[name]}
    if Need.ALONE in method.needs:
        roles.add("pool")
    if Need.TARGET in method.needs:
        roles.add("target")
    passes = sum(sizes[role] for role in roles)
    if Need.UNPROMPTED in method.needs:
        passes += sizes["pool"]
    if Need.GRADIENTS in method.needs:
        passes += options.gradient_settings.passes(sizes["pool"], sizes.get("target", 0))
    if Need.ROUNDS in method.needs:
        passes += options.round_settings.passes(sizes["pool"])
    return Cost(
        pairs=sum(pairs[name] for name in kernels),
        passes=passes,
        seconds=seconds,
    )


def kernels_of(method: Method) -> tuple[str, ...]:
    """The kernels that a method chooses by."""
    if method.order is None:
        return OBJECTIVES[ObjectiveName(method.name)].kernels
    if Need.KERNEL in method.needs:
        return ("pool_pool",)
    return ()
