"""Texts -> their words as 64-bit hashes, as many texts at once as a processor's cache holds.

Words are runs of letters or digits, and single letters of scripts without spaces; as `folded_text`
has them, but without symbols.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from delift_core.data.word_edits import UNSPACED

END = "\x00"  # stands behind each of several texts
LETTER, UNSPACED_LETTER, DIGIT, QUOTE, SYMBOL = range(1, 6)  # 0: spaces
KINDS = {  # later ones win
    SYMBOL: r"[^\w\s]|_",
    LETTER: r"[^\W\d_]",
    DIGIT: r"\d",
    UNSPACED_LETTER: f"[{UNSPACED}]",
    QUOTE: "['‘’ʼ]",
}
CHUNK = 2**17  # characters that are read at a time
BASE = np.uint64(0x9E3779B97F4A7C15 | 1)
FACTORS = np.array([0xBF58476D1CE4E5B9, 0x94D049BB133111EB], np.uint64)


@dataclass(frozen=True, eq=False)
class RoughWords:
    """The words of some texts, text behind text, and what belongs to each text."""

    first: int  # index of the first of these texts
    hashes: np.ndarray  # (words,) uint64
    owners: np.ndarray  # (words,) int64, non-decreasing: the text of each, from 0 on
    is_number: np.ndarray  # (words,) bool
    symbols: np.ndarray  # (texts,) how many letters are neither words nor spaces


def rough_words(texts: Sequence[str]) -> Iterator[RoughWords]:
    """The words of texts, an even number of texts at a time."""
    for first, part in chunks(texts):
        codes, kinds = codes_and_kinds(part)
        ends = np.flatnonzero(codes == 0)  # (texts,)
        starts, stops = word_spans(kinds)
        yield RoughWords(
            first,
            span_hashes(codes, starts, stops),
            np.searchsorted(ends, starts),
            kinds[starts] == DIGIT,
            np.diff(np.cumsum(kinds == SYMBOL)[ends], prepend=0),
        )


def chunks(texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(index of the first text, some texts without case, each closed by END); an even number."""
    first, room, part = 0, CHUNK, []
    for index, text in enumerate(texts):
        part.append(text.replace(END, " "))
        room -= len(text)
        if (room < 0 and len(part) % 2 == 0) or index == len(texts) - 1:
            yield first, END.join([*part, ""]).casefold()
            first, room, part = index + 1, CHUNK, []


def codes_and_kinds(text: str) -> tuple[np.ndarray, np.ndarray]:
    """(characters as numbers, their kinds), (characters,) each; an apostrophe may be a letter."""
    if text.isascii():
        codes = np.frombuffer(text.encode("ascii"), np.uint8)
        kinds = kind_table(128)[codes]
    else:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        kinds = kind_table(1 << int(codes.max()).bit_length())[codes]
    kinds[codes == 0] = 0
    quotes = np.flatnonzero(kinds == QUOTE)
    inner = quotes[(quotes > 0) & (quotes < len(kinds) - 1)]
    joins = (kinds[inner - 1] == LETTER) & (kinds[inner + 1] == LETTER)
    kinds[quotes] = SYMBOL
    kinds[inner[joins]] = LETTER
    if len(quotes) and codes.dtype == np.uint32:
        codes = codes.copy()
        codes[quotes] = ord("'")
    return codes, kinds


@lru_cache
def kind_table(size: int) -> np.ndarray:
    """(size,) uint8 kind of every character below a number."""
    everything = "".join(map(chr, range(min(size, 0x110000))))
    table = np.zeros(size, np.uint8)
    for kind, pattern in KINDS.items():
        for match in re.finditer(f"(?:{pattern})+", everything):
            table[match.start() : match.end()] = kind
    return table


def word_spans(kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(first characters, characters behind the last), (words,) each."""
    is_word = (kinds == LETTER) | (kinds == DIGIT)
    changes = np.flatnonzero(np.diff(kinds, prepend=0, append=0))  # a run begins here
    runs = changes[:-1]
    of_word = is_word[runs]
    starts, stops = runs[of_word], changes[1:][of_word]
    alone = np.flatnonzero(kinds == UNSPACED_LETTER)
    if not len(alone):
        return starts, stops
    order = np.argsort(np.concatenate([starts, alone]), kind="stable")
    return np.concatenate([starts, alone])[order], np.concatenate([stops, alone + 1])[order]


def span_hashes(codes: np.ndarray, starts: np.ndarray, stops: np.ndarray) -> np.ndarray:
    """(words,) uint64: sum of code BASE^place over the characters of a word, modulo 2^64.

    Of sums over the whole text, P: (P[stop] - P[start]) BASE^-start.
    """
    powers, inverses = powers_of(BASE, len(codes)), powers_of(inverse_of(BASE), len(codes))
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * powers, out=sums[1:])
    return (sums[stops] - sums[starts]) * inverses[starts]


def powers_of(base: np.uint64, size: int) -> np.ndarray:
    """(size,) uint64 powers of a number modulo 2^64, from the 0th on."""
    return _powers(int(base), 1 << max(size - 1, 1).bit_length())[:size]


@lru_cache(4)
def _powers(base: int, size: int) -> np.ndarray:
    factors = np.full(size, base, np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


def inverse_of(odd: np.uint64) -> np.uint64:
    """The number by which an odd one gives 1 modulo 2^64."""
    return np.uint64(pow(int(odd), -1, 2**64))


def mixed(values: np.ndarray) -> np.ndarray:
    """Hashes of hashes: every bit depends on every bit."""
    values = (values ^ values >> np.uint64(30)) * FACTORS[0]
    values = (values ^ values >> np.uint64(27)) * FACTORS[1]
    return values ^ values >> np.uint64(31)


def combined(*parts: np.ndarray) -> np.ndarray:
    """One hash of several, which depends on their order."""
    total = mixed(parts[0])
    for part in parts[1:]:
        total = mixed(total * BASE + part)
    return total
