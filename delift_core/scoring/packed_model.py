"""A causal model made ready to score: in packs where its answers stay the same, or unpacked."""

import copy
from dataclasses import dataclass
from itertools import chain
from weakref import WeakKeyDictionary

import torch
import transformers

from delift_core.errors import first_line_of, is_out_of_memory
from delift_core.scoring.attention import ATTENTION
from delift_core.scoring.memory import fitting_pack, free_memory
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pack_sizes import PACK_TOKENS
from delift_core.scoring.packing import PackedModel, ReadyModel, scored_packs
from delift_core.scoring.packing_limits import length_obstacle
from delift_core.scoring.probes import (
    PROBES,
    UNSUITABLE,
    answers_agree,
    drift,
    plain_answers,
    refuse_looking_ahead,
    refuse_out_of_memory,
    refuse_unsuitable,
)
from delift_core.scoring.unpacked import UnpackedModel


@dataclass(frozen=True, eq=False)
class PackingCheck:
    """Whether a network answers in packs as in ordinary passes."""

    network: transformers.PreTrainedModel | None  # its copy with packed attention, where it does
    obstacle: str = ""  # why it does not


# network as loaded -> how it is packed, kept as long as the first is in use
_CHECKS: WeakKeyDictionary[transformers.PreTrainedModel, PackingCheck] = WeakKeyDictionary()


def ready(model: CausalModel) -> ReadyModel:
    """The model ready to score, in packs where that is right; cheap after the first time.

    A packed network is a copy that shares every weight: torch keeps the kind of attention in a
    network's configuration, and the loaded one stays as it is.

    Raises ModelUnavailable for a model that is not causal, OutOfMemory.
    """
    check = _CHECKS.get(model.network)
    if check is None:
        check = packing_check(model)
        _CHECKS[model.network] = check
    if check.network is None:
        return UnpackedModel(model, check.obstacle)
    obstacle = length_obstacle(model.network.config, model.context)
    if obstacle:
        return UnpackedModel(model, obstacle)
    pack_tokens = model.pack_tokens
    if pack_tokens is None:
        pack_tokens = fitting_pack(check.network.config, model.device, free_memory(model.device))
    return PackedModel(model, check.network, pack_tokens)


def packing_check(model: CausalModel) -> PackingCheck:
    """Score the probes in packs and in ordinary passes, and compare."""
    with refuse_unsuitable(model.name, model.network):
        refuse_looking_ahead(model.name, model.network, model.dtype)
        before = plain_answers(model.network)
    try:
        network = packed_network(model.network)
        after = packed_answers(PackedModel(model, network, PACK_TOKENS[model.device]))
    except UNSUITABLE as reason:
        if is_out_of_memory(reason):
            refuse_out_of_memory(model.name, reason)
        return PackingCheck(None, f"packs do not pass through it ({first_line_of(reason)})")
    if not answers_agree(model.dtype, before, after):
        change = drift(before, after)
        return PackingCheck(None, f"packs change its answers by {change:.3g} in log-probability")
    return PackingCheck(network)


def packed_network(network: transformers.PreTrainedModel) -> transformers.PreTrainedModel:
    """A copy of a network with packed attention."""
    copied = copy_sharing_weights(network)
    copied.set_attn_implementation(ATTENTION)
    return copied


def copy_sharing_weights(
    network: transformers.PreTrainedModel,
) -> transformers.PreTrainedModel:
    """A network with modules and configuration of its own, and the same weights and buffers."""
    weights = chain(network.parameters(), network.buffers())
    return copy.deepcopy(network, {id(weight): weight for weight in weights})


def packed_answers(model: PackedModel) -> torch.Tensor:
    """Log-probabilities of the probes as they are scored in packs, (response tokens,)."""
    answers: dict[int, torch.Tensor] = {}
    for pack, log_probabilities, _ in scored_packs(model, PROBES, least_saved=1):
        lengths = [len(PROBES[row].response) for row in pack]
        answers |= dict(zip(pack, log_probabilities.split(lengths)))
    return torch.cat([answers[row] for row in range(len(PROBES))])
