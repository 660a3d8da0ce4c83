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
    members = groups(pool, field) or ()
    return composition_by(field, members, rows, chance, embeddings)


def composition_by(
    title: str,
    members: Sequence[str],
    rows: Sequence[np.ndarray],
    chance: Sequence[Sequence[np.ndarray]],
    embeddings: np.ndarray | None = None,
) -> Composition:
    """The composition of sets by groups of any kind. members: (pool,) the group of each."""
    ordered = sorted(set(members))
    names = np.array(ordered, dtype=str)  # (values,)
    position = {name: index for index, name in enumerate(ordered)}
    labels = np.fromiter(map(position.__getitem__, members), np.int64, len(members))  # (pool,)
    counts = np.bincount(labels, minlength=len(names))  # (values,)
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
        field=title,
        values=tuple(names[order].tolist()),
        pool=counts[order],
        chosen=np.array([counted(chosen) for chosen in rows]),
        chance=np.array([[counted(drawn) for drawn in draws] for draws in chance]),
        distances=distances,
    )


def length_composition(tokens: np.ndarray, rows: Sequence[np.ndarray]) -> Composition:
    """The composition of sets by response tokens, in ranges that split the pool about evenly.

    tokens: (pool,) response tokens; rows: (chosen,) indices of each entry.
    """
    ends = np.unique(np.quantile(tokens, [0.25, 0.5, 0.75], method="higher"))  # (ends,)
    ends = ends[ends < tokens.max()].astype(np.int64)
    labels = np.searchsorted(ends, tokens)  # (pool,) the range of each
    names = range_names(int(tokens.min()), ends.tolist())
    counts = [np.bincount(labels[chosen], minlength=len(names)) for chosen in rows]
    return Composition(
        field="response tokens",
        values=tuple(names),
        pool=np.bincount(labels, minlength=len(names)),
        chosen=np.array(counts),
        chance=np.empty((len(rows), 0, len(names)), np.int64),
    )


def range_names(least: int, ends: Sequence[int]) -> list[str]:
    """1 to 9, 10 to 14, 15 and more."""
    starts = [least, *(end + 1 for end in ends)]
    names = [f"{start:,} to {end:,}" for start, end in zip(starts, ends, strict=False)]
    return [*names, f"{starts[-1]:,} and more"]


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
