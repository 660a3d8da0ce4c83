"""Every response is scored as by itself, in packs that stay within their limits."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from delift_core.scoring import pack_sizes, packing
from delift_core.scoring.attention import KeyValueCache, PackRow
from delift_core.scoring.model import load_model
from delift_core.scoring.pack_sizes import PACK_TOKENS
from delift_core.scoring.packed_model import packed_network, ready
from delift_core.scoring.packing import PackedModel, pack_rows
from delift_core.scoring.pairs import prompter_for, score_prompts
from delift_core.scoring.probes import plain_log_probabilities
from delift_core.scoring.prompts import Prompt
from tests.scoring.conftest import WORDS


def test_no_token_is_lost_from_the_longest_row_of_a_pack(twin, six):
    naive = twin()
    prompts = naive.prompter.pairs(six[0], six)
    for pack, logp, _ in packing.scored_packs(naive.scorer.model, prompts):
        assert len(logp) == sum(len(naive.response(six[row])) for row in pack)
        for row, own in zip(pack, logp.split([len(naive.response(six[row])) for row in pack])):
            np.testing.assert_allclose(
                own, plain_log_probabilities(naive.model.network, prompts[row]), atol=5e-5
            )


words = st.lists(
    st.lists(st.integers(3, 200), min_size=1, max_size=25).map(tuple), min_size=1, max_size=4
)


@st.composite
def prompts_that_begin_alike(draw):
    """Prompts put together from a few pieces: equal ones, ones that begin others, ones that hold
    another's answer.
    """
    some = draw(words)
    made = draw(
        st.lists(
            st.tuples(
                st.lists(st.sampled_from(some), min_size=1, max_size=4),
                st.lists(st.integers(3, 200), max_size=4),
            ),
            min_size=1,
            max_size=12,
        )
    )
    made = [
        Prompt(tuple(token for piece in pieces for token in piece), tuple(response))
        for pieces, response in made
    ]
    first = made[0]
    return [
        *made,
        Prompt(first.tokens, (7, 8)),
        Prompt(first.tokens[:1], (9,)),
        Prompt(first.tokens + first.response, (4,)),
    ]


@pytest.mark.parametrize("architecture", ["llama", "gpt2", "gemma2", "granite"])
@settings(max_examples=15, deadline=None)
@given(
    prompts=prompts_that_begin_alike(),
    least_saved=st.sampled_from([1, 8, None]),
    tokens=st.sampled_from([1, 7, 40, None]),
)
def test_every_prompt_is_answered_as_by_itself_however_packs_and_prefixes_fall(
    tiny, architecture, prompts, least_saved, tokens
):
    loaded = replace(tiny(architecture), pack_tokens=tokens)
    assume(all(len(prompt.fed) <= loaded.context for prompt in prompts))  # as prompts are written
    model, run_pack = ready(loaded), packing.run_pack
    packs = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            packing,
            "run_pack",
            lambda model, rows, *rest, **options: (
                packs.append(rows) or run_pack(model, rows, *rest, **options)
            ),
        )
        found = {
            row: own
            for pack, logp, _ in packing.scored_packs(model, prompts, least_saved=least_saved)
            for row, own in zip(pack, logp.split([len(prompts[row].response) for row in pack]))
        }
    assert sorted(found) == [row for row, prompt in enumerate(prompts) if prompt.response]
    for row, own in found.items():
        np.testing.assert_allclose(
            own, plain_log_probabilities(loaded.network, prompts[row]), atol=5e-5
        )
    for rows in packs:
        assert len(rows) == 1 or sum(len(row.tokens) for row in rows) <= (
            tokens or PACK_TOKENS["cpu"]
        )


def test_prefixes_that_would_take_too_much_memory_are_held_one_after_the_other(tiny, monkeypatch):
    loaded = replace(tiny(), pack_tokens=20)
    model, extend = ready(loaded), KeyValueCache.extend
    held = []
    monkeypatch.setattr(
        KeyValueCache,
        "extend",
        lambda cache, line: (extend(cache, line), held.append(cache.length)),
    )
    prompts = [
        Prompt((*range(5, 35), *[passage] * 30, question), (9, 8))
        for passage in range(40, 50)
        for question in (3, 4)
    ]
    found = {
        row: own
        for pack, logp, _ in packing.scored_packs(model, prompts)
        for row, own in zip(pack, logp.split(2))
    }
    assert max(held) <= pack_sizes.HELD_PREFIXES * 20 + 30 + 30 < 30 + 10 * 30
    np.testing.assert_allclose(
        torch.stack([found[row] for row in range(20)]),
        torch.stack([plain_log_probabilities(loaded.network, prompt) for prompt in prompts]),
        atol=5e-5,
    )


@given(
    sizes=st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 700)), min_size=1, max_size=40)
)
@settings(deadline=None)
def test_every_row_is_packed_once_within_the_limits_of_tokens_cells_and_padding(sizes):
    made = [PackRow(torch.arange(seen), (1,) * own) for seen, own in sizes]
    packs = list(pack_rows(made, "cpu"))
    assert sorted(row for pack in packs for row in pack) == list(range(len(made)))
    for pack in packs:
        assert len(pack) == 1 or sum(sizes[row][1] for row in pack) <= PACK_TOKENS["cpu"]
        assert (
            len(pack) == 1
            or len(pack) * max(sum(sizes[row]) for row in pack) <= pack_sizes.PACK_CELLS["cpu"]
        )
        assert (
            len(pack) == 1
            or len(pack) * max(sizes[row][1] for row in pack)
            <= pack_sizes.PADDING * PACK_TOKENS["cpu"]
        )


def test_one_long_row_does_not_widen_attention_for_many_short_ones():
    packs = list(
        pack_rows([PackRow(torch.arange(500), (1,) * own) for own in (400, *[12] * 20)], "cpu")
    )
    assert [len(pack) for pack in packs] == [2, 19]


def test_lines_stay_within_the_device_s_limit(twin, make_example, calls, monkeypatch):
    monkeypatch.setitem(PACK_TOKENS, "cpu", 100)
    many = [make_example(word, "Blue " * length) for length, word in enumerate(WORDS, 3)]
    twin().scored(many, many)
    lines = [line for line, _ in calls]
    assert max(lines) <= 100 and sum(lines) > 500


@pytest.mark.parametrize("architecture", ["llama", "gpt2", "gemma2"])
def test_nothing_in_a_tile_waits_for_the_device(tiny_folder, six, monkeypatch, architecture):
    loaded = load_model(tiny_folder(architecture), device="cpu", for_tuning=True)
    prompter = prompter_for(loaded)
    prompts = [prompt for shown in six for prompt in prompter.pairs(shown, six)]
    for limits in (PACK_TOKENS, pack_sizes.PACK_CELLS, pack_sizes.LEAST_SAVED):
        monkeypatch.setitem(limits, "meta", limits["cpu"])
    # on meta there are shapes and no values: what reads a value raises
    network = packed_network(loaded.network.to("meta"))
    model = PackedModel(replace(loaded, device="meta"), network, 100)
    assert score_prompts(model, prompts).is_meta
    with pytest.raises(RuntimeError, match="meta"):
        network(input_ids=torch.zeros(1, 3, device="meta", dtype=torch.long)).logits.sum().item()
