"""Which examples may repeat another one: only these have to be compared word by word.

Two near duplicates (near_duplicates.py) share a key: with e edits allowed, one of the 2e + 1 rarest
pairs of neighbouring words of each stands in both lists, since an edit touches two pairs; and their
numbers are the same. Different texts of equal hashes cost a comparison and change nothing.
"""

from collections.abc import Sequence

import numpy as np

from delift_core.data.example import Example
from delift_core.data.rough_words import RoughWords, combined, mixed, rough_words
from delift_core.data.word_edits import MOST_EDITS, WORDS_PER_EDIT

SLOTS = 22  # bits: pairs of words are counted in 2**22 slots
LAST = np.uint64(2**64 - 1)
FEW_WORDS = np.uint64(7)  # key of those with too few pairs of words for every edit


def may_repeat(examples: Sequence[Example]) -> list[int]:
    """Positions of the examples that may be near duplicates of another one, in order."""
    texts = [text for example in examples for text in (example.prompt, example.response)]
    if not texts:
        return []
    words = rough_words(texts)
    numbers = sums_by_text(mixed(words.hashes) * words.is_number, words.owners, len(texts))
    context = combined(role_numbers(examples), numbers[::2], numbers[1::2])  # (examples,)
    rows, keys = edit_keys(words, len(texts))
    whole = sums_by_text(mixed(words.hashes), words.owners, len(texts))
    keys = np.concatenate(
        [combined(keys, context[rows]), combined(context, whole[::2], whole[1::2])]
    )
    rows = np.concatenate([rows, np.arange(len(examples))])
    lengths = np.bincount(words.owners, minlength=len(texts))[::2]  # (examples,) of the prompts
    return rows_that_share(rows, keys, lengths[rows])


def role_numbers(examples: Sequence[Example]) -> np.ndarray:
    """(examples,) uint64: the same number for the same roles of turns, in order."""
    numbers: dict[tuple[str, ...], int] = {}
    roles = (tuple([turn.role for turn in example.turns]) for example in examples)
    return np.array([numbers.setdefault(own, len(numbers)) for own in roles], np.uint64)


def rows_that_share(rows: np.ndarray, keys: np.ndarray, lengths: np.ndarray) -> list[int]:
    """The rows that share a key with another one of nearly the same length, in order.

    rows, keys, lengths: (keys,).
    """
    ordered = np.sort(keys)
    shared = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(shared):
        return []
    is_shared = shared[np.searchsorted(shared[:-1], keys)] == keys  # (keys,)
    rows, keys, lengths = rows[is_shared], keys[is_shared], lengths[is_shared]
    order = np.lexsort((lengths, keys))
    rows, keys, lengths = rows[order], keys[order], lengths[order]
    close = (keys[1:] == keys[:-1]) & (rows[1:] != rows[:-1])
    close &= lengths[1:] - lengths[:-1] <= 2 * MOST_EDITS
    return np.unique(np.concatenate([rows[1:][close], rows[:-1][close]])).tolist()


def edit_keys(words: RoughWords, texts: int) -> tuple[np.ndarray, np.ndarray]:
    """(rows, keys), (keys,) each: the rarest pairs of words of examples that may be edited."""
    counts = np.bincount(words.owners, minlength=texts) + words.symbols  # (texts,)
    edits = np.minimum(counts // WORDS_PER_EDIT, MOST_EDITS).reshape(-1, 2).sum(axis=1)
    wanted = np.where(edits > 0, 2 * edits + 1, 0)  # (examples,)
    rows, pairs = neighbours(words)
    slots = (pairs >> np.uint64(64 - SLOTS)).astype(np.int64)
    frequency = np.bincount(slots, minlength=2**SLOTS).astype(np.uint64)
    rank = frequency[slots] << np.uint64(40) | pairs >> np.uint64(24)  # rarest first
    used = wanted[rows] > 0
    found_rows, keys = smallest_by_row(rows[used], rank[used], wanted)
    few = np.flatnonzero(wanted > np.bincount(found_rows, minlength=len(wanted)))
    return np.concatenate([found_rows, few]), np.concatenate([keys, np.full(len(few), FEW_WORDS)])


def neighbours(words: RoughWords) -> tuple[np.ndarray, np.ndarray]:
    """(rows, hashes), (pairs,) each, of two words that follow one another in a text."""
    owners = words.owners
    within = owners[1:] == owners[:-1]
    side = (owners[1:] & 1).astype(np.uint64)
    pairs = combined(words.hashes[:-1], words.hashes[1:], side)
    return (owners[1:] >> 1)[within], pairs[within]


def smallest_by_row(
    rows: np.ndarray, values: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(rows, values): of each row as many of its smallest different values as are wanted.

    rows: (values,) non-decreasing. wanted: (examples,) how many of each row.
    """
    found_rows, found = [rows[:0]], [values[:0]]
    values = values.copy()
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    own = rows[starts]  # the rows that have values
    sizes = np.diff(starts, append=len(rows))
    for taken in range(int(wanted.max(initial=0))):
        if not len(starts):
            break
        least = np.minimum.reduceat(values, starts)
        more = (least < LAST) & (taken < wanted[own])
        found_rows.append(own[more])
        found.append(least[more])
        values[values == np.repeat(least, sizes)] = LAST
    return np.concatenate(found_rows), np.concatenate(found)


def sums_by_text(values: np.ndarray, owners: np.ndarray, texts: int) -> np.ndarray:
    """(texts,) uint64 sum of the values of each text's words. owners: non-decreasing."""
    sums = np.zeros(len(values) + 1, np.uint64)
    np.cumsum(values, out=sums[1:])
    bounds = np.searchsorted(owners, np.arange(texts + 1))
    return np.diff(sums[bounds])
