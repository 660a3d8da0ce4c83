"""Step 3 of scoring, first half: what several sequences begin with, so that it is read once.

Every pair of a column begins with the shown example, and examples of one task often go on with the
same instruction: a prefix tree, of which a branch is kept where it saves the model enough tokens to
be worth a row of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

NONE = -1  # the parent of what begins at the first token


@dataclass(frozen=True, slots=True)
class Beginning:
    """A stretch of tokens that several sequences have in common, behind that of its parent."""

    parent: int  # place among the beginnings, or NONE
    level: int  # how many it continues
    end: int  # tokens from the first of the sequence to the last of its own
    tokens: tuple[int, ...]  # its own


def shared_beginnings(
    sequences: Sequence[tuple[int, ...]], worth: int
) -> tuple[list[Beginning], list[int]]:
    """(beginnings, parents first; which of them each sequence continues, or NONE).

    worth: the fewest tokens that a beginning has to save, (sequences - 1) x (its own tokens). A
    sequence never ends inside its beginning.
    """
    kept, continues = [], [NONE] * len(sequences)
    # rows in order, tokens they share, what is kept of those
    waiting = [(sorted(range(len(sequences)), key=sequences.__getitem__), 0, NONE)]
    while waiting:
        rows, common, parent = waiting.pop()
        for row in rows:
            continues[row] = parent
        for group, end in parting(sequences, rows, common):
            start = kept[parent].end if parent != NONE else 0
            if (end - start) * (len(group) - 1) >= worth:
                kept.append(
                    Beginning(
                        parent,
                        kept[parent].level + 1 if parent != NONE else 0,
                        end,
                        sequences[group[0]][start:end],
                    )
                )
                waiting.append((group, end, len(kept) - 1))
            else:
                waiting.append((group, end, parent))
    return kept, continues


def parts_that_fit(
    sequences: Sequence[tuple[int, ...]], worth: int, most: int
) -> Iterator[tuple[list[int], list[Beginning], list[int]]]:
    """(sequences, their beginnings, which of these each continues) of all sequences, or of parts of
    them one after the other.

    most: tokens of beginnings that are held at a time beside the longest. Parts are neighbours in
    order, so they begin alike and little is read twice.
    """
    waiting = [sorted(range(len(sequences)), key=sequences.__getitem__)]
    while waiting:
        rows = waiting.pop()
        kept, continues = shared_beginnings([sequences[row] for row in rows], worth)
        held = sum(len(one.tokens) for one in kept) - max((one.end for one in kept), default=0)
        if held > most:
            waiting += [rows[len(rows) // 2 :], rows[: len(rows) // 2]]
        else:
            yield rows, kept, continues


def parting(
    sequences: Sequence[tuple[int, ...]], rows: Sequence[int], common: int
) -> Iterator[tuple[list[int], int]]:
    """Rows that go on alike behind `common` tokens, two or more of them, and how many tokens those
    share. rows: in order.
    """
    longer = [row for row in rows if len(sequences[row]) > common]
    for _, alike in groupby(longer, key=lambda row: sequences[row][common]):
        group = list(alike)
        if len(group) > 1:
            # in order, the ends differ most
            yield group, shared(sequences[group[0]], sequences[group[-1]], common)


def shared(first: Sequence[int], second: Sequence[int], known: int = 0) -> int:
    """How many leading tokens two sequences have in common. known: that many are."""
    shorter = min(len(first), len(second))
    return next((at for at in range(known, shorter) if first[at] != second[at]), shorter)
