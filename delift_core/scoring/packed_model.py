"""A causal model made ready for scoring in packs, after checking that its answers stay the same."""

import copy
from itertools import chain
from weakref import WeakKeyDictionary

import torch
import transformers

from delift_core.scoring.attention import ATTENTION
from delift_core.scoring.model import CausalModel
from delift_core.scoring.packing import PACK_TOKENS, PackedModel, scored_packs
from delift_core.scoring.probes import (
    PROBES,
    plain_answers,
    refuse_changed_answers,
    refuse_packing,
    refuse_unsuitable,
)

# network as loaded -> its copy with packed attention, kept as long as the first is in use
_PACKED_NETWORKS: WeakKeyDictionary[transformers.PreTrainedModel, transformers.PreTrainedModel] = (
    WeakKeyDictionary()
)


def packed(model: CausalModel) -> PackedModel:
    """The model ready to be scored in packs; cheap after the first time.

    The network is a copy that shares every weight: torch keeps the kind of attention in a network's
    configuration, and the loaded one stays as it is.

    Raises ModelUnavailable for an architecture whose answers change in packs, OutOfMemory.
    """
    network = _PACKED_NETWORKS.get(model.network)
    if network is None:
        network = packed_network(model)
        _PACKED_NETWORKS[model.network] = network
    return PackedModel(model, network, model.pack_tokens or PACK_TOKENS[model.device])


def packed_network(model: CausalModel) -> transformers.PreTrainedModel:
    """A copy of a model's network with packed attention, checked against ordinary passes."""
    with refuse_unsuitable(model.name, model.network):
        network = copy_sharing_weights(model.network)
        network.set_attn_implementation(ATTENTION)
        before = plain_answers(model.network)
        after = packed_answers(PackedModel(model, network, PACK_TOKENS[model.device]))
    if any(getattr(part, "is_causal", True) is False for part in network.modules()):
        refuse_packing(model.name, model.network, "its attention looks ahead")
    refuse_changed_answers(model.name, model.network, model.dtype, (before, after))
    return network


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
