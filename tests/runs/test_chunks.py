"""Tiles read one by one: what Zarr reads, in columns."""

import numpy as np
import zarr

from delift_core.runs.store import Run

SHAPE = (150, 70)                # neither side is a whole number of tiles


def stored(folder):
    """A run's kernel of made-up planes with one tile left out."""
    run = Run(folder, {"data": {"target": {"examples": SHAPE[0]}, "pool": {"examples": SHAPE[1]}}})
    planes = np.random.default_rng(0).random((3, *SHAPE), dtype=np.float32)
    for tile in run.tiles("target_pool")[:-1]:
        run.write_tile("target_pool", tile, planes[:, tile.rows, tile.columns])
    return run


def test_tiles_are_read_as_zarr_reads_them_and_one_that_is_missing_is_nothing(tmp_path):
    run = stored(tmp_path)
    read, whole = run.read("target_pool"), zarr.open_array(run.kernel_folder("target_pool"), mode="r")[:]
    assert np.array_equal(read, whole, equal_nan=True)
    last = run.tiles("target_pool")[-1]
    assert np.isnan(read[:, last.rows, last.columns]).all() and np.isnan(read).sum() == 3 * last.pairs


def test_every_plane_comes_in_columns_so_that_choosing_copies_nothing(tmp_path):
    planes = stored(tmp_path).read("target_pool")
    assert all(plane.flags.f_contiguous for plane in planes)
