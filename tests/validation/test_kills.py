"""Processes that measure cells: the same bytes in each, and after kills no cell tuned twice."""

import os
import random
import signal
import subprocess
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

import pytest
import torch

from delift_core.scoring.model import load_model
from delift_core.validation import measuring
from delift_core.validation.cells import Cell, CellStore, Setting
from delift_core.validation.measuring import CellInputs, measure_unfinished
from delift_core.validation.tuners.lora import LoraOptions
from tests.conftest import TINY_ROWS, dataset

ROOT = Path(__file__).parents[2]
KILLS = 10
CELLS = 12
REACH = 0.4  # a kill comes within this share of the time that is left
PROGRAM = (
    "import sys; from tests.validation.test_kills import measure_in; measure_in(*sys.argv[1:])"
)


def inputs_of(model_folder):
    load = partial(load_model, model_folder, device="cpu", for_tuning=True)
    return CellInputs(load, dataset("pool", TINY_ROWS[:6]), dataset("known", TINY_ROWS[6:]))


def cells_of(inputs):
    """Selections of three rows, each tuned with a seed of its own"""
    setting = Setting(
        model=inputs.load().record,
        template="chat",
        held_out=inputs.held_out.text_fingerprint,
        tuner="lora",
        options=asdict(LoraOptions(rank=2, dropout=0.1)),
        learning_rate=1e-2,
        rows_per_step=2,
    )
    rows = tuple(inputs.rows)
    return [Cell(setting, rows[seed % 4 : seed % 4 + 3], 4, seed) for seed in range(CELLS)]


def measure_in(store_folder, model_folder):
    torch.set_num_threads(1)
    inputs = inputs_of(model_folder)
    list(measure_unfinished(CellStore(Path(store_folder)), cells_of(inputs)[:2], inputs))


def contents(folder):
    return {path.stem: path.read_bytes() for path in folder.glob("*.parquet")}


def test_a_cell_has_the_same_bytes_in_a_new_process(tiny_folder, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    measure_in(here, tiny_folder())
    command = [sys.executable, "-c", PROGRAM, there, tiny_folder()]
    subprocess.run(command, cwd=ROOT, check=True)
    assert contents(here) == contents(there) and len(contents(here)) == 2


@pytest.fixture
def process_that_measures(tiny_folder):
    """measure(folder, log, seconds) -> (whether it was killed, its seconds of processor time)

    log: gets the address of every cell that is started. seconds: of processor time after which the
    system ends the process on the spot; 0: never.
    """
    inputs = inputs_of(tiny_folder())
    cells = cells_of(inputs)
    plain = measuring.measure

    def measure(folder, log, seconds=0.0):
        if process := os.fork():
            _, status, usage = os.wait4(process, 0)
            return os.WIFSIGNALED(status), usage.ru_utime + usage.ru_stime

        def logged(cell, *rest):
            with log.open("a") as file:
                file.write(f"{cell.address}\n")
            return plain(cell, *rest)

        measuring.measure = logged
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            list(measure_unfinished(CellStore(folder), cells, inputs))
        finally:
            os._exit(0)

    return measure


def test_killed_at_random_ten_times_no_cell_is_tuned_twice_and_the_end_has_the_same_bytes(
    process_that_measures, tmp_path
):
    """A cell is started again only where the kill came before it was stored."""
    whole, cut, log = tmp_path / "whole", tmp_path / "cut", tmp_path / "started"
    _, seconds = process_that_measures(whole, tmp_path / "undisturbed")
    generator, lost = random.Random(0), 0
    log.touch()
    for _ in range(KILLS):
        stored, started = contents(cut), log.read_text().split()
        left = seconds * (1 - len(stored) / CELLS)
        killed, _ = process_that_measures(cut, log, generator.uniform(0, REACH * left))
        begun = log.read_text().split()[len(started) :]
        assert killed and stored.items() <= contents(cut).items()
        assert stored.keys().isdisjoint(begun)
        lost += len(set(begun) - contents(cut).keys())
    assert 0 < len(contents(cut)) < CELLS and 0 < lost <= KILLS
    assert not process_that_measures(cut, log)[0]
    assert contents(cut) == contents(whole) and len(contents(cut)) == CELLS
    assert len(log.read_text().split()) == CELLS + lost
