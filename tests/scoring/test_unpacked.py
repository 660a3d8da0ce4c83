"""Models that are not read in packs: what a sequence is given depends on nothing but itself."""

import numpy as np
import pytest
import torch

from delift_core.data.example import Dataset
from delift_core.errors import OutOfMemory
from delift_core.scoring import throughput, unpacked
from delift_core.scoring.kernel_scoring import memory_sentence, score_utilities
from delift_core.scoring.model import load_model
from delift_core.scoring.packed_model import ready
from delift_core.scoring.pairs import scorer_for
from delift_core.scoring.plan import Tile, count_tokens
from delift_core.scoring.throughput import measure_throughput
from tests.conftest import save_tokenizer
from tests.scoring.architectures import random_network, tiny_configuration

BOUNDARY = 96  # tokens beyond which the long factors are used
LONGROPE = {
    "rope_type": "longrope",
    "rope_theta": 1e4,
    "partial_rotary_factor": 1.0,
    "short_factor": [1.0, 1.0, 1.0, 1.0],
    "long_factor": [4.0, 8.0, 16.0, 32.0],
    "original_max_position_embeddings": BOUNDARY,
}


@pytest.fixture(scope="module")
def folder_of(tmp_path_factory):
    """make(architecture, **changes to its configuration) -> folder of a random network"""

    def make(name, **changes):
        folder = tmp_path_factory.mktemp("unpacked")
        tokenizer = save_tokenizer(folder)
        config = tiny_configuration(name, len(tokenizer))
        for field, value in changes.items():
            setattr(config, field, value)
        random_network(config).save_pretrained(folder)
        return folder

    return make


@pytest.fixture(scope="module")
def phi(folder_of):
    """A tiny model with LongRoPE, as Phi-3.5 and Phi-4-mini have it."""
    return folder_of("phi3", rope_parameters=LONGROPE, original_max_position_embeddings=BOUNDARY)


@pytest.fixture(scope="module")
def bloom(folder_of):
    return load_model(folder_of("bloom"), device="cpu")


@pytest.fixture(scope="module")
def nine(make_example):
    return [make_example(f"Name colour {number}", f"blue {number}") for number in range(9)]


@pytest.mark.parametrize("length", [20, 60, 200])
def test_utilities_of_short_pairs_are_the_same_bytes_beside_a_long_example(
    phi, nine, make_example, length
):
    model = load_model(phi, device="cpu")
    long = make_example("What is 2 + 2? " * (length // 5), "4 " * 5)
    without = score_utilities(Dataset(tuple(nine)), model=model, template="plain")
    beside = score_utilities(Dataset((*nine, long)), model=model, template="plain")
    assert beside.values[:9, :9].tobytes() == without.values.tobytes()
    assert beside.pmi[:9, :9].tobytes() == without.pmi.tobytes()
    assert beside.alone[:9].tobytes() == without.alone.tobytes()


def test_the_factors_of_a_pair_are_those_of_its_own_length(phi, nine, make_example):
    import transformers

    network = transformers.AutoModelForCausalLM.from_pretrained(phi).eval()
    scorer = scorer_for(load_model(phi, device="cpu"), "plain")
    long = make_example("4 " * 40, "blue")
    prompts = [*scorer.prompter.pairs(nine[0], nine[:2]), *scorer.prompter.pairs(long, nine[:2])]
    lengths = [len(prompt.tokens) + len(prompt.response) for prompt in prompts]
    assert min(lengths) <= BOUNDARY < max(lengths)
    for pack, log_probabilities, _ in unpacked.scored_sequences(scorer.model, prompts):
        prompt = prompts[pack[0]]
        with torch.no_grad():
            whole = torch.tensor([[*prompt.tokens, *prompt.response]])
            logits = network(input_ids=whole).logits[0].log_softmax(-1)
        expected = logits[len(prompt.tokens) - 1 : -1].gather(
            1, torch.tensor(prompt.response)[:, None]
        )
        torch.testing.assert_close(log_probabilities, expected[:, 0], atol=1e-5, rtol=1e-5)


def test_within_a_window_that_no_long_factor_is_used_in_such_a_model_is_packed(phi):
    obstacle = ready(load_model(phi, device="cpu")).obstacle
    assert obstacle == (
        "beyond 96 tokens its positions are scaled in another way (LongRoPE). With a window of 96"
        " tokens packs are used"
    )
    assert ready(load_model(phi, device="cpu", context=96)).obstacle == ""


def test_a_whole_kernel_of_an_unpacked_model_has_a_score_for_every_pair(bloom, six):
    done = []
    kernel = score_utilities(Dataset(tuple(six)), model=bloom, progress=done.append)
    assert np.isfinite(kernel.values).all() and kernel.pmi.std() > 1e-2
    assert sum(done) == 36


def test_an_example_without_a_response_is_not_scored_by_an_unpacked_model(bloom, make_example):
    pool = Dataset((make_example("a", ""), make_example("Name a colour", "blue")))
    kernel = score_utilities(pool, model=bloom)
    assert np.isnan(kernel.values[0]).all() and np.isfinite(kernel.values[1]).all()


def test_throughput_of_an_unpacked_model_is_measured(bloom, six):
    assert measure_throughput(scorer_for(bloom), six, six, seconds=0.2) > 0


def test_out_of_memory_an_unpacked_model_is_not_told_of_packs(bloom, six, monkeypatch):
    def fail(*arguments):
        raise RuntimeError("CUDA out of memory")

    monkeypatch.setattr(unpacked, "score_sequence", fail)
    with pytest.raises(OutOfMemory, match="or give load_model a shorter context") as refusal:
        score_utilities(Dataset(tuple(six)), model=bloom)
    assert "pack_tokens" not in memory_sentence(ready(bloom), "x")
    assert "\n" not in str(refusal.value)


def test_the_predicted_time_of_an_unpacked_model_is_that_of_reading_every_sequence_whole(
    bloom, nine, make_example, monkeypatch
):
    now = [0.0]  # a clock that one token read takes forward by a millisecond
    whole = unpacked.score_sequence

    def slow(network, prompt, with_hidden=False):
        now[0] += 1e-3 * len(prompt.tokens + prompt.response)
        return whole(network, prompt, with_hidden)

    monkeypatch.setattr(unpacked, "score_sequence", slow)
    monkeypatch.setattr(throughput.time, "perf_counter", lambda: now[0])
    scorer, pool = scorer_for(bloom), [*nine, make_example("Name a colour. " * 4, "the sky")]
    own = throughput.token_counts(scorer.prompter, pool)  # (pool,)
    rate = throughput.measure_throughput(scorer, pool, pool)
    predicted = count_tokens([Tile(slice(0, 10), slice(0, 10))], own, own) / rate
    prompts = [prompt for shown in pool for prompt in scorer.prompter.pairs(shown, pool)]
    read = sum(len(prompt.tokens + prompt.response) for prompt in prompts)
    assert predicted == pytest.approx(1e-3 * read, rel=0.1)
