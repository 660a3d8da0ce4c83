"""What selections are made of: how many of each value of a field, beside the pool's."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from delift_core.data.example import Dataset
from delift_core.data.groups import groups


@dataclass(frozen=True, eq=False)
class Composition:
    """How many examples of every value of a field the pool and each selection hold."""

    field: str
    values: tuple[str, ...]  # most frequent in the pool first
    pool: np.ndarray  # (values,)
    chosen: np.ndarray  # (entries, values)
    chance: np.ndarray  # (entries, seeds, values) of random selections under the same constraints
    # (entries, values) squared distance of the mean embedding from the pool's; None without a pass
    distances: np.ndarray | None = None

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
    embeddings: np.ndarray | None = None,
) -> Composition:
    """The composition of sets by a field. Raises InvalidConstraint for a field that no row has.

    rows: (chosen,) indices of each entry; chance: those of its random selections. embeddings:
    (pool, width) where there are some.
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

    distances: np.ndarray | None = None
    if embeddings is not None:
        distances = np.array([mean_distances(embeddings, labels, chosen) for chosen in rows])
    return Composition(
        field=field,
        values=tuple(names[order].tolist()),
        pool=counts[order],
        chosen=np.array([counted(chosen) for chosen in rows]),
        chance=np.array([[counted(drawn) for drawn in draws] for draws in chance]),
        distances=distances,
    )


def mean_distances(points: np.ndarray, labels: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """(groups,) ||mean of a group's points - mean of its chosen points||^2; NaN where none is.

    The distribution matching of IDM (Zhao et al. 2023), a group at a time.

    points: (n, width); labels: (n,) from 0 on, every group with a point.
    """
    groups = int(labels.max()) + 1
    whole = group_means(points, labels, groups)  # (groups, width)
    part = group_means(points[chosen], labels[chosen], groups)  # (groups, width)
    return ((whole - part) ** 2).sum(axis=1)


def group_means(points: np.ndarray, labels: np.ndarray, groups: int) -> np.ndarray:
    """(groups, width) the mean point of every group; NaN for an empty one."""
    members = (labels == np.arange(groups)[:, None]).astype(np.float64)  # (groups, n)
    sizes = members.sum(axis=1, keepdims=True)  # (groups, 1)
    return members @ points / np.where(sizes, sizes, np.nan)
