"""Embeddings: weighted means that depend on an example and on nothing it was packed with."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.scoring.embeddings import weighted_mean
from delift_core.scoring.pack_sizes import PACK_TOKENS
from delift_core.scoring.pairs import score_alone


def test_later_tokens_weigh_more_by_hand():
    hidden = torch.tensor([[9.0, 9.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    # weights 1, 2, 3 behind a head of one token
    total = np.array([1 * 1 + 2 * 0 + 3 * 1, 1 * 0 + 2 * 1 + 3 * 1])
    np.testing.assert_allclose(weighted_mean(hidden, 1), total / np.linalg.norm(total), atol=1e-6)


def test_an_example_that_is_all_head_keeps_its_last_token():
    np.testing.assert_allclose(
        weighted_mean(torch.tensor([[5.0, 0.0], [0.0, 2.0]]), 2), [0, 1], atol=1e-6
    )


QUARTERS = st.integers(-20, 20).map(lambda count: count / 4)  # their sums are exact


@given(
    values=st.lists(st.tuples(*[QUARTERS] * 3), min_size=1, max_size=8),
    head=st.integers(0, 4),
    scale=st.floats(0.5, 4),
)
@settings(deadline=None)
def test_embeddings_have_length_one_whatever_the_scale_and_the_head(values, head, scale):
    hidden = torch.tensor(values)
    embedding = weighted_mean(hidden, head)
    # vectors that cancel have no direction
    assert float(embedding.norm()) == pytest.approx(1, abs=1e-4) or not embedding.any()
    changed = hidden.clone()
    changed[: min(head, len(hidden) - 1)] += 7
    torch.testing.assert_close(weighted_mean(changed, head), embedding)
    if embedding.any():
        torch.testing.assert_close(
            weighted_mean(hidden * scale, head), embedding, atol=1e-3, rtol=1e-3
        )


@pytest.mark.parametrize(
    "setup",
    [("llama", "chatml", "bytes", "chat"), ("gpt2", "none", "bytes", "plain")],
    ids="-".join,
)
def test_an_example_s_embedding_is_the_weighted_mean_of_an_ordinary_pass(twin, make_example, setup):
    naive, example = twin(*setup), make_example("Name a colour.", "Blue is a colour.")
    prompt, response = naive.whole(example)
    with torch.no_grad():
        hidden = (
            naive.network(
                input_ids=torch.tensor([prompt + response[:-1]]), output_hidden_states=True
            )
            .hidden_states[-1][0]
            .double()
        )
    opening = naive.prompter.tokens("<|im_start|>user\n" if setup[3] == "chat" else "")
    assert list(opening) == prompt[: len(opening)]
    weights = torch.arange(1, len(hidden) - len(opening) + 1)[:, None]
    total = (weights * hidden[len(opening) :]).sum(0)
    np.testing.assert_allclose(
        score_alone(naive.scorer, [example]).embedding[0],
        total / total.norm(),
        atol=1e-5,
    )


def test_identical_examples_have_identical_embeddings_and_different_ones_do_not(twin, make_example):
    naive, same = twin(), make_example("Name a colour.", "Blue")
    many = [
        same,
        make_example("What is 2 + 2?", "4" * 30),
        same,
        make_example("", "a"),
        make_example("the sky", "is blue " * 8),
        same,
    ]
    for line in (512, 40, 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(PACK_TOKENS, "cpu", line)
            embedding = score_alone(naive.scorer, many).embedding
        np.testing.assert_allclose(embedding[[2, 5]], embedding[[0, 0]], atol=1e-5)
        assert (embedding[[1, 3, 4]] @ embedding[0] < 0.999).all()
        np.testing.assert_allclose(np.linalg.norm(embedding, axis=1), 1, atol=1e-5)


def test_the_record_of_each_example_counts_its_own_tokens(twin, make_example):
    naive, many = (
        twin(),
        [
            make_example("Name a colour.", "Blue"),
            make_example("What is 2 + 2?", ""),
            make_example("q " * 200, "4"),
        ],
    )
    alone = score_alone(naive.scorer, many)
    assert alone.response_tokens.tolist() == [len(naive.response(many[0])), 0, 2]
    assert alone.prompt_tokens.tolist()[:2] == [
        len(naive.prompt(many[0])),
        len(naive.prompt(many[1])),
    ]
    assert alone.prompt_tokens[2] == naive.model.context - 2
    assert alone.truncated.tolist() == [False, False, True]
    assert (
        np.isnan(alone.distance).tolist()
        == np.isnan(alone.log_probability).tolist()
        == [False, True, False]
    )
    np.testing.assert_allclose(
        alone.log_probability[0], naive.score(*naive.whole(many[0]))[1], atol=5e-5
    )
