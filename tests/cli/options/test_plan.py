"""The options of plans."""

import pytest


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["--minutes", 5, "--plan", "nearest"], "--minutes chooses the plan"),
        (["--minutes", 5, "--pairs", "20%"], "--minutes chooses the plan"),
        (["--plan", "all", "--pairs", "20%"], "--plan all scores every pair"),
        (["--pairs", "most"], "cannot be read"),
        (["--minutes", 0], "x>0"),
        (["--plan", "some"], "'some' is not one of"),
    ],
)
def test_plans_that_contradict_themselves_are_refused_before_anything_is_read(
    delift, arguments, sentence
):
    result = delift("score", "--pool", "nowhere.jsonl", *arguments)
    assert (
        result.exit_code == 2 and sentence in result.stderr and len(result.stderr.splitlines()) == 1
    )
