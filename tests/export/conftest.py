"""Pools, selections and rows read back, for the tests of exports."""

import numpy as np

from delift_core.data.example import Dataset
from delift_core.data.readers import read_dataset
from delift_core.selection.budget import Budget, BudgetUnit
from delift_core.selection.greedy import Selection
from delift_core.selection.objective_names import ObjectiveName

ROWS = [
    {"id": "a", "prompt": "What is 2 + 2?", "response": "4"},
    {"id": "b", "prompt": "Name a colour.", "response": "Blue"},
    {"id": "c", "prompt": "Say hello.", "response": "Hello"},
]


def pool_of(rows):
    """Rows as a pool in which every near-duplicate stays."""
    return read_dataset(rows, near_duplicates="keep")


def selection_of(*indices):
    """A selection of these indices in this order, with falling gains."""
    return Selection(
        np.array(indices, dtype=np.int64),
        np.linspace(1, 0.5, len(indices)),
        Budget(len(indices), BudgetUnit.ROWS),
        ObjectiveName.FACILITY_LOCATION,
    )


def whole_selection(dataset: Dataset):
    """Every example of a pool in its order."""
    return selection_of(*range(len(dataset)))


def fields_in(path):
    """The rows of a file as they are read."""
    return [dict(example.extra) for example in read_dataset(path, near_duplicates="keep")]
