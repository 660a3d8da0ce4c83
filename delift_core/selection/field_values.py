"""What the rows of a pool bring along in fields of theirs: numbers, and names of groups."""

import math
from collections.abc import Mapping

import numpy as np

from delift_core.data.example import Dataset, Example
from delift_core.data.text import is_single
from delift_core.errors import InvalidConstraint

MOST_GROUPS = 200  # values of a field that names groups


def field_numbers(pool: Dataset, field: str) -> np.ndarray:
    """(pool,) the number in a field of every original row; NaN where it is absent or empty.

    Raises InvalidConstraint for a field that no row has, or that holds something else in a row.
    """
    names = list(dict.fromkeys(name for example in pool for name in example.extra))
    if field not in names:
        raise InvalidConstraint(
            f"The pool has no field {field!r} to rank by. Fields are {', '.join(names) or 'none'}."
        )
    return np.array([_number(example, field) for example in pool], dtype=np.float64)


def _number(example: Example, field: str) -> float:
    """The number of one example. Raises InvalidConstraint."""
    value = example.extra.get(field)
    number = number_of(value)
    if number is None:
        raise InvalidConstraint(
            f"Row {example.row} (id {example.id}): its field {field!r} holds {str(value)[:60]!r},"
            " which is no number. Correct it, or leave it empty."
        )
    return number


def number_of(value: object) -> float | None:
    """A finite number, also one written as text; NaN for nothing, None for another value."""
    if value is None or value == "":
        return math.nan
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    if math.isinf(number):
        return None
    return number


def value_counts(pool: Dataset) -> dict[str, int]:
    """Field of the rows -> how many different values it has, of fields that hold single values."""
    values: dict[str, set] = {}
    for example in pool:
        for name, value in example.extra.items():
            if is_single(value):
                values.setdefault(name, set()).add(value)
    return {name: len(different) for name, different in values.items()}


def group_fields(counts: Mapping[str, int], rows: int) -> list[str]:
    """The fields whose values repeat: they name groups. counts: as of `value_counts`."""
    most_groups = min(MOST_GROUPS, rows // 2)
    return [name for name, count in counts.items() if 1 < count <= most_groups]
