"""Tiles read one by one: what Zarr reads, in columns."""

import json
import subprocess
import sys

import numpy as np
import pytest
import zarr

from delift_core.errors import DamagedRun
from delift_core.runs.run import Run

SHAPE = (150, 70)  # neither side is a whole number of tiles


def stored(folder):
    """A run's kernel of made-up planes with one tile left out."""
    run = Run(folder, {"data": {"target": {"examples": SHAPE[0]}, "pool": {"examples": SHAPE[1]}}})
    planes = np.random.default_rng(0).random((3, *SHAPE), dtype=np.float32)
    for tile in run.tiles("target_pool")[:-1]:
        run.write_tile("target_pool", tile, planes[:, tile.rows, tile.columns])
    return run


def test_tiles_are_read_as_zarr_reads_them_and_one_that_is_missing_is_nothing(tmp_path):
    run = stored(tmp_path)
    read, whole = (
        run.read("target_pool"),
        zarr.open_array(run.kernel_folder("target_pool"), mode="r")[:],
    )
    assert np.array_equal(read, whole, equal_nan=True)
    last = run.tiles("target_pool")[-1]
    assert (
        np.isnan(read[:, last.rows, last.columns]).all() and np.isnan(read).sum() == 3 * last.pairs
    )


def test_every_plane_comes_in_columns_so_that_choosing_copies_nothing(tmp_path):
    planes = stored(tmp_path).read("target_pool")
    assert all(plane.flags.f_contiguous for plane in planes)


def test_a_tile_of_which_no_pair_was_asked_is_stored_all_the_same(tmp_path):
    """Zarr leaves out empty chunks by default: such a tile would be scored again for ever."""
    run = stored(tmp_path)
    last = run.tiles("target_pool")[-1]
    run.write_tile(
        "target_pool",
        last,
        np.full(
            (3, last.rows.stop - last.rows.start, last.columns.stop - last.columns.start),
            np.nan,
            np.float32,
        ),
    )
    assert run.missing("target_pool") == []


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.pop("shape"),
        lambda told: told.update(shape=[3, 150, 71]),
        lambda told: told.update(data_type="float64"),
        lambda told: told["codecs"].pop(),
        lambda told: told.update(chunk_grid=None),
    ],
)
def test_an_array_that_describes_itself_otherwise_is_refused_rather_than_misread(tmp_path, change):
    run = stored(tmp_path)
    file = run.kernel_folder("target_pool") / "zarr.json"
    told = json.loads(file.read_text())
    change(told)
    file.write_text(json.dumps(told))
    with pytest.raises(DamagedRun, match="zarr.json: it .*(score again|Score the run again)"):
        run.read("target_pool")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_a_broken_description_is_refused(tmp_path, content):
    run = stored(tmp_path)
    (run.kernel_folder("target_pool") / "zarr.json").write_bytes(content)
    with pytest.raises(
        DamagedRun, match="zarr.json: it is not there or damaged. Score the run again"
    ):
        run.read("target_pool")


def test_reading_a_kernel_does_not_load_zarr():
    code = (
        "import sys; from delift_core.runs.store import bundled_run;"
        " bundled_run().kernel('pool_pool'); print('zarr' in sys.modules)"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "False"
    )
