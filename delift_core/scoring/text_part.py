"""The causal language model in a checkpoint, which may read pictures or sound as well."""

from typing import cast

import torch
import transformers
from transformers import (
    MODEL_FOR_CAUSAL_LM_MAPPING,
    MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING,
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
)

from delift_core.errors import ModelUnavailable


def loader_for(
    name: str, config: transformers.PretrainedConfig
) -> type[AutoModelForCausalLM] | type[AutoModelForImageTextToText]:
    """The class of transformers that reads a checkpoint whose text part is a causal model.

    Raises ModelUnavailable for encoder-decoders, and where transformers knows no such class.
    """
    if config.is_encoder_decoder:
        raise ModelUnavailable(
            f"{name}: a {config.model_type} model is an encoder-decoder: it reads a prompt whole"
            " before it writes. Choose a decoder-only model."
        )
    if type(config) in MODEL_FOR_CAUSAL_LM_MAPPING:
        return AutoModelForCausalLM
    if type(config) in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING:
        return AutoModelForImageTextToText
    raise ModelUnavailable(
        f"{name}: transformers has no causal language model of kind {config.model_type}. Choose a"
        " decoder-only model."
    )


def text_part(network: transformers.PreTrainedModel) -> transformers.PreTrainedModel:
    """The causal language model inside a network, with the same weights.

    The network itself where it reads nothing but text, or where transformers has its text part in
    no class of its own.
    """
    config = network.config.get_text_config(decoder=True)
    if config is network.config or type(config) not in MODEL_FOR_CAUSAL_LM_MAPPING:
        return network
    decoder = network.get_decoder()
    if decoder is None or decoder.config is not config:
        return network
    with torch.device("meta"):
        text = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    setattr(text, text.base_model_prefix, decoder)
    text.set_output_embeddings(network.get_output_embeddings())
    return cast(transformers.PreTrainedModel, text.eval())
