"""K-center by farthest-first traversal of the embeddings."""

from collections.abc import Sequence

import numpy as np

from delift_core.selection.method import Method, MethodInputs, Need


def by_k_center(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices in farthest-first order."""
    return farthest_first(inputs.embeddings())


def farthest_first(
    points: np.ndarray, initial: Sequence[int] = (), count: int | None = None
) -> np.ndarray:
    """The next points, argmax_u min_{l in L} ||u - l||_2, each added to L in turn.

    points: (n, width). initial: L before the first pick; without it the point nearest the mean is
    picked first. count: how many to pick, all of the others by default. Returns (count,) indices.
    """
    if count is None:
        count = len(points) - len(initial)
    squares = (points**2).sum(axis=1)  # (n,)
    nearest = np.full(len(points), np.inf)  # (n,) squared distance to L
    for index in initial:
        _cover(nearest, points, squares, index)
    picks: list[int] = []
    while len(picks) < count:
        pick = int(nearest.argmax())
        if not picks and not len(initial):
            pick = int(((points - points.mean(axis=0)) ** 2).sum(axis=1).argmin())
        picks.append(pick)
        _cover(nearest, points, squares, pick)
    return np.array(picks, dtype=np.int64)


def _cover(nearest: np.ndarray, points: np.ndarray, squares: np.ndarray, index: int) -> None:
    """Lower the distances to L now that it holds a point, which is never picked again."""
    distances = squares + squares[index] - 2 * (points @ points[index])  # (n,)
    np.minimum(nearest, distances.clip(min=0), out=nearest)
    nearest[index] = -np.inf


K_CENTER = Method(
    name="k_center",
    title="K-center",
    sentence=(
        "Each next example is the one farthest from all chosen ones, by L2-normalised"
        " position-weighted embeddings."
    ),
    needs=(Need.ALONE, Need.EVERY_TWO),
    cost="one forward pass for every example",
    source="DiverseEvol in one shot, which has unweighted means of the last layer as embeddings",
    order=by_k_center,
)
