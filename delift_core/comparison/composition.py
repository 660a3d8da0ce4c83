"""What selections are made of: how many of each value of a field, beside the pool's."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from delift_core.data.example import Dataset
from delift_core.selection.choice import groups


@dataclass(frozen=True, eq=False)
class Composition:
    """How many examples of every value of a field the pool and each selection hold."""

    field: str
    values: tuple[str, ...]  # most frequent in the pool first
    pool: np.ndarray  # (values,)
    chosen: np.ndarray  # (entries, values)
    chance: np.ndarray  # (entries, seeds, values) of random selections under the same constraints

    @property
    def lowest(self) -> np.ndarray:
        """(entries, values) the fewest of a random selection."""
        return self.chance.min(axis=1)

    @property
    def highest(self) -> np.ndarray:
        """(entries, values) the most of a random selection."""
        return self.chance.max(axis=1)


def composition(
    pool: Dataset,
    field: str,
    rows: Sequence[np.ndarray],
    chance: Sequence[Sequence[np.ndarray]],
) -> Composition:
    """The composition of sets by a field. Raises InvalidConstraint for a field that no row has.

    rows: (chosen,) indices of each entry; chance: those of its random selections.
    """
    names, labels, counts = np.unique(
        np.asarray(groups(pool, field), dtype=str), return_inverse=True, return_counts=True
    )  # (values,), (pool,), (values,)
    order = np.argsort(-counts, kind="stable")  # (values,)
    place = np.empty_like(order)  # (values,)
    place[order] = np.arange(len(order))
    labels = place[labels]  # (pool,)

    def counted(chosen: np.ndarray) -> np.ndarray:
        return np.bincount(labels[chosen], minlength=len(names))  # (values,)

    return Composition(
        field=field,
        values=tuple(names[order].tolist()),
        pool=counts[order],
        chosen=np.array([counted(chosen) for chosen in rows]),
        chance=np.array([[counted(drawn) for drawn in draws] for draws in chance]),
    )
