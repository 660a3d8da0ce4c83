"""Selections side by side: the records, and how they come from the selections."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from delift_core.comparison.composition import Composition, composition
from delift_core.comparison.cost import Cost
from delift_core.comparison.inputs import ComparisonInputs
from delift_core.comparison.measure import RowSets, SetMeasure, Standing
from delift_core.comparison.overlap import expected_jaccard, jaccard, rank_correlations
from delift_core.comparison.register import MEASURES
from delift_core.selection.baselines.random import random_order
from delift_core.selection.constraints import Constraints
from delift_core.selection.curves import RANDOM_SEEDS
from delift_core.selection.greedy import Selection


@dataclass(frozen=True, eq=False)
class Entry:
    """A selection to compare, and the constraints that it and its random ones keep to."""

    name: str
    selection: Selection
    constraints: Constraints
    cost: Cost | None = None  # None where it is not known

    @property
    def rows(self) -> np.ndarray:
        """(chosen,) indices in order of choice."""
        return self.selection.indices


@dataclass(frozen=True, eq=False)
class RandomDraws:
    """Random selections under the constraints of an entry, and their values of every measure."""

    rows: RowSets  # (seeds,)
    values: np.ndarray  # (measures, seeds) in the order of `measures_of`


@dataclass(frozen=True)
class Cell:
    """A measure of a selection, beside random ones under the same constraints; NaN for none."""

    value: float
    low: float  # of the random ones
    high: float
    mean: float
    deviation: float  # standard deviation of the random ones

    @property
    def z(self) -> float:
        """(value - mean) / standard deviation, NaN where the random ones do not differ."""
        if not self.high > self.low:  # the deviation of equal numbers may be a rounding error
            return float("nan")
        return (self.value - self.mean) / self.deviation

    @property
    def standing(self) -> Standing:
        """Above or below all random ones, or within their range."""
        if self.value > self.high:
            return Standing.ABOVE
        if self.value < self.low:
            return Standing.BELOW
        return Standing.WITHIN


@dataclass(frozen=True, eq=False)
class Comparison:
    """Selections of a pool side by side."""

    entries: tuple[Entry, ...]
    measures: tuple[SetMeasure, ...]  # those that can be worked out
    absent: Mapping[str, str]  # name of another measure -> why it is not there
    values: np.ndarray  # (measures, entries)
    draws: tuple[RandomDraws, ...]  # of each entry
    jaccard: np.ndarray  # (entries, entries)
    expected_jaccard: np.ndarray  # (entries, entries) of random selections as large
    rank_correlation: np.ndarray  # (entries, entries) of what two selections both hold
    compositions: tuple[Composition, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)  # method -> why it could not choose

    def cell(self, measure: int, entry: int) -> Cell:
        """The measure of that number for the entry of that number."""
        random = self.draws[entry].values[measure]  # (seeds,)
        return Cell(
            value=float(self.values[measure, entry]),
            low=float(random.min()),
            high=float(random.max()),
            mean=float(random.mean()),
            deviation=float(random.std(ddof=1)),
        )

    def only_in(self, first: int, second: int) -> np.ndarray:
        """(rows,) what the first entry holds and the second does not, in order of choice."""
        rows = self.entries[first].rows
        return rows[~np.isin(rows, self.entries[second].rows)]

    def in_both(self, first: int, second: int) -> np.ndarray:
        """(rows,) what both entries hold, in the first's order of choice."""
        rows = self.entries[first].rows
        return rows[np.isin(rows, self.entries[second].rows)]


def compare_entries(
    inputs: ComparisonInputs,
    entries: Sequence[Entry],
    fields: Sequence[str] = (),
    draw: Callable[[Constraints], RandomDraws] | None = None,
) -> Comparison:
    """Every measure, overlap and composition of some selections.

    fields: of the original rows, for compositions.
    draw: where random selections come from; worked out here by default, once for entries that
        share their constraints.
    """
    if draw is None:
        draw = cache(lambda constraints: random_draws(inputs, constraints))
    rows = [entry.rows for entry in entries]
    constraints = [entry.constraints for entry in entries]
    draws = tuple(map(draw, constraints))
    chance = [drawn.rows for drawn in draws]
    embeddings = None if inputs.pool_pass is None else inputs.embeddings  # (pool, width)
    return Comparison(
        entries=tuple(entries),
        measures=measures_of(inputs),
        absent=absent_measures(inputs),
        values=measured(inputs, rows),
        draws=draws,
        jaccard=jaccard(rows, len(inputs.pool)),
        expected_jaccard=expected_jaccard(rows, constraints),
        rank_correlation=rank_correlations(rows),
        compositions=tuple(
            composition(inputs.pool, name, rows, chance, embeddings) for name in fields
        ),
    )


def random_draws(
    inputs: ComparisonInputs, constraints: Constraints, seeds: Sequence[int] = RANDOM_SEEDS
) -> RandomDraws:
    """Seeded random selections under constraints, measured."""
    rows = [random_order(constraints, seed) for seed in seeds]
    return RandomDraws(rows, measured(inputs, rows))


def measured(inputs: ComparisonInputs, rows: RowSets) -> np.ndarray:
    """(measures, sets) every measure that can be worked out, of sets of examples.

    What was measured before is not measured again: no measure depends on the order of a set.
    """
    keys = [np.sort(chosen).tobytes() for chosen in rows]
    new = {key: chosen for key, chosen in zip(keys, rows) if key not in inputs.measured}
    values = [measure.values(inputs, list(new.values())) for measure in measures_of(inputs)]
    columns = np.array(values).reshape(len(values), len(new)).T  # (new, measures)
    inputs.measured.update(zip(new, columns))
    return np.array([inputs.measured[key] for key in keys]).reshape(len(rows), len(values)).T


def measures_of(inputs: ComparisonInputs) -> tuple[SetMeasure, ...]:
    """The measures that can be worked out, in the order of the register."""
    return tuple(measure for measure in MEASURES if measure.absent(inputs) is None)


def absent_measures(inputs: ComparisonInputs) -> dict[str, str]:
    """Name -> why, of the measures that cannot be worked out."""
    reasons = {measure.name: measure.absent(inputs) for measure in MEASURES}
    return {name: reason for name, reason in reasons.items() if reason is not None}
