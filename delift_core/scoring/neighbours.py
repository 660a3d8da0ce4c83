"""The nearest answered examples of every shown one, by the cosine of their embeddings, exactly.

Products are taken a strip of shown examples at a time, so that memory grows with the answered ones
alone. Neighbours are those of the embeddings without their mean: with it, every pair is as similar
as any other. `python -m benchmarks.neighbours` measures the time, beside an approximate search.
"""

from collections.abc import Iterator

import numpy as np

STRIP = 256  # shown examples whose neighbours are looked for together
CHUNKS = 8  # parts of a line of cosines for each neighbour looked for


def centred(answered: np.ndarray, shown: np.ndarray, square: bool) -> tuple[np.ndarray, np.ndarray]:
    """(answered, width) and (shown, width) embeddings without their mean, of length 1."""
    everything = answered if square else np.concatenate([answered, shown])
    mean = everything.mean(axis=0, dtype=np.float64)  # (width,)
    return unit(answered - mean), unit(shown - mean)


def unit(vectors: np.ndarray) -> np.ndarray:
    """(n, width) of length 1; a vector without a direction stays 0."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)  # (n, 1)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)


def nearest_rows(answered: np.ndarray, shown: np.ndarray, square: bool, count: int) -> np.ndarray:
    """(shown, count) int32 answered rows nearest to each shown example, in order of the rows.

    Ties go to the lower row. Where the examples are the same, none is its own neighbour.
    """
    # (answered, width), (shown, width)
    rows, columns = (part.astype(np.float32) for part in centred(answered, shown, square))
    nearest = np.empty((len(columns), count), np.int32)
    for start in range(0, len(columns), STRIP):
        cosines = columns[start : start + STRIP] @ rows.T  # (strip, answered)
        stop = start + len(cosines)
        if square:
            cosines[np.arange(stop - start), np.arange(start, stop)] = -np.inf
        nearest[start:stop] = list(highest(cosines, count))
    return nearest


def highest(values: np.ndarray, count: int) -> Iterator[np.ndarray]:
    """(count,) positions of the highest values of each line, in order; ties go to the lower one.

    values: (lines, n). `count` chunks reach the bound, so that as many values do.
    """
    lines, size = values.shape
    if not count:
        yield from np.empty((lines, 0), np.int32)
        return
    width = max(1, size // (CHUNKS * count))
    whole = size // width * width
    peaks = values[:, :whole].reshape(lines, -1, width).max(axis=2)  # (lines, chunks)
    bounds = np.partition(peaks, -count, axis=1)[:, -count]  # (lines,)
    for line, bound in zip(values, bounds, strict=True):
        reaching = np.flatnonzero(line >= bound)  # (reaching,)
        order = np.argsort(-line[reaching], kind="stable")[:count]
        yield np.sort(reaching[order])
