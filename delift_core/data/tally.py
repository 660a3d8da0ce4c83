"""What became of the rows of a source, each counted once."""

from typing import NamedTuple

from delift_core.data.example import Dataset, ProblemKind

DUPLICATES = frozenset({ProblemKind.EXACT_DUPLICATE, ProblemKind.NEAR_DUPLICATE})


class Tally(NamedTuple):
    """Rows of a source by what reading did with them."""

    left_out: int  # broken, empty, or repeated in pool or target: not among the examples
    merged: int  # duplicates that another example stands for
    notices: int  # used all the same: read differently from how they stand, or kept duplicates


def tally(dataset: Dataset) -> Tally:
    """The rows of a dataset's source that there is something to know of."""
    counts = dataset.counts
    duplicates = sum(counts[kind] for kind in DUPLICATES)
    merged = duplicates if merges(dataset) else 0
    notices = counts[ProblemKind.ALTERED] + duplicates - merged
    return Tally(counts.total() - notices - merged, merged, notices)


def merges(dataset: Dataset) -> bool:
    """Whether duplicates were merged at reading."""
    if dataset.read_record is None:
        return bool(dataset.collapsed)
    return not dataset.read_record.options.keeps_duplicates
