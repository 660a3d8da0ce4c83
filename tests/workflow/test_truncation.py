"""What did not fit the context is counted per kernel and said in one sentence."""

import pytest

from delift_core.data.readers import read_dataset
from delift_core.workflow.truncation import Truncation, truncation_line, truncation_of

LONG = {"prompt": "word " * 60, "response": "yes"}
SHORT = [{"prompt": text, "response": "It is."} for text in ("Red?", "Blue?")]


@pytest.fixture
def run_of(new_run, score):
    """run_of(*rows) -> a scored run of a pool of these rows."""

    def make(*rows):
        run = new_run("pool", data={"pool": read_dataset(list(rows), near_duplicates="keep")})
        score(run)
        return run

    return make


def test_pairs_and_examples_that_did_not_fit_are_counted(run_of):
    run = run_of(LONG, *SHORT)
    [truncation] = truncation_of(run, ["pool_pool"])
    kernel = run.kernel("pool_pool")
    assert truncation == Truncation("pool_pool", 1, 3, int(kernel.truncated.sum()), 9)
    assert truncation.pairs >= 3 and kernel.truncated[0].all()
    sentence = truncation_line(run, [truncation])
    assert sentence.startswith(
        f"Truncated to the 160 tokens of the model's context: {truncation.pairs} of 9 pairs and 1"
        " of 3 answered examples by themselves (pool_pool)."
    )


def test_nothing_is_said_where_everything_fitted(run_of):
    run = run_of(*SHORT)
    truncations = truncation_of(run, ["pool_pool"])
    assert truncations == [Truncation("pool_pool", 0, 2, 0, 4)]
    assert truncation_line(run, truncations) == ""


def test_a_kernel_that_is_not_scored_is_passed_over(new_run):
    assert truncation_of(new_run("pool"), ["pool_pool"]) == []
