"""A model made ready for scoring in packs, after checking that this changes nothing for its
architecture.
"""

import torch

from delift_core.errors import ModelUnavailable, OutOfMemory, first_line_of, is_out_of_memory
from delift_core.scoring.model import CausalModel
from delift_core.scoring.onednn import lay_out_weights
from delift_core.scoring.packing import ATTENTION, label_log_probabilities, scored_packs
from delift_core.scoring.precision import Precision
from delift_core.scoring.prompts import Prompt

# a beginning behind a beginning
PROBES = (
    Prompt((5, 6, 7, 8, 9), (10, 11, 12)),
    Prompt((5, 6, 7, 6, 8, 5), (9,)),
    Prompt((5, 6, 4), (6,)),
)


def prepare(model: CausalModel) -> CausalModel:
    """Lay out the weights and switch the network to packed attention, once, after checking that
    both change nothing for this architecture.
    """
    before, kind = model.network.config._attn_implementation, model.network.config.model_type
    if before == ATTENTION:
        return model
    try:
        if model.dtype == Precision.MIXED:  # rounding is meant to change answers, packing is not
            lay_out_weights(model.network, model.dtype)
        as_loaded = torch.cat([score_plainly(model, row) for row in PROBES])
        lay_out_weights(model.network, model.dtype)
        model.network.set_attn_implementation(ATTENTION)
        packed = probe(model)
    except (
        TypeError,
        ValueError,
        KeyError,
        IndexError,
        AttributeError,
        RuntimeError,
        MemoryError,
    ) as reason:
        model.network.set_attn_implementation(before)
        if is_out_of_memory(reason):
            raise OutOfMemory(
                f"{model.name}: there is not enough memory to make the model ready"
                f" ({first_line_of(reason)}). End other programs, or choose another device or a"
                " smaller model."
            ) from reason
        raise ModelUnavailable(
            f"{model.name}: a {kind} model cannot be scored in packs ({reason}). Choose a"
            " decoder-only transformer."
        ) from reason
    drift = float((packed - as_loaded).abs().max())
    looks_ahead = any(getattr(part, "is_causal", True) is False for part in model.network.modules())
    if looks_ahead or not drift < (1e-3 if model.dtype == Precision.FLOAT32 else 0.5):
        model.network.set_attn_implementation(before)
        change = (
            "its attention looks ahead"
            if looks_ahead
            else f"packing changes its answers by {drift:.3g} in log-probability"
        )
        raise ModelUnavailable(
            f"{model.name}: a {kind} model cannot be scored in packs ({change}). "
            "Choose a decoder-only transformer with full attention."
        )
    return model


def probe(model: CausalModel) -> torch.Tensor:
    """The log-probabilities of the probes as they are scored in packs, (response tokens,)."""
    found = {
        row: own
        for pack, logp, _ in scored_packs(model, PROBES, worth=1)
        for row, own in zip(pack, logp.split([len(PROBES[row].response) for row in pack]))
    }
    return torch.cat([found[row] for row in range(len(PROBES))])


@torch.inference_mode()
def score_plainly(model: CausalModel, row: Prompt) -> torch.Tensor:
    """The log-probabilities of `score_pack` from one ordinary forward pass over the whole sequence:
    (response,).
    """
    tokens = torch.tensor([row.tokens + row.response], device=model.device)
    logits = model.network(input_ids=tokens, use_cache=False).logits[0, len(row.tokens) - 1 : -1]
    return label_log_probabilities(logits, tokens[0, len(row.tokens) :])
