"""The groups of a dataset: the values of one field of its original rows, as text."""

from collections import Counter

from delift_core.data.example import Dataset
from delift_core.data.text import as_text, is_single, json_text
from delift_core.errors import InvalidConstraint


def groups(dataset: Dataset, column: str | None) -> list[str] | None:
    """The value of one original field for every example, as text; None without one.

    Raises InvalidConstraint for a field that no row has.
    """
    if column is None:
        return None
    fields = Counter(name for example in dataset for name in example.extra)
    if column not in fields:
        raise InvalidConstraint(
            f"{dataset.source} has no field {column!r} to group by. Fields are"
            f" {', '.join(fields) or 'none'}."
        )
    return [group_name(example.extra.get(column)) for example in dataset]


def group_name(value: object) -> str:
    """The value of a field as the name of a group; empty for none."""
    if is_single(value):
        return as_text(value) or ""
    return json_text(value)
