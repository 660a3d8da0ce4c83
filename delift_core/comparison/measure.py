"""What is known of a measure of a set of examples."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from delift_core.comparison.inputs import ABSENT, Basis, ComparisonInputs
from delift_core.units import coverage_percent, number

RowSets = Sequence[np.ndarray]  # (sets,) of (chosen,) indices in the pool, each once


class Better(StrEnum):
    """Which values of a measure are better ones."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Unit(StrEnum):
    """What a measure counts."""

    SHARE = "share"
    EXAMPLES = "examples"
    TOKENS = "tokens"
    NATS = "nats"
    NUMBER = "number"


class Standing(StrEnum):
    """Where a value lies beside those of random selections."""

    ABOVE = "above"
    WITHIN = "within"
    BELOW = "below"


@dataclass(frozen=True)
class SetMeasure:
    """A number that is worked out of a set of chosen examples."""

    name: str
    title: str
    sentence: str
    unit: Unit
    better: Better
    basis: tuple[Basis, ...]
    # (sets,) the value of each set, NaN where it has none
    values: Callable[[ComparisonInputs, RowSets], np.ndarray] = field(compare=False)
    optimised_by: tuple[str, ...] = ()  # methods that maximise or minimise it themselves

    def absent(self, inputs: ComparisonInputs) -> str | None:
        """Why it cannot be worked out, and what to do; None where it can."""
        for basis in self.basis:
            if basis not in inputs.available:
                return ABSENT[basis]
        return None

    def text(self, value: float) -> str:
        """A value as it is written everywhere: 79.1 %, 1,204, 0.0312; a dash for none."""
        if not np.isfinite(value):
            return "\u2013"
        if self.unit is Unit.SHARE:
            return coverage_percent(value)
        if self.unit in (Unit.EXAMPLES, Unit.TOKENS):
            return f"{value:,.1f}".removesuffix(".0")
        return number(value, ".3g")

    def is_better(self, standing: Standing) -> bool | None:
        """Whether to lie there is better than chance; None where it is neither."""
        if self.better is Better.NEITHER or standing is Standing.WITHIN:
            return None
        return (standing is Standing.ABOVE) == (self.better is Better.HIGHER)
