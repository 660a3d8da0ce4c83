"""Kernels of embeddings, and the squared maximum mean discrepancy under them."""

import numpy as np

SAMPLE = 1_000  # points that a median distance is taken over


def linear(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n, m) x . y of two sets of points."""
    return points @ others.T


def unit(points: np.ndarray) -> np.ndarray:
    """(n, width) points at length 1, so that `linear` is their cosine; zero stays zero."""
    lengths = np.linalg.norm(points, axis=1, keepdims=True)  # (n, 1)
    return points / np.where(lengths > 0, lengths, 1)


def rbf(points: np.ndarray, others: np.ndarray, sigma: float) -> np.ndarray:
    """(n, m) exp(-||x - y||^2 / (2 sigma^2)) of two sets of points."""
    return np.exp(-squared_distances(points, others) / (2 * sigma**2))


def squared_distances(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n, m) ||x - y||^2 of two sets of points."""
    squares, other_squares = (points**2).sum(axis=1), (others**2).sum(axis=1)
    return (squares[:, None] + other_squares - 2 * (points @ others.T)).clip(min=0)  # (n, m)


def median_distance(points: np.ndarray) -> float:
    """The median distance of two different points, over at most 1,000 evenly spaced ones.

    1 where all are in one place.
    """
    positions = np.linspace(0, len(points) - 1, min(len(points), SAMPLE)).round().astype(int)
    sample = points[positions]  # (sample, width)
    squares = squared_distances(sample, sample)[np.triu_indices(len(sample), k=1)]  # (pairs,)
    if not len(squares):
        return 1.0
    return float(np.sqrt(np.median(squares))) or 1.0
