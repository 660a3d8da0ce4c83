"""Where the tiles of a kernel lie: one Zarr array, or files of pairs where a plan lists them.

Both are asked the same. planes are (3, rows, columns) of a tile of the array, (3, pairs) of one of
pairs: utility, information, truncated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from delift_core.runs.pair_tiles import read_pair_tile, write_pair_tile
from delift_core.runs.tiles import (
    check_array,
    chunk_key,
    describe_array,
    is_described,
    read_tile,
    write_tile,
)
from delift_core.scoring.kernel import Alone, UtilityKernel
from delift_core.scoring.pair_sampling import PairSample
from delift_core.scoring.plan import Grid, Tile, tiles
from delift_core.scoring.sparse_kernel import SparseUtilityKernel, shown_of


@dataclass(frozen=True, eq=False)
class ArrayTiles:
    """The tiles of a kernel in a Zarr array, one chunk each."""

    folder: Path
    grid: Grid
    sample: Callable[[], PairSample | None]  # which pairs are scored; None: all

    def path(self, tile: Tile) -> Path:
        """The file of a tile."""
        return self.folder / chunk_key(tile, self.grid)

    def write(self, tile: Tile, planes: np.ndarray) -> None:
        """Store a finished tile."""
        write_tile(self.folder, tile, self.grid, planes)

    def read(self, tile: Tile) -> np.ndarray:
        """The planes of a tile, NaN where it is not stored. Raises DamagedRun."""
        return read_tile(self.path(tile), tile, self.grid)

    def cells(self, tile: Tile) -> tuple:
        """Where the planes of a tile belong in an (answered, shown) array."""
        return tile.rows, tile.columns

    def read_all(self) -> np.ndarray:
        """(3, answered, shown), every plane column-major: that is how objectives read.

        Raises DamagedRun where a tile is broken.
        """
        check_array(self.folder, self.grid)
        answered, shown = self.grid[:2]
        # (3, answered, shown)
        planes = np.empty((3, shown, answered), np.float32).transpose(0, 2, 1)
        for tile in tiles(*self.grid):
            planes[:, tile.rows, tile.columns] = self.read(tile)
        return planes

    def kernel(self, alone: Alone, square: bool) -> UtilityKernel:
        """The kernel of all tiles. Raises DamagedRun where one is broken."""
        return UtilityKernel.from_planes(self.read_all(), alone, square, self.sample())

    def is_described(self) -> bool:
        """Whether what describes the tiles is there and whole. Raises DamagedRun for others'."""
        return is_described(self.folder, self.grid)

    def describe(self) -> None:
        """Write what describes the tiles, where there are any and it is missing."""
        if (self.folder / "c").exists():
            describe_array(self.folder, self.grid)


@dataclass(frozen=True, eq=False)
class PairTiles:
    """The tiles of a kernel in files of their pairs, one each; a file describes itself."""

    folder: Path
    grid: Grid
    sample: Callable[[], PairSample]  # which pairs there are; raises DamagedRun where that is lost

    def path(self, tile: Tile) -> Path:
        """The file of a tile: tiles/<first shown example>.parquet."""
        return self.folder / "tiles" / f"{tile.columns.start}.parquet"

    def pairs(self, tile: Tile) -> Any:
        """(answered, columns) CSC bool, the pairs of a tile. Raises DamagedRun."""
        return self.sample().mask[:, tile.columns]

    def write(self, tile: Tile, planes: np.ndarray) -> None:
        """Store a finished tile."""
        write_pair_tile(self.path(tile), tile, self.pairs(tile), planes)

    def read(self, tile: Tile) -> np.ndarray:
        """The planes of a tile, NaN where it is not stored. Raises DamagedRun."""
        return read_pair_tile(self.path(tile), tile, self.pairs(tile))

    def cells(self, tile: Tile) -> tuple:
        """Where the planes of a tile belong in an (answered, shown) array."""
        pairs = self.pairs(tile)
        return pairs.indices, shown_of(pairs) + tile.columns.start

    def read_all(self) -> np.ndarray:
        """(3, pairs) of all tiles. Raises DamagedRun where one is broken."""
        return np.concatenate([self.read(tile) for tile in tiles(*self.grid)], axis=1)

    def kernel(self, alone: Alone, square: bool) -> UtilityKernel:
        """The kernel of all tiles. Raises DamagedRun where one is broken."""
        return SparseUtilityKernel.from_pairs(self.read_all(), alone, square, self.sample())

    def is_described(self) -> bool:
        """Whether what describes the tiles is there: a file describes itself."""
        return True

    def describe(self) -> None:
        """Nothing is missing: a file describes itself."""


TileStore = ArrayTiles | PairTiles
