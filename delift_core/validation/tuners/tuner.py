"""What a tuner is: a name, where it is published, and how it is attached to a network."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from delift_core.errors import MethodUnavailable
from delift_core.validation.optimizer_kinds import OptimizerKind

if TYPE_CHECKING:
    import torch
    import transformers
    from peft import PeftConfig


@dataclass(frozen=True)
class Tuner:
    """A way to tune, as it is offered, recorded and cited."""

    name: str  # in files, on the command line and in the dashboard
    title: str
    sentence: str
    source: str
    options: type  # a frozen record of what can be varied, with its defaults
    # (network with frozen weights, options) -> network with new trainable weights
    attach: "Callable[[transformers.PreTrainedModel, Any], torch.nn.Module]"
    learning_rates: tuple[float, float]  # the usual one, and one to try whether an order flips
    optimizer: OptimizerKind = OptimizerKind.ADAMW
    by_clients: bool = False  # whether each group of the rows trains apart, as in clients.py
    # options -> how many vectors of a shared prefix are pruned after a first training
    pruned_vectors: Callable[[Any], int] = lambda options: 0
    reads_lines: bool = True  # False: what it puts before a row would be seen by one row of a line

    @property
    def learning_rate(self) -> float:
        """The usual one."""
        return self.learning_rates[0]


def option(default: Any, sentence: str, *, recorded_as_usual: bool = True) -> Any:
    """A field of a tuner's options: its usual value, and what it means.

    recorded_as_usual: False for one that was added later, so that what was recorded without it
    keeps its address.
    """
    metadata = {"sentence": sentence, "recorded_as_usual": recorded_as_usual}
    return field(default=default, metadata=metadata)


def require_peft(purpose: str) -> None:
    """Raise MethodUnavailable where the library of adapters is not installed."""
    if find_spec("peft") is None:
        raise MethodUnavailable(
            f"{purpose} needs the package peft, which is not installed. Run: pip install peft"
        )


def with_peft(network: "transformers.PreTrainedModel", config: "PeftConfig") -> "torch.nn.Module":
    """The network with the adapters of a configuration."""
    from peft import get_peft_model

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of transformers to the authors of peft, of peft to itself
        return get_peft_model(network, config)


def require_layers(
    network: "torch.nn.Module",
    layers: Sequence[str],
    tuner: str,
    advice: str = "Take the tuner lora.",
) -> None:
    """Raise MethodUnavailable where a network lacks layers that a tuner changes."""
    endings = {name.rpartition(".")[2] for name, _ in network.named_modules()}
    missing = [layer for layer in layers if layer not in endings]
    if missing:
        raise MethodUnavailable(
            f"Tuner {tuner} needs the layers {', '.join(layers)}, and this network has no"
            f" {', '.join(missing)}. {advice}"
        )
