"""Scoring is fast because it packs, caches and skips; none of that may change a number."""

import os
from math import ceil

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.data.example import Dataset
from delift_core.errors import NoExamples
from delift_core.scoring import pack_sizes, plan
from delift_core.scoring.kernel_scoring import score_utilities
from delift_core.scoring.pack_sizes import PACK_TOKENS
from delift_core.scoring.pairs import (
    KernelTask,
    reduce_tokens,
    score_alone,
    score_tile,
)
from delift_core.scoring.plan import Tile
from tests.scoring.conftest import WORDS

SETUPS = [
    ("llama", "chatml", "bytes", "chat"),
    ("llama", "inst", "bytes", "chat"),
    ("llama", "strict", "bytes", "chat"),
    ("llama", "chatml", "metaspace", "chat"),
    ("llama", "inst", "metaspace", "chat"),
    ("llama", "chatml", "bytes", "plain"),
    ("llama", "none", "bytes-opened", "plain"),
    ("llama", "none", "metaspace", "plain"),
    ("llama", "none", "bytes", "paper"),
    ("gpt2", "chatml", "bytes", "chat"),
    ("gpt2", "none", "bytes", "plain"),
    ("gpt2", "none", "bytes", "paper"),
    ("qwen2", "chatml", "bytes", "chat"),
    ("qwen2", "none", "bytes", "plain"),
    ("qwen2", "none", "bytes", "paper"),
    ("gemma2", "chatml", "bytes", "chat"),
    ("gemma2", "none", "bytes", "plain"),
    ("mistral", "none", "metaspace", "plain"),
    ("granite", "chatml", "bytes", "chat"),
]


pieces = st.sampled_from(
    [
        "a",
        "4",
        "Blue",
        "colour",
        " is",
        "é",
        "😀",
        "\n",
        "\n\n",
        " ",
        "  ",
        "\t",
        ".",
        "</s>",
        "<|",
        "|>",
        "[INST]",
        "Query:",
    ]
)


texts = st.lists(pieces, max_size=10).map("".join)


rows = st.lists(st.tuples(texts, texts), min_size=1, max_size=3)


drawn = settings(max_examples=5, deadline=None)


def examples_of(make_example, rows):
    return [make_example(*row) for row in rows]


@pytest.mark.parametrize("setup", SETUPS, ids="-".join)
@drawn
@given(answered=rows, shown=rows)
def test_packed_and_cached_equals_one_pair_at_a_time(twin, make_example, setup, answered, shown):
    naive = twin(*setup)
    answered, shown = examples_of(make_example, answered), examples_of(make_example, shown)
    kernel = naive.scored(answered, shown)
    utility, information = naive.kernel(answered, shown)
    np.testing.assert_allclose(kernel.values, utility, atol=1e-5, equal_nan=True)
    np.testing.assert_allclose(kernel.pmi, information, atol=1e-5 * 5, rtol=1e-5, equal_nan=True)


@pytest.mark.parametrize("setup", SETUPS, ids="-".join)
@pytest.mark.parametrize("least_saved", [1, 10**6])
def test_reading_shared_prefixes_once_or_each_time_changes_no_number(
    twin, make_example, setup, least_saved, monkeypatch
):
    monkeypatch.setitem(pack_sizes.LEAST_SAVED, "cpu", least_saved)
    tasks = (
        "Please answer a query: What is 2 + 2?",
        "Please answer a query: What is blue?",
        "Name a colour of the sky.",
    )
    many = [
        make_example(task + word, response)
        for task in tasks
        for word, response in (
            (" A", "Blue is 4"),
            (" A", "Blue is 4"),
            (" B", "green and"),
            ("", "Blue"),
        )
    ]
    naive = twin(*setup)
    kernel = naive.scored(many, many[::5])
    utility, information = naive.kernel(many, many[::5])
    np.testing.assert_allclose(kernel.values, utility, atol=1e-5)
    np.testing.assert_allclose(kernel.pmi, information, atol=1e-5 * 5, rtol=1e-5)


@pytest.mark.parametrize("setup", [SETUPS[0], SETUPS[9], SETUPS[14], SETUPS[15]], ids="-".join)
def test_the_tiny_models_can_tell_examples_apart_so_that_equality_means_something(twin, six, setup):
    kernel = twin(*setup).scored(six, six)
    assert kernel.values.std(axis=1).min() > 1e-3
    assert kernel.pmi.std(axis=1).min() > 5e-2


