"""What a column of the data becomes on the map: at most eight categories and the rest, or numbers
on one scale.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST_CATEGORIES = 8
OTHER = "other"


@dataclass(frozen=True, eq=False)
class Colouring:
    """One value per example: the place of its label in `labels`, or the number itself where there
    are no labels.
    """

    # (examples,) uint8 place of the label, or float32 number, NaN where there is none
    values: np.ndarray
    labels: tuple[str, ...] = ()  # most frequent first; the last may stand for all others

    @property
    def numeric(self) -> bool:
        return not self.labels

    @property
    def ends(self) -> tuple[float, float]:
        """The 2 % and 98 % quantiles of the numbers, where their colours end: a few extremes do not
        wash out the rest.
        """
        known = self.values[np.isfinite(self.values)]  # (known,)
        low, high = np.quantile(known, [0.02, 0.98]).tolist() if len(known) else (0.0, 0.0)
        return (low, high) if high > low else (low, low + 1.0)


def colouring(column: Sequence) -> Colouring:
    """Numbers stay numbers; anything else is a label, and truth values are labels too."""
    values = np.asarray(column)
    return (
        Colouring(values.astype(np.float32))
        if values.dtype.kind in "iuf"
        else categories([str(value) for value in column])
    )


def categories(labels: Sequence[str]) -> Colouring:
    """The most frequent labels by falling count (ties in alphabetical order), every other one as
    "other".
    """
    counts = sorted(Counter(labels).items(), key=lambda item: (-item[1], item[0]))
    kept = [label for label, _ in counts[:MOST_CATEGORIES]]
    place = {label: index for index, label in enumerate(kept)}
    # (examples,)
    codes = np.fromiter(
        (place.get(label, MOST_CATEGORIES) for label in labels), np.uint8, len(labels)
    )
    return Colouring(codes, tuple(kept) + ((OTHER,) if len(counts) > MOST_CATEGORIES else ()))
