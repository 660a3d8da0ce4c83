"""Which examples may repeat another one: only these have to be compared word by word.

Two near duplicates (near_duplicates.py) share a key: with e edits allowed, one of the 2e + 1 rarest
pairs of neighbouring words of each stands in both lists, since an edit touches two pairs; and their
numbers are the same. Different texts of equal hashes cost a comparison and change nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from delift_core.data.example import Example
from delift_core.data.rough_words import BASE, RoughWords, combined, mixed, rough_words
from delift_core.data.word_edits import MOST_EDITS, WORDS_PER_EDIT

SLOTS = 22  # bits: pairs of words are counted in 2**22 slots
LAST = np.uint64(2**64 - 1)
FEW_WORDS = np.uint64(7)  # key of those with too few pairs of words for every edit


@dataclass(frozen=True, eq=False)
class Sketch:
    """What is compared of some examples: sums over their words, and pairs of words."""

    numbers: np.ndarray  # (texts,) uint64 sum over the words that are numbers
    whole: np.ndarray  # (texts,) uint64 sum over all words
    counts: np.ndarray  # (texts,) words
    wanted: np.ndarray  # (examples,) how many of the rarest pairs; 0 where no edit is allowed
    rows: np.ndarray  # (pairs,) non-decreasing: the example of each, from 0 on
    pairs: np.ndarray  # (pairs,) uint64 hashes


def may_repeat(examples: Sequence[Example]) -> list[int]:
    """Positions of the examples that may be near duplicates of another one, in order."""
    texts = [text for example in examples for text in (example.prompt, example.response)]
    if not texts:
        return []
    sketches = [sketch(words) for words in rough_words(texts)]
    numbers, whole, counts = (
        np.concatenate([getattr(own, name) for own in sketches])
        for name in ("numbers", "whole", "counts")
    )
    context = combined(role_numbers(examples), numbers[::2], numbers[1::2])  # (examples,)
    rows, keys = edit_keys(sketches)
    keys = np.concatenate(
        [combined(keys, context[rows]), combined(context, whole[::2], whole[1::2])]
    )
    rows = np.concatenate([rows, np.arange(len(examples))])
    return rows_that_share(rows, keys, counts[::2][rows])


def sketch(words: RoughWords) -> Sketch:
    """What is compared of the examples that some words, of prompt and response by turns, are of."""
    scattered = mixed(words.hashes)  # (words,)
    texts = len(words.symbols)
    counts = np.bincount(words.owners, minlength=texts)  # (texts,)
    edits = np.minimum((counts + words.symbols) // WORDS_PER_EDIT, MOST_EDITS)  # (texts,)
    edits = edits.reshape(-1, 2).sum(axis=1)  # (examples,)
    return Sketch(
        sums_by_text(scattered * words.is_number, words.owners, texts),
        sums_by_text(scattered, words.owners, texts),
        counts,
        np.where(edits > 0, 2 * edits + 1, 0),
        *neighbours(words.owners, scattered),
    )


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


def edit_keys(sketches: Sequence[Sketch]) -> tuple[np.ndarray, np.ndarray]:
    """(rows, keys), (keys,) each: the rarest pairs of words of examples that may be edited."""
    slots = [(own.pairs >> np.uint64(64 - SLOTS)).astype(np.int32) for own in sketches]
    frequency = np.zeros(2**SLOTS, np.uint64)
    for own in slots:
        np.add.at(frequency, own, np.uint64(1))
    rows, keys, first = [], [], 0
    for sketch, own in zip(sketches, slots, strict=True):
        rank = frequency[own] << np.uint64(40) | sketch.pairs >> np.uint64(24)  # rarest first
        found, values = rarest(sketch, rank)
        rows.append(first + found)
        keys.append(values)
        first += len(sketch.wanted)
    return np.concatenate(rows), np.concatenate(keys)


def rarest(sketch: Sketch, rank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(rows, keys) of some examples; FEW_WORDS is one of those with fewer pairs than are wanted."""
    used = sketch.wanted[sketch.rows] > 0
    rows, keys = smallest_by_row(sketch.rows[used], rank[used], sketch.wanted)
    few = np.flatnonzero(sketch.wanted > np.bincount(rows, minlength=len(sketch.wanted)))
    return np.concatenate([rows, few]), np.concatenate([keys, np.full(len(few), FEW_WORDS)])


def neighbours(owners: np.ndarray, scattered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(rows, hashes), (pairs,) each, of two words that follow one another in a text.

    owners, scattered: (words,) the text and the mixed hash of each.
    """
    within = owners[1:] == owners[:-1]
    side = (owners[1:] & 1).astype(np.uint64)
    pairs = mixed(mixed(scattered[:-1] * BASE + scattered[1:]) + side)
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
