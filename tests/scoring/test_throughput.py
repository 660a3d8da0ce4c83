"""The rate that a prediction rests on: tokens of finished pairs and of what they are shown, over
the time that they took.
"""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from delift_core.scoring import throughput
from delift_core.scoring.plan import ANSWERED_BLOCK, Tile, count_tokens
from delift_core.scoring.throughput import measure_throughput, spread, token_counts


@pytest.fixture
def packs(monkeypatch):
    """A clock that goes on by two seconds a pack, and packs of three pairs; every one is noted by
    its prompts.
    """
    now, seen = [0.0], []

    def scored(model, prompts):
        for begin in range(0, len(prompts), 3):
            now[0] += 2.0
            seen.append(prompts[begin : begin + 3])
            yield list(range(begin, min(begin + 3, len(prompts)))), torch.zeros(1), None

    monkeypatch.setattr(throughput, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    monkeypatch.setattr(throughput, "scored_packs", scored)
    return seen


def in_packs_of(naive, tokens):
    """The scorer of a twin with packs of another size."""
    return replace(naive.scorer, model=replace(naive.scorer.model, pack_tokens=tokens))


def test_a_whole_column_is_counted_as_a_prediction_counts_it_and_the_first_is_a_warm_up(
    packs, twin, make_example
):
    naive, many = (
        twin(),
        [make_example("Name a colour. " * length, "Blue") for length in range(1, 6)],
    )
    rate = measure_throughput(in_packs_of(naive, 1), many, many[:1], seconds=7.5)
    own = token_counts(naive.prompter, many)  # two packs a column, 4 seconds
    assert (
        len(packs) == 4
        and rate == count_tokens([Tile(slice(0, 5), slice(0, 1))], own, own[:1]) / 4.0
    )


def test_a_column_cut_off_counts_what_is_finished(packs, twin, make_example):
    naive, many = (
        twin(),
        [make_example("Name a colour. " * length, "Blue") for length in range(1, 6)],
    )
    rate = measure_throughput(in_packs_of(naive, 1), many, many[:1], seconds=5.0)
    own = token_counts(naive.prompter, many)
    assert len(packs) == 3 and rate == (own[0] + own[:3].sum()) / 2.0


def test_columns_that_do_not_fill_a_pack_are_read_together_and_each_shown_example_is_charged(
    packs, twin, make_example
):
    naive, many = twin(), [make_example("What is 2?", "Blue")] * 4
    own = token_counts(naive.prompter, many)
    blocks = list(throughput.blocks_of(in_packs_of(naive, 3 * own.sum()), many, many))
    assert [len(block.prompts) for block in blocks] == [4, *[12] * 10, 4]
    assert sum(len(block.prompts) for block in blocks) == 4 * throughput.MEASURED_BLOCKS
    for block in blocks:
        assert 4 * block.shown == block.own.sum() == own[0] * len(block.prompts)


def test_there_is_a_rate_where_all_columns_together_do_not_fill_a_pack(packs, twin, make_example):
    naive, many = twin(), [make_example("What is 2?", "Blue")]
    assert measure_throughput(in_packs_of(naive, 10**6), many, many) > 0


def test_blocks_and_shown_examples_are_spread_over_all_of_them(packs, twin, make_example):
    naive, many = (
        twin(),
        [make_example(f"What is {number}?", "Blue") for number in range(3 * ANSWERED_BLOCK)],
    )
    measure_throughput(naive.scorer, many, many, seconds=10**6)
    firsts = [prompts[0] for prompts in packs if len(packs)][:: -(-ANSWERED_BLOCK // 3)]
    assert firsts[0] == naive.prompter.pairs(many[0], [many[0]])[0]
    assert firsts[-1] == naive.prompter.pairs(many[-1], [many[2 * ANSWERED_BLOCK]])[0]


@pytest.mark.parametrize(
    ("count", "found"),
    [(-5, [0] * 4), (0, [0] * 4), (1, [0] * 4), (4, [0, 1, 2, 3]), (100, [0, 33, 66, 99])],
)
def test_spread_by_hand(count, found):
    assert spread(count, 4) == found == np.array(found).tolist()
