"""(IA)^3: keys, values and the inputs of the last matrix of each block times learned vectors."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from delift_core.validation.optimizer_kinds import OptimizerKind
from delift_core.validation.tuners.tuner import Tuner, require_layers, require_peft, with_peft

if TYPE_CHECKING:
    import torch
    import transformers

OUTPUTS = ("k_proj", "v_proj")  # their outputs are scaled
INPUTS = ("down_proj",)  # its inputs are scaled


@dataclass(frozen=True)
class Ia3Options:
    """Nothing can be varied about (IA)^3."""


def attach_ia3(network: "transformers.PreTrainedModel", options: Ia3Options) -> "torch.nn.Module":
    """The network with a vector of ones beside its layers, answering as before.

    Raises MethodUnavailable without peft, and for a network without such layers.
    """
    require_peft("Tuner ia3")
    require_layers(network, OUTPUTS + INPUTS, "ia3")
    from peft import IA3Config

    config = IA3Config(
        target_modules=[*OUTPUTS, *INPUTS],
        feedforward_modules=[*INPUTS],
        task_type="CAUSAL_LM",
    )
    return with_peft(network, config)


IA3 = Tuner(
    name="ia3",
    title="(IA)³",
    sentence="Keys, values and activations between matrices are scaled by vectors.",
    source="T-Few, arXiv 2205.05638",
    options=Ia3Options,
    attach=attach_ia3,
    learning_rates=(3e-3, 6e-3),
    optimizer=OptimizerKind.ADAFACTOR,
)