@pytest.mark.parametrize("template", ["chat", "plain", "paper"])
@pytest.mark.parametrize("spare", [-2, -1, 0, 1, 2])
def test_a_pair_that_just_fits_the_context_is_whole_and_one_token_more_is_truncated(
    twin, make_example, template, spare
):
    naive = twin(template=template)
    shown, prompt = make_example("Name a colour.", "green"), "What is blue?"
    empty = len(naive.prompt(shown, make_example(prompt, "x"))) + 1
    answered = make_example(
        prompt, "4" * (naive.model.context - empty - spare)
    )  # each 4 is one token
    assert (
        len(naive.prompt(shown, answered)) + len(naive.response(answered))
        == naive.model.context - spare
    )
    kernel = naive.scored([answered], [shown])
    assert kernel.truncated[0, 0] == (spare < 0)
    np.testing.assert_allclose(kernel.values, naive.kernel([answered], [shown])[0], atol=1e-5)


@given(logp=st.lists(st.floats(-30, 0), min_size=1, max_size=12), cuts=st.data())
@settings(deadline=None)
def test_distance_and_log_probability_are_the_equations(logp, cuts):
    lengths = cuts.draw(
        st.sampled_from(
            [[len(logp)], [1] * len(logp), [1, len(logp) - 1] if len(logp) > 1 else [1]]
        )
    )
    distance, mean = reduce_tokens(torch.tensor(logp), lengths).numpy()
    ends = np.cumsum(lengths)
    for at, (start, end) in enumerate(zip(ends - lengths, ends)):
        p = np.exp(np.float32(logp[start:end]).astype(float))
        np.testing.assert_allclose(
            distance[at], np.linalg.norm(1 - p) / np.sqrt(end - start), atol=1e-6
        )
        np.testing.assert_allclose(mean[at], np.mean(logp[start:end]), rtol=1e-5, atol=1e-6)


def test_distance_by_hand():
    distance, mean = reduce_tokens(torch.tensor([0.5, 0.5, 1.0, 0.2]).log(), [2, 1, 1]).tolist()
    np.testing.assert_allclose(distance, [0.5, 0.0, 0.8], atol=1e-6)  # sqrt((.25 + .25) / 2), 0, .8
    np.testing.assert_allclose(mean, [np.log(0.5), 0.0, np.log(0.2)], atol=1e-6)


@pytest.mark.parametrize("setup", [SETUPS[0], SETUPS[5], SETUPS[11]], ids="-".join)
@drawn
@given(data=st.data())
def test_permuting_examples_permutes_the_kernel(twin, make_example, setup, data):
    naive, many = (
        twin(*setup),
        [make_example(prompt, f"Blue {prompt}" * size) for size, prompt in enumerate(WORDS)],
    )
    first, second = data.draw(st.permutations(range(6))), data.draw(st.permutations(range(6)))
    straight = naive.scored(many, many)
    moved = naive.scored([many[at] for at in first], [many[at] for at in second])
    np.testing.assert_allclose(moved.values, straight.values[np.ix_(first, second)], atol=1e-5)
    np.testing.assert_allclose(moved.pmi, straight.pmi[np.ix_(first, second)], atol=5e-5)
    # "" * 0: an empty response stays empty wherever it goes
    assert np.isnan(straight.values[0]).all()


@drawn
@given(height=st.integers(1, 6), width=st.integers(1, 6), line=st.sampled_from([1, 30, 90, 512]))
def test_neither_tiles_nor_pack_sizes_change_the_kernel(twin, make_example, height, width, line):
    naive, many = (
        twin(),
        [
            make_example(prompt, "Blue is a colour. " * length)
            for length, prompt in enumerate(WORDS, 1)
        ],
    )
    whole = naive.scored(many, many)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PACK_TOKENS, "cpu", line)
        patch.setattr(plan, "tile_shape", lambda *grid: (height, width))
        tiled = naive.scored(many, many)
    np.testing.assert_allclose(tiled.values, whole.values, atol=1e-5)
    np.testing.assert_allclose(tiled.pmi, whole.pmi, atol=5e-5)
    np.testing.assert_allclose(tiled.alone, whole.alone, atol=1e-5)


def test_shown_examples_are_read_once_for_a_tile_and_packs_go_over_several_of_them(
    twin, six, calls
):
    naive = twin()
    alone = score_alone(naive.scorer, six)
    calls.clear()
    score_tile(naive.scorer, KernelTask(six, six, alone), Tile(slice(0, 6), slice(0, 2)))
    common, left = [], 0
    for shown in six[:2]:
        prompts = naive.prompter.pairs(shown, six)
        prefix = os.path.commonprefix([row.tokens for row in prompts])
        common.append(len(prefix))
        left += sum(len(row.fed) - len(prefix) for row in prompts)
        assert naive.prompter.vocabulary.tokenizer.decode(prefix).endswith("<|im_start|>user\n")
    (read, _), *packs = calls
    assert read == sum(common)
    assert sum(tokens for tokens, _ in packs) == left
    # logits only where a token is scored
    responses = sum(len(naive.response(example)) for example in six)
    assert sum(logits for _, logits in packs) == 2 * responses
    assert len(packs) == ceil(left / PACK_TOKENS["cpu"])


