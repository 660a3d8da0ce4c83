"""The fields of a pool's original rows that hold single values, and what they are good for."""

import streamlit as st

from delift_core.data.example import Dataset
from delift_core.data.groups import groups
from delift_core.runs.run import Run
from delift_core.selection import field_values

# parts of the names of fields that are likely to name topics, the likeliest first
TOPICS = ("topic", "category", "subject", "domain", "task", "type", "source", "dataset", "label")


@st.cache_resource(max_entries=16, show_spinner=False)
def _value_counts(_pool: Dataset, fingerprint: str) -> dict[str, int]:
    """Field -> how many different values it has."""
    return field_values.value_counts(_pool)


@st.cache_resource(max_entries=32, show_spinner=False)
def _groups(_pool: Dataset, fingerprint: str, field: str) -> list[str]:
    return groups(_pool, field)


def groups_of(pool: Dataset, field: str) -> list[str]:
    """(pool,) the value of a field as the name of the group that each example is in."""
    return _groups(pool, pool.fingerprint, field)


@st.cache_resource(max_entries=32, show_spinner=False)
def _values(_pool: Dataset, fingerprint: str, field: str) -> list[str]:
    return sorted(set(groups_of(_pool, field)))


def values(run: Run, field: str) -> list[str]:
    """Every value of a field as a group's name."""
    return _values(run.pool, run.pool.fingerprint, field)


def fields(run: Run) -> list[str]:
    """Every field that holds single values."""
    return list(_value_counts(run.pool, run.pool.fingerprint))


def colour_fields(run: Run) -> list[str]:
    """The fields that colours can show: numbers, and labels far fewer than the rows."""
    most_labels = len(run.pool) // 2
    return [
        name
        for name, count in _value_counts(run.pool, run.pool.fingerprint).items()
        if count <= most_labels or _holds_numbers(run, name)
    ]


def number_fields(run: Run) -> list[str]:
    """The fields that hold different numbers in every row: the pool can be ordered by them."""
    counts = _value_counts(run.pool, run.pool.fingerprint)
    return [name for name, count in counts.items() if count > 1 and _holds_numbers(run, name)]


def _holds_numbers(run: Run, name: str) -> bool:
    return all(isinstance(example.extra.get(name), int | float | None) for example in run.pool)


def group_fields(run: Run) -> list[str]:
    """The fields whose values repeat: they name groups."""
    return group_fields_of(run.pool)


def group_fields_of(pool: Dataset) -> list[str]:
    """The same of a pool that is in no run yet."""
    return field_values.group_fields(_value_counts(pool, pool.fingerprint), len(pool))


def likely_topic(run: Run) -> str | None:
    """The field whose name is likeliest to say what an example is about; None where none is."""
    fields = group_fields(run)
    for word in TOPICS:
        for field in sorted(fields, key=len):
            if word in field.casefold():
                return field
    return None
