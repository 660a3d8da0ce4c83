"""The tiles of a stored kernel: a Zarr array of three planes (utility, information, truncated), one
chunk a tile, each with a checksum.

Written through Zarr. Read file by file, which is twice as fast and does not load it.
"""

import json
from pathlib import Path

import google_crc32c
import numpy as np
from numcodecs import Zstd

from delift_core.errors import SCORE_AGAIN, DamagedRun
from delift_core.files import refusing_unwritable
from delift_core.scoring.plan import Grid, Tile, tile_shape

CHECKSUM = 4  # bytes, behind every chunk
# what Zarr keeps beside the chunks; everything in it follows from the shape
DESCRIPTION = "zarr.json"


def chunk_key(tile: Tile, grid: Grid) -> str:
    """Where Zarr keeps a tile: c/0/<row block>/<column block>."""
    height, width = tile_shape(*grid)
    return f"c/0/{tile.rows.start // height}/{tile.columns.start // width}"


def write_tile(folder: Path, tile: Tile, grid: Grid, planes: np.ndarray) -> None:
    """Store a finished tile, (3, rows, columns), of the array in a folder; the first one makes the
    array.

    Raises UnwritableFile, and DamagedRun where the folder holds another array.
    """
    import zarr

    file = folder / chunk_key(tile, grid)
    with refusing_unwritable(file):
        describe_array(folder, grid)
        # Zarr would read a damaged one at the edge to keep what lies beyond
        file.unlink(missing_ok=True)
        # a tile of which no pair was asked is finished, too
        with zarr.config.set({"array.write_empty_chunks": True}):
            zarr.open_array(folder, mode="r+")[:, tile.rows, tile.columns] = planes


def describe_array(folder: Path, grid: Grid) -> None:
    """Write the array's description where it is not there or cut off.

    Raises DamagedRun where it describes another array.
    """
    if is_described(folder, grid):
        return
    import zarr
    from zarr.codecs import Crc32cCodec, ZstdCodec

    (folder / DESCRIPTION).unlink(missing_ok=True)
    zarr.create_array(
        folder,
        shape=(3, *grid[:2]),
        chunks=(3, *tile_shape(*grid)),
        dtype="float32",
        fill_value=np.nan,
        compressors=[ZstdCodec(level=3), Crc32cCodec()],
        dimension_names=("plane", "answered", "shown"),
    )


def check_array(folder: Path, grid: Grid) -> None:
    """Raises DamagedRun where the array's own description is not there, broken, or of another array
    than is written here.
    """
    if not is_described(folder, grid):
        raise DamagedRun(f"{folder / DESCRIPTION}: it is not there or damaged. {SCORE_AGAIN}")


def is_described(folder: Path, grid: Grid) -> bool:
    """Whether the array's description is there and whole.

    Raises DamagedRun where it is of another array than is written here.
    """
    try:
        told = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        found = (
            told["shape"],
            told["chunk_grid"]["configuration"]["chunk_shape"],
            told["data_type"],
            [one["name"] for one in told["codecs"]],
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False
    if found != ([3, *grid[:2]], [3, *tile_shape(*grid)], "float32", ["bytes", "zstd", "crc32c"]):
        raise DamagedRun(
            f"{folder / DESCRIPTION}: it describes another array than this version writes. Open the"
            f" run with the version that wrote it, or delete {folder.name} and score again."
        )
    return True


def read_tile(file: Path, tile: Tile, grid: Grid) -> np.ndarray:
    """(3, rows, columns) of one tile, NaN where it is not stored.

    Raises DamagedRun where it is damaged.

    A chunk is a Zstandard frame and four bytes of checksum; at the edges it is as large as any
    other.
    """
    rows, columns = tile.rows.stop - tile.rows.start, tile.columns.stop - tile.columns.start
    try:
        stored = file.read_bytes()
        if len(stored) <= CHECKSUM or google_crc32c.value(stored[:-CHECKSUM]) != int.from_bytes(
            stored[-CHECKSUM:], "little"
        ):
            raise ValueError("it fails its checksum")
        # (3, height, width)
        chunk = np.frombuffer(Zstd().decode(stored[:-CHECKSUM]), "<f4").reshape(
            3, *tile_shape(*grid)
        )
    except FileNotFoundError:
        return np.full((3, rows, columns), np.nan, np.float32)
    except (OSError, ValueError, RuntimeError) as reason:
        raise DamagedRun(f"{file}: this tile is damaged ({reason}). {SCORE_AGAIN}") from reason
    return chunk[:, :rows, :columns]
