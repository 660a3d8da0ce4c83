"""Numbers that the rows of a pool bring along, in a field of theirs."""

import math

import numpy as np

from delift_core.data.example import Dataset, Example
from delift_core.errors import InvalidConstraint


def field_numbers(pool: Dataset, field: str) -> np.ndarray:
    """(pool,) the number in a field of every original row; NaN where it is absent or empty.

    Raises InvalidConstraint for a field that no row has, or that holds something else in a row.
    """
    names = list(dict.fromkeys(name for example in pool for name in example.extra))
    if field not in names:
        raise InvalidConstraint(
            f"The pool has no field {field!r} to rank by. Fields are {', '.join(names)}."
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
