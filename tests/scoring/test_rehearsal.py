"""Rows that a template cannot write: reported with their number, while the others are scored."""

from dataclasses import replace

import numpy as np
import pytest

from delift_core.data.example import Dataset
from delift_core.errors import UnusablePrompt
from delift_core.scoring import kernel_scoring, pairs
from delift_core.scoring.rehearsal import rehearse
from tests.scoring.conftest import conversation

GREETED = conversation(("assistant", "a1"), ("user", "q1"))


def using_tool(row):
    """An example whose question is followed by a tool's result."""
    turns = (("user", "q"), ("assistant", "call"), ("tool", f"result of {row}"))
    return replace(conversation(*turns), id=f"c{row}", row=row)


REFUSED = r"Row 7 \(id c1\) .*Conversation roles must alternate.*Use template plain"


def test_a_template_that_cannot_write_a_conversation_says_which_example_and_what_to_do(prompter):
    with pytest.raises(UnusablePrompt, match=REFUSED):
        rehearse(prompter("strict"), [GREETED], [GREETED])


def test_a_pool_of_which_nothing_can_be_written_is_refused_before_anything_is_scored(
    tiny, monkeypatch
):
    model = tiny("llama", "strict")
    pairs.scorer_for(model, "chat")
    monkeypatch.setattr(pairs, "scored_packs", lambda *given, **more: pytest.fail("scored"))
    with pytest.raises(UnusablePrompt, match=REFUSED):
        kernel_scoring.score_utilities(Dataset((GREETED,)), model=model)


def test_a_template_that_rewrites_the_past_is_refused_before_anything_is_scored(
    tiny, monkeypatch, make_example
):
    model = tiny("llama", "rewrites")
    pairs.scorer_for(model, "chat")
    monkeypatch.setattr(pairs, "scored_packs", lambda *given, **more: pytest.fail("scored"))
    with pytest.raises(UnusablePrompt, match="rewrites earlier turns"):
        kernel_scoring.score_utilities(Dataset((make_example("a", "b"),)), model=model)


def test_a_row_that_cannot_be_written_is_reported_and_the_others_are_scored(tiny, make_example):
    pool = Dataset((make_example("q", "Blue"), GREETED, make_example("Name a colour.", "green")))
    kernel = kernel_scoring.score_utilities(pool, model=tiny("llama", "strict"))
    assert [problem.row for problem in kernel.problems] == [7]
    assert "Conversation roles must alternate" in kernel.problems[0].reason
    unscored = np.isnan(kernel.values)
    assert unscored[1].all() and unscored[:, 1].all() and not unscored[::2, ::2].any()
    alone = kernel_scoring.score_utilities(
        Dataset((pool[0], pool[2])), model=tiny("llama", "strict")
    )  # the others are scored as without it
    np.testing.assert_allclose(kernel.values[::2, ::2], alone.values, atol=1e-6)


def test_two_rows_that_are_not_written_together_leave_only_their_pairs_unscored(tiny, make_example):
    pool = Dataset((make_example("q", "Blue"), using_tool(8), using_tool(9)))
    kernel = kernel_scoring.score_utilities(pool, model=tiny("llama", "one-tool"))
    [problem] = kernel.problems
    assert (problem.row, problem.count) == (8, 2)
    assert problem.reason == (
        "rows 8, 9 (2 in all) answered with rows 8, 9 (2 in all) shown: not scored. The model's"
        " chat template refuses a conversation (One tool turn only). Use template plain."
    )
    unscored = np.isnan(kernel.values)
    assert unscored[1:, 1:].all() and not unscored[0].any() and not unscored[:, 0].any()
    assert not np.isnan(kernel.alone).any()


def test_rows_of_which_no_two_can_be_written_together_are_refused(prompter):
    with pytest.raises(UnusablePrompt, match=r"Row 8 .* cannot be shown: .*One tool turn only"):
        rehearse(prompter("one-tool"), [using_tool(9)], [using_tool(8)])


def test_rows_that_a_template_writes_are_no_problem(prompter, make_example):
    examples = [make_example("a", "b"), GREETED, conversation(("system", "s"), ("user", "q"))]
    for setup in (("chatml", "bytes", "chat"), ("none", "bytes", "plain")):
        assert rehearse(prompter(*setup), examples, examples) == ()
