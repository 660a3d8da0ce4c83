"""What every trace of a map is drawn from: positions, which examples are lit, colours."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from delift_core.charts.colouring import Colouring
from delift_core.charts.palette import Palette


@dataclass(frozen=True, eq=False)
class Scene:
    """The pool on the plane, before anything is drawn."""

    points: np.ndarray  # (n, 2), NaN where an example has no position
    lit: np.ndarray  # (n,) bool, the others are dimmed
    colouring: Colouring | None
    palette: Palette

    @cached_property
    def placed(self) -> np.ndarray:
        """(n,) bool, whether an example has a position."""
        return np.isfinite(self.points).all(axis=1)

    @property
    def label_colours(self) -> list[tuple[str, str]]:
        """Every label with its colour; what stands for all others is grey. None without labels."""
        if self.colouring is None:
            return []
        colours = (*self.palette.categories, self.palette.pool)
        return list(zip(self.colouring.labels, colours, strict=False))
