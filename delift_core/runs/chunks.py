"""One tile of a stored kernel as a file: where Zarr keeps it, and how it is read."""

from pathlib import Path

import google_crc32c
import numpy as np
from numcodecs import Zstd

from delift_core.scoring.plan import Tile, tile_shape


def chunk_key(tile: Tile, shape: tuple[int, int]) -> str:
    """Where Zarr keeps a tile: c/0/<row block>/<column block>."""
    height, width = tile_shape(*shape)
    return f"c/0/{tile.rows.start // height}/{tile.columns.start // width}"


def read_tile(file: Path, tile: Tile, shape: tuple[int, int]) -> np.ndarray:
    """(3, rows, columns) of one tile, NaN where it is not stored. Asking Zarr for the whole array takes twice as long.

    A chunk is a Zstandard frame and four bytes of checksum; at the edges it is as large as any other.
    """
    rows, columns = tile.rows.stop - tile.rows.start, tile.columns.stop - tile.columns.start
    try:
        stored = file.read_bytes()
    except FileNotFoundError:
        return np.full((3, rows, columns), np.nan, np.float32)
    if google_crc32c.value(stored[:-4]) != int.from_bytes(stored[-4:], "little"):
        raise ValueError(f"{file.name} fails its checksum")
    chunk = np.frombuffer(Zstd().decode(stored[:-4]), "<f4").reshape(3, *tile_shape(*shape))   # (3, height, width)
    return chunk[:, :rows, :columns]
