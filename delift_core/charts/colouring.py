"""What a column of the data becomes on the map: categories, or numbers on one scale.

Up to eight categories have a colour of their own; the others share one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from delift_core.units import value_text

CATEGORIES_MOST = 8
OTHER = "other"


@dataclass(frozen=True, eq=False)
class Colouring:
    """One value per example: the index of its label, or a number where there are no labels."""

    values: np.ndarray  # (examples,) uint8 index of the label; float32 number, NaN for no number
    labels: tuple[str, ...] = ()  # most frequent first; the last may stand for all others

    @property
    def numeric(self) -> bool:
        return not self.labels

    @property
    def ends(self) -> tuple[float, float]:
        """The 2 % and 98 % quantiles of the numbers: a few extremes do not wash out the rest."""
        known = self.values[np.isfinite(self.values)]  # (known,)
        if not len(known):
            return 0.0, 1.0
        low, high = np.quantile(known, [0.02, 0.98]).tolist()
        if low == high:
            high = low + 1.0
        return low, high


def colouring(column: Sequence) -> Colouring:
    """Numbers stay numbers, NaN for none; all else is a label, and truth values are labels too."""
    if not any(isinstance(value, str) for value in column):
        known = np.asarray([value for value in column if value is not None])  # (known,)
        if len(known) and known.dtype.kind in "iuf":
            return Colouring(np.asarray(column, dtype=np.float32))
    return categories([value_text(value) for value in column])


def categories(labels: Sequence[str]) -> Colouring:
    """The most frequent labels by falling count, all further ones as "other".

    Ties come in alphabetical order.
    """
    counts = sorted(Counter(labels).items(), key=lambda item: (-item[1], item[0]))
    names = tuple(label for label, _ in counts[:CATEGORIES_MOST])
    index_of = {label: index for index, label in enumerate(names)}
    indices = (index_of.get(label, CATEGORIES_MOST) for label in labels)
    values = np.fromiter(indices, np.uint8, len(labels))  # (examples,)
    if len(counts) > CATEGORIES_MOST:
        names = (*names, OTHER)
    return Colouring(values, names)
