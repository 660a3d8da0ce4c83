"""Cells: addresses, files, and that a missing or damaged one is unfinished."""

from dataclasses import replace

import numpy as np
import pytest

from delift_core.errors import DamagedRun
from delift_core.runs.tables import read_table
from delift_core.validation.cells import Cell, CellStore, Measured, Setting, row_digest

SETTING = Setting(
    model={"name": "tiny", "revision": "1"},
    template="chat",
    held_out="aa",
    tuner="lora",
    options={"rank": 2, "layers": ("q_proj",)},
    learning_rate=1e-2,
)
CELL = Cell(SETTING, ("one", "two"), steps=3, seed=1)
MEASURED = Measured(np.float32([1.5, np.nan, 0.25]), np.float32([1, np.nan, 0]))


@pytest.fixture
def store(tmp_path):
    return CellStore(tmp_path / "cells")


@pytest.mark.parametrize(
    "change",
    [
        {"rows": ("two", "one")},
        {"steps": 4},
        {"seed": 2},
        {"also": ("bb",)},
        *(
            {"setting": replace(SETTING, **part)}
            for part in (
                {"model": {"name": "tiny", "revision": "2"}},
                {"template": "plain"},
                {"held_out": "ab"},
                {"tuner": "full"},
                {"options": {"rank": 3}},
                {"learning_rate": 2e-2},
                {"rows_per_step": 4},
                {"answers": True},
            )
        ),
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_a_loss_depends_on_changes_the_address(change):
    assert replace(CELL, **change).address != CELL.address


def test_a_model_that_is_not_tuned_has_one_address_for_all_ways_to_tune():
    other = replace(SETTING, tuner="full", options={}, learning_rate=1.0, rows_per_step=1)
    assert Cell(other).address == Cell(SETTING).address
    assert Cell(replace(SETTING, template="plain")).address != Cell(SETTING).address


def test_a_model_of_one_step_is_not_that_which_version_1_left_untrained():
    rows = tuple(map(str, range(17)))  # 3 steps of 8, one epoch
    large, small = (0,) * 9 + (1,) * 8, (0,) * 8 + (1,) * 9
    one_step = [replace(CELL, steps=1), replace(CELL, rows=rows, clients=large)]
    even = replace(CELL, rows=(*rows, "17"), clients=(0, 1) * 9)
    others = [CELL, Cell(SETTING), even, replace(one_step[1], steps=6)]
    assert replace(one_step[1], clients=small).has_one_step
    assert [cell.record["version"] for cell in (*one_step, *others)] == [2, 2, 1, 1, 1, 1]


def test_what_was_stored_is_read_and_stored_again_to_the_same_bytes(store):
    store.write(CELL, MEASURED)
    before = store.path(CELL).read_bytes()
    found = store.read(CELL)
    np.testing.assert_array_equal(found.losses, MEASURED.losses)
    np.testing.assert_array_equal(found.scores, MEASURED.scores)
    store.write(CELL, found)
    assert store.path(CELL).read_bytes() == before


def test_further_examples_stand_behind_the_held_out_ones_though_their_texts_be_the_same(store):
    cell = replace(CELL, also=("bb", CELL.setting.held_out))
    further = {"bb": np.float32([4, np.nan]), CELL.setting.held_out: MEASURED.losses}
    store.write(cell, replace(MEASURED, also=further))
    found = store.read(cell)
    np.testing.assert_array_equal(found.losses, MEASURED.losses)
    np.testing.assert_array_equal(found.scores, MEASURED.scores)
    assert list(found.also) == list(cell.also)
    for name, losses in further.items():
        np.testing.assert_array_equal(found.also[name], losses)


def test_a_cell_without_further_examples_is_recorded_and_stored_without_them(store):
    store.write(CELL, MEASURED)
    assert "also" not in CELL.record
    assert read_table(store.path(CELL)).column_names == ["loss", "score"]


def test_a_cell_is_unfinished_until_it_is_stored_soundly_and_stands_once(store):
    cells = [CELL, Cell(SETTING), CELL]
    assert store.unfinished(cells) == [CELL, Cell(SETTING)]
    store.write(CELL, MEASURED)
    assert store.unfinished(cells) == [Cell(SETTING)]


@pytest.mark.parametrize("damage", ["cut", "flipped", "of another cell"])
def test_a_damaged_file_is_unfinished_work(damage, store):
    store.write(CELL, MEASURED)
    path = store.path(CELL)
    content = bytearray(path.read_bytes())
    if damage == "cut":
        content = content[:-9]
    elif damage == "flipped":
        content[10] ^= 255
    else:
        store.write(replace(CELL, seed=9), MEASURED)
        content = store.path(replace(CELL, seed=9)).read_bytes()
    path.write_bytes(content)
    with pytest.raises(DamagedRun, match="Validate again"):
        store.read(CELL)
    assert store.unfinished([CELL]) == [CELL]


def test_rows_with_the_same_texts_have_the_same_digest(make_example):
    example = make_example("Add 2 and 3", "5")
    assert row_digest(example) == row_digest(replace(example, id="other", row=7))
    assert row_digest(example) != row_digest(replace(example, response="6"))


@pytest.mark.parametrize(("rows", "steps", "epochs"), [(17, 9, 3), (16, 6, 3), (160, 6, 1)])
def test_clients_train_for_the_whole_epochs_nearest_to_the_steps_one_at_least(rows, steps, epochs):
    of_eight = replace(SETTING, rows_per_step=8)
    assert Cell(of_eight, tuple(map(str, range(rows))), steps).client_epochs == epochs
