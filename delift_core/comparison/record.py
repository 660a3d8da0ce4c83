"""A comparison as a JSON object: everything that a machine may ask of it."""

import math
from itertools import combinations

import numpy as np

from delift_core.comparison.comparison import Comparison, Entry
from delift_core.comparison.composition import Composition
from delift_core.data.example import Dataset


def comparison_record(pool: Dataset, comparison: Comparison) -> dict:
    """Entries with ids, measures with cells, overlap, lists, compositions; null where NaN."""
    return {
        "entries": [entry_record(pool, entry) for entry in comparison.entries],
        "refused": dict(comparison.refused),
        "measures": [measure_record(comparison, row) for row in range(len(comparison.measures))],
        "absent": dict(comparison.absent),
        "overlap": {
            "jaccard": numbers(comparison.jaccard),
            "expected": numbers(comparison.expected_jaccard),
            "rank_correlation": numbers(comparison.rank_correlation),
        },
        "lists": list_records(pool, comparison),
        "compositions": list(map(composition_record, comparison.compositions)),
    }


def entry_record(pool: Dataset, entry: Entry) -> dict:
    """A selection, its ids in order of choice, and what choosing it costs."""
    return {
        "name": entry.name,
        "method": entry.selection.method,
        "options": dict(entry.selection.options),
        "budget": str(entry.selection.budget),
        "pinned": entry.selection.pinned,
        "cost": None if entry.cost is None else vars(entry.cost),
        "ids": ids_of(pool, entry.rows),
    }


def measure_record(comparison: Comparison, row: int) -> dict:
    """A measure and its cells, one an entry."""
    measure = comparison.measures[row]
    cells = [comparison.cell(row, column) for column in range(len(comparison.entries))]
    return {
        "name": measure.name,
        "title": measure.title,
        "sentence": measure.sentence,
        "unit": measure.unit,
        "better": measure.better,
        "optimised_by": list(measure.optimised_by),
        "cells": [
            {name: number(value) for name, value in {**vars(cell), "z": cell.z}.items()}
            for cell in cells
        ],
    }


def list_records(pool: Dataset, comparison: Comparison) -> list[dict]:
    """Of every two entries, the ids that only one holds and those that both hold."""
    names = [entry.name for entry in comparison.entries]
    return [
        {
            "first": names[first],
            "second": names[second],
            "only_first": ids_of(pool, comparison.only_in(first, second)),
            "only_second": ids_of(pool, comparison.only_in(second, first)),
            "both": ids_of(pool, comparison.in_both(first, second)),
        }
        for first, second in combinations(range(len(names)), 2)
    ]


def composition_record(composition: Composition) -> dict:
    """Rows of every value of a field: in the pool, in each entry, and in its random selections."""
    return {
        "field": composition.field,
        "values": list(composition.values),
        "pool": composition.pool.tolist(),
        "chosen": composition.chosen.tolist(),
        "lowest": composition.lowest.tolist(),
        "highest": composition.highest.tolist(),
        "mean_distances": None if composition.distances is None else numbers(composition.distances),
    }


def ids_of(pool: Dataset, rows: np.ndarray) -> list[str]:
    """The ids of some rows of the pool."""
    return [pool[index].id for index in rows.tolist()]


def numbers(matrix: np.ndarray) -> list[list[float | None]]:
    """The lines of a matrix, None for NaN."""
    return [[number(value) for value in line] for line in matrix.tolist()]


def number(value: float) -> float | None:
    """A number, None for NaN: JSON has no word for it."""
    return None if math.isnan(value) else value
