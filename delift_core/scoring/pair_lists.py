"""The pairs of a plan by number, as a SciPy CSC array of True: nothing is (answered, shown) large.

Behind every shown example stand as many rows: its nearest, and some at random, which are dealt out
so that every row comes as often as any other, to within one where no row is dealt twice.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from delift_core.scoring.neighbours import nearest_rows

if TYPE_CHECKING:
    from scipy.sparse import csc_array

DEALS = 50  # before what cannot be dealt is looked for row by row


def pairs_behind(rows: np.ndarray, answered: int) -> "csc_array":
    """(answered, shown) bool, the pairs of lists of one length. rows: (shown, count), in order."""
    from scipy.sparse import csc_array

    shown, count = rows.shape
    starts = np.arange(0, shown * count + 1, count) if count else np.zeros(shown + 1, int)
    pairs = csc_array(
        (np.ones(rows.size, bool), rows.astype(np.int32).ravel(), starts), shape=(answered, shown)
    )
    pairs.has_canonical_format = True
    return pairs


def rows_in(pairs: Any) -> tuple[np.ndarray, "csc_array"]:
    """(rows,) the answered rows of some lists, in order, and the lists by their positions there."""
    from scipy.sparse import csc_array

    rows, positions = np.unique(pairs.indices, return_inverse=True)  # (rows,), (pairs,)
    shape = (len(rows), pairs.shape[1])
    return rows, csc_array((pairs.data, positions.astype(np.int32), pairs.indptr), shape=shape)


def nearest_lists(
    answered: np.ndarray, shown: np.ndarray, square: bool, counts: tuple[int, int], seed: int
) -> "csc_array":
    """(answered, shown) bool, of each shown example its nearest rows and some at random.

    answered: (answered, width), shown: (shown, width) embeddings. counts: of nearest, of random.
    """
    near, random = counts
    nearest = nearest_rows(answered, shown, square, near)  # (shown, near)
    # (shown, random)
    others = random_rows(nearest, len(answered), random, square, np.random.default_rng(seed))
    return pairs_behind(np.sort(np.concatenate([nearest, others], axis=1), axis=1), len(answered))


def random_rows(
    taken: np.ndarray, answered: int, count: int, square: bool, rng: np.random.Generator
) -> np.ndarray:
    """(shown, count) rows of each shown example that are not among those it has.

    taken: (shown, taken) rows. All rows are dealt out in random order, again and again; whoever
    gets a row that it has exchanges it with another, at random. Where that comes to no end, the row
    dealt least often is taken.
    """
    shown = len(taken)
    rounds = max(1, -(-shown * count // answered))
    dealt = np.concatenate([rng.permutation(answered) for _ in range(rounds)])
    dealt = dealt[: shown * count].reshape(shown, count)
    for _ in range(DEALS):
        spoilt = np.flatnonzero(repeats(dealt, taken, square))  # (spoilt,) of dealt, flat
        if not len(spoilt):
            return dealt
        others = rng.choice(dealt.size, min(len(spoilt), dealt.size), replace=False)
        exchanged = np.union1d(spoilt, others)
        dealt.flat[exchanged] = dealt.flat[rng.permutation(exchanged)]
    return filled(dealt, repeats(dealt, taken, square), taken, answered, square)


def repeats(dealt: np.ndarray, taken: np.ndarray, square: bool) -> np.ndarray:
    """(shown, count) bool, which of the dealt rows an example has already, or is itself.

    Of a row that it was dealt twice, one is no repeat.
    """
    shown, count = dealt.shape
    own = np.arange(shown)[:, None]  # (shown, 1)
    held = [taken, dealt] if not square else [own, taken, dealt]
    rows = np.concatenate(held, axis=1)  # (shown, held + count)
    order = np.argsort(rows, axis=1, kind="stable")  # what is held comes before what is dealt
    in_order = np.take_along_axis(rows, order, axis=1)
    again = np.zeros(rows.shape, bool)
    np.put_along_axis(again, order[:, 1:], in_order[:, 1:] == in_order[:, :-1], axis=1)
    return again[:, rows.shape[1] - count :]


def filled(
    dealt: np.ndarray, spoilt: np.ndarray, taken: np.ndarray, answered: int, square: bool
) -> np.ndarray:
    """(shown, count) rows with those that are spoilt replaced by the row dealt least often.

    Ties go to the lower row.
    """
    often = np.bincount(dealt[~spoilt], minlength=answered).astype(float)  # (answered,)
    for shown, place in np.argwhere(spoilt).tolist():
        free = often.copy()  # (answered,)
        free[taken[shown]] = np.inf
        free[dealt[shown][~spoilt[shown]]] = np.inf
        if square:
            free[shown] = np.inf
        row = free.argmin()
        dealt[shown, place], spoilt[shown, place] = row, False
        often[row] += 1
    return dealt
