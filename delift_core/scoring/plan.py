"""Which pairs are scored, and what that will cost before it starts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

ANSWERED_BLOCK = 64            # rows of a tile: enough to fill packs behind each shown example
SHOWN_BLOCK = 4                # columns of a tile in a small job: a few seconds of work that a crash may cost
MOST_BLOCKS = 64               # a larger job has larger tiles rather than more of them along the shown axis
STORED_BYTES = 12              # of one pair: utility, information, truncated, float32 each


@dataclass(frozen=True, slots=True)
class Tile:
    """A block of answered (rows) by a block of shown (columns) examples."""

    rows: slice
    columns: slice

    @property
    def pairs(self) -> int:
        return (self.rows.stop - self.rows.start) * (self.columns.stop - self.columns.start)


@dataclass(frozen=True, slots=True)
class Cost:
    """What scoring will take. Seconds follow from a rate measured on this machine just before."""

    pairs: int
    tokens: int
    seconds: float
    memory: int                # bytes
    disk: int                  # bytes, before compression


def tile_shape(answered: int, shown: int) -> tuple[int, int]:
    """(rows, columns) of a tile of an (answered, shown) kernel."""
    return min(ANSWERED_BLOCK, answered), min(max(SHOWN_BLOCK, -(-shown // MOST_BLOCKS)), shown)


def tiles(answered: int, shown: int) -> Iterator[Tile]:
    """Every tile of an (answered, shown) kernel, shown block by shown block."""
    height, width = tile_shape(answered, shown)
    for left in range(0, shown, width):
        for top in range(0, answered, height):
            yield Tile(slice(top, min(top + height, answered)), slice(left, min(left + width, shown)))


def count_tokens(work: Iterable[Tile], answered_tokens: np.ndarray, shown_tokens: np.ndarray) -> int:
    """Tokens the model reads: every shown prefix once per tile, every answered example once per pair.

    answered_tokens: (answered,), shown_tokens: (shown,), prompt and response together.
    """
    return int(sum(answered_tokens[tile.rows].sum() * len(shown_tokens[tile.columns]) + shown_tokens[tile.columns].sum() for tile in work))


def predict(work: list[Tile], tokens: int, tokens_per_second: float, memory: int) -> Cost:
    """The cost of the tiles still to score at a measured rate."""
    pairs = sum(tile.pairs for tile in work)
    return Cost(pairs, tokens, tokens / tokens_per_second, memory, pairs * STORED_BYTES)
