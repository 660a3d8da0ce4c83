"""The tiles of a stored kernel: a Zarr array of three planes (utility, information, truncated), one chunk a tile, each with a checksum.

Written through Zarr. Read file by file, which is twice as fast and does not load it.
"""

import json
from pathlib import Path

import google_crc32c
import numpy as np
from numcodecs import Zstd

from delift_core.scoring.plan import Grid, Tile, tile_shape


def chunk_key(tile: Tile, grid: Grid) -> str:
    """Where Zarr keeps a tile: c/0/<row block>/<column block>."""
    height, width = tile_shape(*grid)
    return f"c/0/{tile.rows.start // height}/{tile.columns.start // width}"


def write_tile(folder: Path, tile: Tile, grid: Grid, planes: np.ndarray) -> None:
    """Store a finished tile, (3, rows, columns), of the array in a folder; the first one makes the array. shape: (answered, shown)."""
    import zarr
    from zarr.codecs import Crc32cCodec, ZstdCodec

    if (folder / "zarr.json").exists():
        array = zarr.open_array(folder, mode="r+")
    else:
        array = zarr.create_array(folder, shape=(3, *grid[:2]), chunks=(3, *tile_shape(*grid)), dtype="float32", fill_value=np.nan,
                                  compressors=[ZstdCodec(level=3), Crc32cCodec()], dimension_names=("plane", "answered", "shown"),
                                  config={"write_empty_chunks": True})
    array[:, tile.rows, tile.columns] = planes


def check_array(folder: Path, grid: Grid) -> None:
    """Raises ValueError or OSError where the array's own description is broken, or describes another array than `write_tile` makes."""
    try:
        told = json.loads((folder / "zarr.json").read_text(encoding="utf-8"))
        found = told["shape"], told["chunk_grid"]["configuration"]["chunk_shape"], told["data_type"], [one["name"] for one in told["codecs"]]
    except (KeyError, TypeError) as reason:
        raise ValueError(f"zarr.json lacks {reason}") from reason
    if found != ([3, *grid[:2]], [3, *tile_shape(*grid)], "float32", ["bytes", "zstd", "crc32c"]):
        raise ValueError("zarr.json describes another array")


def read_tile(file: Path, tile: Tile, grid: Grid) -> np.ndarray:
    """(3, rows, columns) of one tile, NaN where it is not stored.

    A chunk is a Zstandard frame and four bytes of checksum; at the edges it is as large as any other.
    """
    rows, columns = tile.rows.stop - tile.rows.start, tile.columns.stop - tile.columns.start
    try:
        stored = file.read_bytes()
    except FileNotFoundError:
        return np.full((3, rows, columns), np.nan, np.float32)
    if google_crc32c.value(stored[:-4]) != int.from_bytes(stored[-4:], "little"):
        raise ValueError(f"{file.name} fails its checksum")
    chunk = np.frombuffer(Zstd().decode(stored[:-4]), "<f4").reshape(3, *tile_shape(*grid))   # (3, height, width)
    return chunk[:, :rows, :columns]