def test_an_instruction_that_several_examples_share_is_read_once_for_a_column(
    twin, make_example, calls
):
    naive, instruction = (
        twin(),
        "Please answer what is asked, and answer it in green and blue words. ",
    )
    many = [make_example(instruction + word, "Blue") for word in ("a", "What", "4", "the sky")] + [
        make_example("Name a colour.", "Blue")
    ]
    alone = score_alone(naive.scorer, many)
    calls.clear()
    score_tile(naive.scorer, KernelTask(many, many[-1:], alone), Tile(slice(0, 5), slice(0, 1)))
    prompts = naive.prompter.pairs(many[-1], many)
    all_of_them = len(os.path.commonprefix([row.tokens for row in prompts]))
    four = len(os.path.commonprefix([row.tokens for row in prompts[:4]]))
    left = sum(len(row.fed) for row in prompts) - 4 * four - all_of_them
    assert four - all_of_them > len(instruction.split())
    assert [tokens for tokens, _ in calls] == [all_of_them, four - all_of_them, left]


def test_only_the_pairs_of_a_mask_are_scored_and_an_unused_shown_example_is_not_read(
    twin, six, calls
):
    naive, mask = twin(), np.zeros((6, 3), bool)
    mask[[1, 4], 0] = mask[[0, 4, 5], 2] = True
    alone, tile = score_alone(naive.scorer, six), Tile(slice(0, 6), slice(3, 6))
    whole = score_tile(naive.scorer, KernelTask(six, six, alone), tile)
    calls.clear()
    done = []
    whole_mask = np.zeros((6, 6), bool)
    whole_mask[:, 3:] = mask
    task = KernelTask(six, six, alone, whole_mask)
    planes = score_tile(naive.scorer, task, tile, done.append)
    assert (np.isfinite(planes) == mask).all()
    np.testing.assert_allclose(planes[:, mask], whole[:, mask], atol=5e-5)
    assert sum(done) == mask.sum()
    asked = [
        [row.tokens for row in naive.prompter.pairs(six[shown], [six[at] for at in rows])]
        for shown, rows in ((3, (1, 4)), (5, (0, 4, 5)))
    ]
    assert calls[0][0] == sum(len(os.path.commonprefix(rows)) for rows in asked)


def test_an_example_without_a_response_is_not_scored_and_not_zero(twin, make_example):
    many = [make_example("Name a colour.", "Blue"), make_example("What is 2 + 2?", "")]
    kernel = twin().scored(many, many)
    assert np.isfinite(kernel.values[0]).all()  # as a shown example it still counts
    assert (
        np.isnan(kernel.values[1]).all()
        and np.isnan(kernel.pmi[1]).all()
        and np.isnan(kernel.alone[1])
    )


def test_progress_counts_every_pair_scorable_or_not(twin, make_example):
    many, done = (
        [
            make_example("Name a colour.", "Blue"),
            make_example("What is 2 + 2?", ""),
            make_example("a", "b"),
        ],
        [],
    )
    twin().scored(many, many, progress=done.append)
    assert sum(done) == 9
    done.clear()
    score_alone(twin().scorer, many, done.append)
    assert sum(done) == 3


def test_a_pool_of_one_is_scored_against_itself(twin, make_example):
    kernel = score_utilities(Dataset((make_example("Name a colour.", "Blue"),)), model=twin().model)
    assert kernel.square and kernel.values.shape == (1, 1) and np.isfinite(kernel.values).all()
    assert kernel.similarity().tolist() == [[0.0]]  # it has no other helper


def test_a_target_s_rows_are_the_target_s_and_not_the_pool_s(twin, pool_of):
    pool, target = pool_of(("Name a colour.", "Blue"), ("a", "b")), pool_of(("What is 2 + 2?", "4"))
    kernel = score_utilities(pool, answered=target, model=twin().model)
    assert not kernel.square
    np.testing.assert_allclose(kernel.values, twin().kernel(target, pool)[0], atol=1e-5)
    np.testing.assert_allclose(kernel.alone, [twin().score(*twin().whole(target[0]))[0]], atol=1e-5)


@pytest.mark.parametrize("side", ["answered", "shown"])
def test_no_examples_are_refused_and_never_taken_for_the_pool(twin, pool_of, side):
    with pytest.raises(NoExamples, match="none of its rows can be used"):
        score_utilities(pool_of(("a", "b")), model=twin().model, **{side: pool_of()})


@pytest.mark.parametrize(
    ("dtype", "most", "least"), [("bfloat16", 0.1, 0.95), ("mixed", 0.02, 0.99)]
)
def test_faster_precisions_agree_with_float32_up_to_what_they_round(
    tiny, make_example, six, dtype, most, least
):
    exact, rounded = (
        score_utilities(Dataset(tuple(six)), model=tiny("llama", dtype=one))
        for one in ("float32", dtype)
    )
    assert 0 < np.abs(exact.values - rounded.values).max() < most
    assert np.corrcoef(exact.pmi.ravel(), rounded.pmi.ravel())[0, 1] > least
