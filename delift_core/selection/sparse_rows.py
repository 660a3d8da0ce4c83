"""Best and lowest of the rows and columns of a sparse similarity, without making it dense.

A pair that is not stored is worth the rest of its row, so a row counts its rest as soon as one of
the shown examples asked about was not scored for it, and a column the highest rest of the rows that
were not scored for it.
"""

from dataclasses import replace

import numpy as np

from delift_core.scoring.sparse_similarity import SparseSimilarity

Columns = np.ndarray | slice  # shown examples, each at most once


def best_of_rows(similarity: SparseSimilarity, shown: Columns) -> np.ndarray:
    """(answered,) max_j s[i, j] over one shown example or more."""
    part = similarity.scored[:, shown]  # (answered, part)
    best = _rest_where_open(similarity, part, -np.inf)  # (answered,)
    np.maximum.at(best, part.indices, part.data)
    return best


def lowest_of_rows(similarity: SparseSimilarity) -> np.ndarray:
    """(answered,) min_j s[i, j]."""
    lowest = _rest_where_open(similarity, similarity.scored, np.inf)  # (answered,)
    np.minimum.at(lowest, similarity.scored.indices, similarity.scored.data)
    return lowest


def best_of_columns(similarity: SparseSimilarity) -> np.ndarray:
    """(shown,) max_i s[i, j]."""
    shown = similarity.shape[1]
    falling = np.argsort(-similarity.rest, kind="stable")  # (answered,)
    by_rest = similarity.scored[falling]  # (answered, shown), the highest rest first
    by_rest.sort_indices()
    column = np.repeat(np.arange(shown), np.diff(by_rest.indptr))  # (scored,)
    # (shown,) the first row that was not scored
    first = _first_missing(by_rest.indptr, by_rest.indices, column, shown)
    rests = np.append(similarity.rest[falling], -np.inf)  # (answered + 1,)
    best = rests[first].astype(by_rest.dtype)  # (shown,)
    np.maximum.at(best, column, by_rest.data)
    return best


def first_best_of_rows(
    similarity: SparseSimilarity, chosen: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(answered,) position among the chosen of argmax_j s[i, j], the first of equals; that maximum.

    chosen: (chosen,) one shown example or more, each once.
    """
    part = similarity.scored[:, chosen]  # (answered, chosen)
    best = best_of_rows(similarity, chosen)  # (answered,)
    by_row = part.tocsr()
    answered = len(best)
    row = np.repeat(np.arange(answered), np.diff(by_row.indptr))  # (scored,)
    missing = _first_missing(by_row.indptr, by_row.indices, row, answered)  # (answered,)
    is_rest = (missing < len(chosen)) & (similarity.rest == best)  # (answered,)
    positions = np.where(is_rest, missing, len(chosen))  # (answered,)
    is_best = by_row.data == best[row]  # (scored,)
    np.minimum.at(positions, row[is_best], by_row.indices[is_best])
    return positions, best


def raised(similarity: SparseSimilarity, by: np.ndarray) -> SparseSimilarity:
    """s[i, j] + by_i. by: (answered,)"""
    scored = similarity.scored.copy()
    scored.data = scored.data + by[scored.indices]  # (scored,)
    return replace(similarity, scored=scored, rest=similarity.rest + by)


def multiplied(similarity: SparseSimilarity, by: np.ndarray) -> SparseSimilarity:
    """s[i, j] * by_i. by: (answered,) float64, which the result is too."""
    scored = similarity.scored.astype(np.float64)
    scored.data *= by[scored.indices]  # (scored,)
    return replace(similarity, scored=scored, rest=similarity.rest * by)


def _rest_where_open(similarity: SparseSimilarity, part, otherwise: float) -> np.ndarray:
    """(answered,) the rest of a row of which some pair of the part was not scored."""
    answered, shown = part.shape
    counts = np.bincount(part.indices, minlength=answered)  # (answered,)
    return np.where(counts < shown, similarity.rest, part.dtype.type(otherwise))


def _first_missing(
    starts: np.ndarray, positions: np.ndarray, group: np.ndarray, groups: int
) -> np.ndarray:
    """(groups,) the lowest position from 0 on that is not among those of each group.

    positions: ascending within a group, each once, so that number k of them is k up to the first
    that is missing and higher from there on.
    starts: (groups + 1,) where the positions of each group begin; group: (scored,) of each.
    """
    number = np.arange(len(positions)) - starts[group]  # (scored,)
    return np.bincount(group[positions == number], minlength=groups)
