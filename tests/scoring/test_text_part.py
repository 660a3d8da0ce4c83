"""The text part of checkpoints that read pictures as well; what is no causal model is refused."""

import pytest
import torch
import transformers

from delift_core.errors import ModelUnavailable
from delift_core.scoring.describe import describe_model
from delift_core.scoring.kernel_scoring import score_utilities
from delift_core.scoring.model import load_model
from delift_core.scoring.pairs import scorer_for
from delift_core.scoring.probes import plain_answers
from tests.conftest import save_tokenizer
from tests.scoring.architectures import NARROW

TOWER = {
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "image_size": 16,
    "patch_size": 8,
}
PICTURES = {  # kind -> (kind of its text part, kind of its vision tower)
    "gemma3": ("gemma3_text", "siglip_vision_model"),
    "llava": ("llama", "clip_vision_model"),
    "mistral3": ("ministral3", "pixtral"),
    "smolvlm": ("llama", "smolvlm_vision"),
}


def picture_model(folder, kind):
    """Write a tiny model that reads pictures and text, and return it."""
    tokenizer = save_tokenizer(folder, tokenizer="metaspace")
    text, tower = PICTURES[kind]
    config = transformers.AutoConfig.for_model(
        kind,
        text_config=NARROW
        | {
            "model_type": text,
            "vocab_size": len(tokenizer),
            "head_dim": 8,
            "sliding_window": 80,
            "query_pre_attn_scalar": 8,
        },
        vision_config=TOWER | {"model_type": tower, "head_dim": 8},
    )
    torch.manual_seed(0)
    loader = transformers.AutoModelForImageTextToText
    network = loader.from_config(config).float().eval()
    with torch.no_grad():
        for weight in network.parameters():
            if weight.dim() > 1:
                weight.normal_(0.0, 0.2)
    network.save_pretrained(folder)
    return network


@pytest.mark.parametrize("kind", PICTURES)
def test_the_text_part_of_a_checkpoint_with_pictures_is_used(kind, tmp_path, pool_of):
    whole = picture_model(tmp_path, kind)
    expected = plain_answers(whole)
    model = load_model(tmp_path, device="cpu")
    assert model.network.config is not whole.config
    assert not hasattr(model.network.config, "vision_config")
    torch.testing.assert_close(plain_answers(model.network), expected, atol=1e-5, rtol=1e-5)
    assert scorer_for(model, "plain").model.obstacle == ""
    described = describe_model(tmp_path, device="cpu")
    assert described.parameters == model.parameters < whole.num_parameters()
    assert (described.context, described.obstacle) == (model.context, "")
    kernel = score_utilities(pool_of(("a", "b"), ("c", "d")), model=model, template="plain")
    assert kernel.values.shape == (2, 2)


def saved_config(folder, config):
    save_tokenizer(folder)
    config.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("verb", [load_model, describe_model])
def test_an_encoder_decoder_is_refused_as_what_it_is(verb, tmp_path):
    folder = saved_config(tmp_path, transformers.T5Config())
    with pytest.raises(ModelUnavailable, match="a t5 model is an encoder-decoder: .*decoder-only"):
        verb(folder, device="cpu")


@pytest.mark.parametrize("verb", [load_model, describe_model])
def test_a_model_without_a_causal_class_is_refused_as_what_it_is(verb, tmp_path):
    folder = saved_config(tmp_path, transformers.DistilBertConfig())
    with pytest.raises(
        ModelUnavailable, match="no causal language model of kind distilbert. Choose a decoder-only"
    ):
        verb(folder, device="cpu")
