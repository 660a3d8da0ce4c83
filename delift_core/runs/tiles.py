"""The tiles of a stored kernel: a Zarr array of three planes, one chunk a tile, with checksums.

The planes are utility, information and truncated. Zarr writes them; they are read file by file,
which is twice as fast and does not load Zarr.
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
    """Store a finished tile, (3, rows, columns); the first one of a folder makes the array.

    Raises UnwritableFile, and DamagedRun where the folder holds another array.
    """
    import zarr

    file = folder / chunk_key(tile, grid)
    with refusing_unwritable(file):
        describe_array(folder, grid)
        # Zarr would read a damaged one at the edge to keep what lies beyond
        file.unlink(missing_ok=True)
        # a tile of which no pair is requested is finished, too
        with zarr.config.set({"array.write_empty_chunks": True}):
            zarr.open_array(folder, mode="r+")[:, tile.rows, tile.columns] = planes


def describe_array(folder: Path, grid: Grid) -> None:
    """Write the description of the array where it is missing or cut off.

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
    """Raise DamagedRun where the array's description is missing, broken or of another array."""
    if not is_described(folder, grid):
        raise DamagedRun(f"{folder / DESCRIPTION}: it is not there or damaged. {SCORE_AGAIN}")


def is_described(folder: Path, grid: Grid) -> bool:
    """Whether the array's description is there and whole.

    Raises DamagedRun where it is of another array than is written here.
    """
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        layout = (
            description["shape"],
            description["chunk_grid"]["configuration"]["chunk_shape"],
            description["data_type"],
            [codec["name"] for codec in description["codecs"]],
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False
    if layout != ([3, *grid[:2]], [3, *tile_shape(*grid)], "float32", ["bytes", "zstd", "crc32c"]):
        raise DamagedRun(
            f"{folder / DESCRIPTION}: it describes another array than this version writes. Open the"
            f" run with the version that wrote it, or delete {folder.name} and score again."
        )
    return True


def read_tile(file: Path, tile: Tile, grid: Grid) -> np.ndarray:
    """(3, rows, columns) of one tile, NaN where it is not stored.

    A chunk is a Zstandard frame and its checksum, as large at the edges as elsewhere. Raises
    DamagedRun.
    """
    rows = tile.rows.stop - tile.rows.start
    columns = tile.columns.stop - tile.columns.start
    try:
        content = checked_content(file.read_bytes())
        chunk = np.frombuffer(Zstd().decode(content), "<f4")
        chunk = chunk.reshape(3, *tile_shape(*grid))  # (3, height, width)
    except FileNotFoundError:
        return np.full((3, rows, columns), np.nan, np.float32)
    except (OSError, ValueError, RuntimeError) as reason:
        raise DamagedRun(f"{file}: this tile is damaged ({reason}). {SCORE_AGAIN}") from reason
    return chunk[:, :rows, :columns]


def checked_content(stored: bytes) -> bytes:
    """What stands before the checksum of a chunk. Raises ValueError where the checksum differs."""
    content, checksum = stored[:-CHECKSUM], stored[-CHECKSUM:]
    if not content or google_crc32c.value(content) != int.from_bytes(checksum, "little"):
        raise ValueError("it fails its checksum")
    return content
