"""What a tuner is: a name, where it is published, and how it is attached to a network."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import torch
import transformers

from delift_core.errors import MethodUnavailable


@dataclass(frozen=True)
class Tuner:
    """A way to tune, as it is offered, recorded and cited."""

    name: str  # in files, on the command line and in the dashboard
    title: str
    sentence: str
    source: str
    options: type  # a frozen record of what can be varied, with its defaults
    # (network with frozen weights, options) -> network with new trainable weights
    attach: Callable[[transformers.PreTrainedModel, Any], torch.nn.Module]


def require_peft(purpose: str) -> None:
    """Raise MethodUnavailable where the library of adapters is not installed."""
    if find_spec("peft") is None:
        raise MethodUnavailable(
            f"{purpose} needs the package peft, which is not installed. Run: pip install peft"
        )
