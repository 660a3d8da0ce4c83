"""The seeds of fuzzing pass its oracle, and the oracle detects a reader that breaks."""

import pytest

from delift_core.data import files
from tests.fuzz.readers import SEEDS, check, packed


@pytest.mark.parametrize("reader", SEEDS)
def test_every_seed_is_read_or_refused_by_name(reader, tmp_path):
    for seed in SEEDS[reader]():
        check(packed(seed) if reader == "gzip" else seed, tmp_path / "input")


@pytest.mark.parametrize("broken", [lambda *args: 1 / 0, lambda *args: "not an iterator of rows"])
def test_a_reader_that_breaks_is_a_finding(broken, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "numbered_values", broken)
    with pytest.raises((ZeroDivisionError, ValueError)):
        check(SEEDS["jsonl"]()[0], tmp_path / "input")
