"""FlexAttention on the line, which benchmarks/gpu.py measures, beside the attention of the project:
the same answers.
"""

import random
from dataclasses import replace

import pytest
import torch

from benchmarks.flex_attention import flex_packs
from delift_core.scoring import packing
from delift_core.scoring.packed_model import ready
from delift_core.scoring.packing import scored_packs
from delift_core.scoring.prompts import Prompt

pytestmark = pytest.mark.usefixtures("uncompiled_flex")
LEAST_SAVED = 2  # tokens: nearly every common beginning is a prefix of its own


def prompts_of_a_tree(seed):
    """Prompts of which many begin alike, some behind a beginning that others share further."""
    draw = random.Random(seed)
    beginnings = [()]
    for _ in range(6):
        beginnings.append((*draw.choice(beginnings), *tokens(draw, draw.randint(1, 7))))
    return [
        Prompt(
            (*draw.choice(beginnings), *tokens(draw, draw.randint(1, 5))),
            tokens(draw, draw.randint(0, 6)),
        )
        for _ in range(24)
    ]


def tokens(draw, count):
    return tuple(draw.randrange(5, 200) for _ in range(count))


def answers(model, prompts):
    """Number of a prompt -> log-probabilities of its response."""
    found = {}
    for pack, log_probabilities, _ in scored_packs(model, prompts, least_saved=LEAST_SAVED):
        lengths = [len(prompts[row].response) for row in pack]
        found |= dict(zip(pack, log_probabilities.split(lengths), strict=True))
    return found


@pytest.mark.parametrize("pack_tokens", [512, 40], ids=["one pack", "several packs"])
def test_flex_attention_gives_every_response_the_same_probabilities(tiny, pack_tokens):
    model = replace(ready(tiny()), pack_tokens=pack_tokens)
    prompts = prompts_of_a_tree(seed=pack_tokens)
    expected = answers(model, prompts)
    with flex_packs(model) as flexible:
        given = answers(flexible, prompts)
    assert given.keys() == expected.keys() == {n for n, p in enumerate(prompts) if p.response}
    for number, log_probabilities in expected.items():
        torch.testing.assert_close(given[number], log_probabilities, atol=1e-5, rtol=0)


def test_the_attention_of_the_project_is_back_once_the_block_ends(tiny):
    before = packing.attention_layout
    with flex_packs(ready(tiny())):
        assert packing.attention_layout is not before
    assert packing.attention_layout is before
