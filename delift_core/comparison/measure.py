"""What is known of a measure of a set of examples."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from delift_core.comparison.inputs import ABSENT, Basis, ComparisonInputs

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
