"""The stored pass without prompts: what was written comes back, what is damaged is refused."""

import numpy as np
import pytest

from delift_core.errors import DamagedRun
from delift_core.runs.integrity import repair
from delift_core.runs.store import bundled_run
from delift_core.runs.unprompted import (
    has_unprompted,
    read_unprompted,
    unprompted_path,
    write_unprompted,
)
from delift_core.scoring.kernel import Unprompted

PASS = Unprompted(np.linspace(-3, -1, 6, dtype=np.float32), np.arange(1, 7))


def test_what_is_stored_comes_back_to_the_bit(new_run):
    run = new_run("pool")
    assert read_unprompted(run, "pool") is None and not has_unprompted(run, "pool")
    write_unprompted(run, "pool", PASS)
    stored = read_unprompted(run, "pool")
    assert np.array_equal(stored.log_probability, PASS.log_probability)
    assert np.array_equal(stored.response_tokens, PASS.response_tokens)


@pytest.mark.parametrize("damage", ["cut in half", "emptied", "of another pool"])
def test_a_damaged_file_is_refused_in_one_sentence_that_says_what_to_do(damage, new_run):
    run = new_run("pool")
    write_unprompted(run, "pool", PASS)
    file = unprompted_path(run, "pool")
    if damage == "of another pool":
        write_unprompted(run, "pool", Unprompted(*(values[:4] for values in vars(PASS).values())))
    else:
        half = file.stat().st_size // 2 if damage == "cut in half" else 0
        file.write_bytes(file.read_bytes()[:half])
    with pytest.raises(DamagedRun, match=f"{file}: it cannot be read .*delift select") as refusal:
        read_unprompted(run, "pool")
    assert "\n" not in str(refusal.value)
    assert not has_unprompted(run, "pool")


def test_a_changed_bit_somewhere_in_the_file_is_never_read_as_another_number(new_run):
    run = new_run("pool")
    write_unprompted(run, "pool", PASS)
    file = unprompted_path(run, "pool")
    content, refused = file.read_bytes(), 0
    for place in range(0, len(content), 3):
        file.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        try:
            stored = read_unprompted(run, "pool")
        except DamagedRun:
            refused += 1
        else:
            assert np.array_equal(stored.log_probability, PASS.log_probability)
            assert np.array_equal(stored.response_tokens, PASS.response_tokens)
    assert refused > len(content) // 9


def test_what_a_killed_process_left_half_written_is_removed_before_scoring(new_run):
    run = new_run("pool")
    write_unprompted(run, "pool", PASS)
    partial = run.folder / "pool" / ".unprompted.parquet.1.partial"
    partial.write_text("PAR1")
    repair(run, ["pool_pool"])
    assert not partial.exists() and has_unprompted(run, "pool")


def test_the_demo_brings_it_for_the_tokens_of_its_pass_alone():
    run = bundled_run()
    stored, alone = read_unprompted(run, "pool"), run.alone("pool")
    assert np.array_equal(stored.response_tokens, alone.response_tokens)
    assert np.isfinite(stored.log_probability).all()


@pytest.mark.model
def test_the_demo_s_is_what_the_model_says_today():
    from delift_core.scoring.model import load_model
    from delift_core.scoring.pairs import score_unprompted, scorer_for

    run, rows = bundled_run(), [0, 41, 83, 159]
    scorer = scorer_for(load_model("bundled", device="cpu"), "chat")
    fresh = score_unprompted(scorer, [run.pool[row] for row in rows])
    stored = read_unprompted(run, "pool").log_probability[rows]
    np.testing.assert_allclose(fresh.log_probability, stored, atol=2e-4)
