"""Long vectors -> short ones whose inner products stay near, by random signs.

P x = R^T x / sqrt(d), R: (parameters, d) of independent signs (Rademacher). E <P x, P y> = <x, y>,
and its standard error is at most ||x|| ||y|| sqrt((1 + cos^2) / d), cos between x and y.
"""

import math
from collections.abc import Iterator

import numpy as np
import torch

SIGN_ROWS = 2**13  # rows of R that are in memory at a time


def projected(vectors: torch.Tensor, dimension: int, seed: int) -> torch.Tensor:
    """(vectors, dimension) P x of every row.

    vectors: (vectors, parameters). A seed has one R, whatever the number of rows.
    """
    total = vectors.new_zeros(len(vectors), dimension)
    starts = range(0, vectors.shape[1], SIGN_ROWS)
    for start, signs in zip(starts, sign_blocks(dimension, seed)):
        part = vectors[:, start : start + SIGN_ROWS]  # (vectors, rows)
        total += part @ signs[: part.shape[1]].to(vectors)  # (rows, dimension)
    return total / math.sqrt(dimension)


def sign_blocks(dimension: int, seed: int) -> Iterator[torch.Tensor]:
    """(SIGN_ROWS, dimension) float32 of -1 and 1: the rows of R, block after block without end."""
    block = 0
    while True:
        words = np.random.PCG64([seed, block]).random_raw(SIGN_ROWS * dimension // 64)  # uint64
        bits = np.unpackbits(words.astype("<u8").view(np.uint8))  # (SIGN_ROWS * dimension,)
        signs = torch.from_numpy(bits).float().mul_(2).sub_(1)
        yield signs.reshape(SIGN_ROWS, dimension)
        block += 1


def cosine_error(dimension: int, cosine: float = 1.0) -> float:
    """The largest standard error of a projected cosine: sqrt((1 + cos^2) / d)."""
    return math.sqrt((1 + cosine**2) / dimension)
