"""Step 3 of scoring, first half: a prefix tree over prompts, so that a common prefix is read once.

Every pair of a column begins with the shown example, and examples of one task often go on with the
same instruction. All shown examples of a tile begin with what the template writes first. A branch
of the tree is used where it saves the model enough tokens to be worth a row of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

NONE = -1  # the parent of a prefix that starts at the first token

Tokens = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Tokens that several sequences have in common, behind those of a parent prefix."""

    parent: int  # index among the prefixes, or NONE
    level: int  # how many prefixes it continues
    end: int  # number of its tokens, its parents' included
    tokens: Tokens  # its own


class Branch(NamedTuple):
    """Two or more sequences that begin alike."""

    parent: int  # index among the branches, or NONE
    end: int  # number of tokens that they have in common
    sequences: list[int]  # their indices, in sorted order


class PrefixBatch(NamedTuple):
    """Sequences whose prefixes are cached together."""

    sequences: list[int]  # their indices
    prefixes: list[Prefix]  # parents first
    continues: list[int]  # for each of the sequences the index of its prefix, or NONE


def shared_prefixes(
    sequences: Sequence[Tokens], least_saved: int
) -> tuple[list[Prefix], list[int]]:
    """(prefixes, parents first; for each sequence the index of the prefix it continues, or NONE).

    least_saved: the fewest tokens that a prefix has to save, (readers - 1) x (its own tokens);
    what reads it are sequences and longer prefixes. A sequence never ends inside its prefix.
    """
    prefixes: list[Prefix] = []
    continues = [NONE] * len(sequences)
    branches = branches_of(sequences)
    readers = fewest_readers(branches, least_saved)
    longest: list[int] = []  # for each branch the longest prefix made of its tokens
    for branch, reading in zip(branches, readers):
        parent = NONE if branch.parent == NONE else longest[branch.parent]
        start, level = 0, 0
        if parent != NONE:
            start, level = prefixes[parent].end, prefixes[parent].level + 1
        if (branch.end - start) * (reading - 1) >= least_saved:
            tokens = sequences[branch.sequences[0]][start : branch.end]
            prefixes.append(Prefix(parent, level, branch.end, tokens))
            parent = len(prefixes) - 1
        longest.append(parent)
        for index in branch.sequences:
            continues[index] = parent
    return prefixes, continues


def branches_of(sequences: Sequence[Tokens]) -> list[Branch]:
    """Every branch of the prefix tree, parents first."""
    branches: list[Branch] = []
    # (sequences in order, tokens they have in common, their branch)
    waiting = [(sorted(range(len(sequences)), key=sequences.__getitem__), 0, NONE)]
    while waiting:
        group, common, parent = waiting.pop()
        for subgroup, end in groups_that_go_on_alike(sequences, group, common):
            waiting.append((subgroup, end, len(branches)))
            branches.append(Branch(parent, end, subgroup))
    return branches


def fewest_readers(branches: Sequence[Branch], least_saved: int) -> list[int]:
    """(branches,) how many would read the tokens of each.

    Each sequence does, or in its place a longer prefix that may be made.
    """
    readers = [len(branch.sequences) for branch in branches]
    for at in reversed(range(len(branches))):
        branch = branches[at]
        if branch.parent == NONE:
            continue
        may_be_made = branch.end * (readers[at] - 1) >= least_saved
        left = 1 if may_be_made else readers[at]
        readers[branch.parent] -= len(branch.sequences) - left
    return readers


def prefix_batches(
    sequences: Sequence[Tokens], least_saved: int, most_held: int
) -> Iterator[PrefixBatch]:
    """All sequences in batches whose prefixes fit into the cache, in one batch where that does.

    most_held: tokens of prefixes that are cached at a time, besides those of the longest. Batches
    are neighbours in sorted order, so they have much in common and little is read twice.
    """
    waiting = [sorted(range(len(sequences)), key=sequences.__getitem__)]
    while waiting:
        group = waiting.pop()
        prefixes, continues = shared_prefixes([sequences[index] for index in group], least_saved)
        longest = max((prefix.end for prefix in prefixes), default=0)
        held = sum(len(prefix.tokens) for prefix in prefixes) - longest
        if held > most_held:
            half = len(group) // 2
            waiting += [group[half:], group[:half]]
        else:
            yield PrefixBatch(group, prefixes, continues)


def groups_that_go_on_alike(
    sequences: Sequence[Tokens], group: Sequence[int], common: int
) -> Iterator[tuple[list[int], int]]:
    """(two or more of the group that go on alike, how many tokens those have in common).

    group: indices in sorted order of sequences that have `common` tokens in common.
    """
    longer = [index for index in group if len(sequences[index]) > common]
    for _, alike in groupby(longer, key=lambda index: sequences[index][common]):
        subgroup = list(alike)
        if len(subgroup) > 1:
            # in sorted order, the first and the last differ most
            first, last = sequences[subgroup[0]], sequences[subgroup[-1]]
            yield subgroup, common_length(first, last, common)


def common_length(first: Sequence[int], second: Sequence[int], known: int = 0) -> int:
    """How many leading tokens two sequences have in common; the first `known` are not compared."""
    shorter = min(len(first), len(second))
    for position in range(known, shorter):
        if first[position] != second[position]:
            return position
    return shorter
