"""Short prompts by which a change to a network is checked: its answers have to stay the same.

Laying out weights (model.py) and packing (packed_model.py) are both checked by them before anything
is scored.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

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


def drift(before: torch.Tensor, after: torch.Tensor) -> float:
    """The largest difference of two sets of answers; NaN where one is not a number."""
    return float((after - before).abs().max())


def answers_agree(dtype: str, before: torch.Tensor, after: torch.Tensor) -> bool:
    """Whether answers before and after a change are the same up to rounding."""
    tolerance = TOLERANCE if dtype == Precision.FLOAT32 else ROUNDED_TOLERANCE
    return drift(before, after) < tolerance


def refuse_looking_ahead(name: str, network: transformers.PreTrainedModel, dtype: str) -> None:
    """Raise ModelUnavailable where an earlier answer depends on a later token."""
    if attends_ahead(network) or changes_ahead(network, dtype):
        raise ModelUnavailable(
            f"{name}: a {network.config.model_type} model cannot be scored (its attention looks"
            " ahead). Choose a decoder-only model."
        )


def attends_ahead(network: transformers.PreTrainedModel) -> bool:
    """Whether a part of a text model says that its attention is not causal; a tower's may be."""
    if network.config.get_text_config(decoder=True) is not network.config:
        return False
    return any(getattr(part, "is_causal", True) is False for part in network.modules())


@torch.inference_mode()
def changes_ahead(network: transformers.PreTrainedModel, dtype: str) -> bool:
    """Whether another last token changes the answers before it."""
    tokens = torch.tensor([PROBES[0].fed, (*PROBES[0].fed[:-1], 4)], device=network.device)
    # (tokens before the changed one, vocabulary) each
    before, after = (
        network(input_ids=line[None], use_cache=False).logits[0, :-1].float().log_softmax(-1)
        for line in tokens
    )
    return not answers_agree(dtype, before, after)


def refuse_not_a_number(name: str, answers: torch.Tensor) -> None:
    """Raise ModelUnavailable where a network answers with NaN."""
    if answers.isnan().any():
        raise ModelUnavailable(
            f"{name}: the model answers with NaN, which is no number. Its weights are broken or too"
            " large for this precision: choose float32, or fetch the model again."
        )


@contextmanager
def refuse_unsuitable(name: str, network: transformers.PreTrainedModel) -> Iterator[None]:
    """Turn what a network raises that cannot be run into ModelUnavailable, or OutOfMemory."""
    try:
        yield
    except UNSUITABLE as reason:
        if is_out_of_memory(reason):
            refuse_out_of_memory(name, reason)
        raise ModelUnavailable(
            f"{name}: a {network.config.model_type} model cannot be run as a causal language model"
            f" here ({first_line_of(reason)}). Choose a decoder-only model."
        ) from reason


def refuse_out_of_memory(name: str, reason: Exception) -> NoReturn:
    """Raise OutOfMemory for a want of memory while a model is made ready."""
    raise OutOfMemory(
        f"{name}: there is not enough memory to make the model ready ({first_line_of(reason)}). End"
        " other programs, or choose another device or a smaller model."
    ) from reason
