"""Kernels of random numbers, column-major float32 as UtilityKernel.similarity() gives them."""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csc_array

TOPICS = 40  # of a synthetic pool
STRIP = 500  # columns made at a time
NEAREST = 100  # answered examples of each shown one in a sparse kernel


def uniform(size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Every pair alike: nothing for a lazy choice to skip."""
    for _ in range(0, size, STRIP):
        yield rng.random((STRIP, size), dtype=np.float32)  # (shown, answered)


def clustered(size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """exp(-|a - b|^2 / 16) of points around forty centres in sixteen dimensions."""
    centres = rng.normal(size=(TOPICS, 16))[rng.integers(TOPICS, size=size)]  # (pool, 16)
    points = centres + 0.5 * rng.normal(size=(size, 16))  # (pool, 16)
    squares = (points**2).sum(axis=1)  # (pool,)
    for start in range(0, size, STRIP):
        strip = slice(start, start + STRIP)
        distances = squares[strip, None] + squares - 2 * points[strip] @ points.T
        yield np.exp(-distances.clip(0) / 16)


def utilities(size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """What i needs times what j offers, topic by topic, plus noise.

    Three pairs in ten are negative and clipped at 0.
    """
    topic = np.arange(TOPICS) == rng.integers(TOPICS, size=size)[:, None]  # (pool, topics)
    about = topic + 0.15 * rng.random((size, TOPICS))  # (pool, topics)
    needs = about * rng.gamma(2, 0.05, (size, 1))  # (pool, topics)
    offers = about * rng.gamma(2, 0.05, (size, 1))  # (pool, topics)
    shift = None
    for start in range(0, size, STRIP):
        strip = offers[start : start + STRIP] @ needs.T + rng.normal(0, 0.02, (STRIP, size))
        if shift is None:
            shift = np.quantile(strip, 0.3)
        yield (strip - shift).clip(0)


KERNELS = {"uniform random": uniform, "clustered RBF": clustered, "utility-like": utilities}


def synthetic_kernel(kind: str, size: int) -> np.ndarray:
    """(answered, shown) in one piece, never held twice."""
    columns = np.empty((size, size), np.float32)  # (shown, answered)
    for number, strip in enumerate(KERNELS[kind](size, np.random.default_rng(size))):
        columns[number * STRIP : (number + 1) * STRIP] = strip
    return columns.T


def sparse_kernel(size: int) -> csc_array:
    """(answered, shown); each shown example has a hundred answered ones, drawn at random."""
    rng = np.random.default_rng(0)
    rows = np.sort(rng.integers(size, size=(size, NEAREST)), axis=1).ravel()  # (shown * nearest,)
    values = rng.random(size * NEAREST, dtype=np.float32)  # (shown * nearest,)
    starts = np.arange(0, size * NEAREST + 1, NEAREST)  # (shown + 1,)
    kernel = csc_array((values, rows, starts), shape=(size, size))
    kernel.sum_duplicates()
    return kernel
