"""Short prompts by which a change to a network is checked: its answers have to stay the same.

Laying out weights (model.py) and packing (packed_model.py) are both checked by them before anything
is scored.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
import transformers

from delift_core.errors import ModelUnavailable, OutOfMemory, first_line_of, is_out_of_memory
from delift_core.scoring.precision import Precision
from delift_core.scoring.prompts import Prompt

# The first two share a prefix, and all three a shorter one.
PROBES = (
    Prompt((5, 6, 7, 8, 9), (10, 11, 12)),
    Prompt((5, 6, 7, 6, 8, 5), (9,)),
    Prompt((5, 6, 4), (6,)),
)
TOLERANCE = 1e-3  # of log-probabilities in float32
ROUNDED_TOLERANCE = 0.5  # in other precisions, which round differently in another order
UNSUITABLE = (
    TypeError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    RuntimeError,
    MemoryError,
)


def plain_answers(network: transformers.PreTrainedModel) -> torch.Tensor:
    """Log-probabilities of the probes, each in an ordinary forward pass: (response tokens,)."""
    return torch.cat([plain_log_probabilities(network, probe) for probe in PROBES])


@torch.inference_mode()
def plain_log_probabilities(network: transformers.PreTrainedModel, prompt: Prompt) -> torch.Tensor:
    """(response,) log-probabilities from one ordinary forward pass over the whole sequence."""
    tokens = torch.tensor([prompt.tokens + prompt.response], device=network.device)
    output = network(input_ids=tokens, use_cache=False)
    logits = output.logits[0, len(prompt.tokens) - 1 : -1]  # (response, vocabulary)
    return label_log_probabilities(logits, tokens[0, len(prompt.tokens) :])


def label_log_probabilities(
    logits: torch.Tensor, labels: torch.Tensor, rows: int = 128
) -> torch.Tensor:
    """(scored,) float32, log softmax of each label; `rows` at a time, which bounds memory.

    logits: (scored, vocabulary), labels: (scored,).
    """
    parts = [
        -F.cross_entropy(logits[at : at + rows].float(), labels[at : at + rows], reduction="none")
        for at in range(0, len(labels), rows)
    ]
    return torch.cat(parts)


@contextmanager
def refuse_unsuitable(name: str, network: transformers.PreTrainedModel) -> Iterator[None]:
    """Turn what an unsuitable network raises into ModelUnavailable, or OutOfMemory."""
    try:
        yield
    except UNSUITABLE as reason:
        if is_out_of_memory(reason):
            raise OutOfMemory(
                f"{name}: there is not enough memory to make the model ready"
                f" ({first_line_of(reason)}). End other programs, or choose another device or a"
                " smaller model."
            ) from reason
        raise ModelUnavailable(
            f"{name}: a {network.config.model_type} model cannot be scored in packs ({reason})."
            " Choose a decoder-only transformer."
        ) from reason


def refuse_changed_answers(
    name: str,
    network: transformers.PreTrainedModel,
    dtype: str,
    answers: tuple[torch.Tensor, torch.Tensor],
) -> None:
    """Raise ModelUnavailable where the answers before and after a change are not the same."""
    before, after = answers
    drift = float((after - before).abs().max())
    tolerance = TOLERANCE if dtype == Precision.FLOAT32 else ROUNDED_TOLERANCE
    if drift < tolerance:
        return
    refuse_packing(name, network, f"packing changes its answers by {drift:.3g} in log-probability")


def refuse_packing(name: str, network: transformers.PreTrainedModel, reason: str) -> None:
    """Raise ModelUnavailable for a network that packing is not right for."""
    raise ModelUnavailable(
        f"{name}: a {network.config.model_type} model cannot be scored in packs ({reason}). "
        "Choose a decoder-only transformer with full attention."
    )
