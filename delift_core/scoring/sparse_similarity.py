"""Similarities of a kernel of which few pairs were scored: nothing as large as n x n is made."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csc_array


@dataclass(frozen=True, eq=False)
class SparseSimilarity:
    """Similarities of which most of a row are one number.

    s[i, j] = scored[i, j] where a pair is stored, else rest[i]. A stored 0 was scored and stays: it
    is not the rest of its row.
    """

    scored: "csc_array"  # (answered, shown) float32, each pair once
    rest: np.ndarray  # (answered,) float32, 0 where nothing is imputed

    @property
    def shape(self) -> tuple[int, int]:
        """(answered, shown) as of an array."""
        return self.scored.shape

    def column(self, index: int) -> np.ndarray:
        """(answered,) s[:, j], how similar shown example j is to every answered one."""
        begin, end = self.scored.indptr[index : index + 2]
        column = self.rest.copy()  # (answered,)
        column[self.scored.indices[begin:end]] = self.scored.data[begin:end]
        return column
