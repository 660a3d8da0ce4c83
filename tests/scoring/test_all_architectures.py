"""Every causal architecture is scored as in one ordinary pass a sequence, packed or unpacked."""

from functools import cache

import pytest
import torch
import transformers

from delift_core.scoring.describe import describe_model
from delift_core.scoring.model import load_model
from delift_core.scoring.packing import scored_packs
from delift_core.scoring.pairs import score_alone, scorer_for
from tests.conftest import save_tokenizer
from tests.scoring.architectures import (
    PACKED,
    UNFORESEEN,
    UNPACKED,
    random_network,
    tiny_configuration,
)

SENTENCEPIECE = {"mistral", "mixtral"}  # transformers takes no other tokenizer for them


@pytest.fixture(scope="module")
def tokenizer_for(tmp_path_factory):
    @cache
    def make(tokenizer):
        return save_tokenizer(tmp_path_factory.mktemp("tokenizer"), tokenizer=tokenizer)

    return lambda name: make("metaspace" if name in SENTENCEPIECE else "bytes")


def ordinary_pass(network, prompt):
    """(response,) log-probabilities of one prompt from one pass over the whole sequence."""
    whole = torch.tensor([[*prompt.tokens, *prompt.response]])
    with torch.no_grad():
        logits = network(input_ids=whole, use_cache=False).logits[0].double()
    before = logits.log_softmax(-1)[len(prompt.tokens) - 1 : -1]
    return before.gather(1, torch.tensor(prompt.response)[:, None])[:, 0]


@pytest.mark.parametrize("name", [*PACKED, *UNPACKED])
def test_an_architecture_is_scored_as_in_ordinary_passes(name, tokenizer_for, six, tmp_path):
    transformers.utils.logging.set_verbosity_error()
    tokenizer = tokenizer_for(name)
    network = random_network(tiny_configuration(name, len(tokenizer)))
    network.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    scorer = scorer_for(load_model(tmp_path, device="cpu"), "plain")
    # packs over several shown examples, all of them in one prefix tree
    pairs = [prompt for shown in six[:3] for prompt in scorer.prompter.pairs(shown, six[:4])]
    alone = [scorer.prompter.alone(example) for example in six[:2]]
    for prompts, with_hidden in ((pairs, False), (alone, True)):
        for pack, log_probabilities, _ in scored_packs(
            scorer.model, prompts, with_hidden=with_hidden, least_saved=1
        ):
            lengths = [len(prompts[row].response) for row in pack]
            for row, own in zip(pack, log_probabilities.split(lengths)):
                expected = ordinary_pass(network, prompts[row])
                torch.testing.assert_close(own.double(), expected, atol=1e-5, rtol=1e-5)
    embedding = score_alone(scorer, six[:2]).embedding
    assert (abs((embedding**2).sum(axis=1) - 1) < 1e-5).all()
    assert bool(scorer.model.obstacle) == (name in UNPACKED)
    foreseen = describe_model(tmp_path, device="cpu").obstacle
    assert bool(foreseen) == (name in UNPACKED and name not in UNFORESEEN)
