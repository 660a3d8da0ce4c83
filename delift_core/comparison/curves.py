"""Coverage of several selections example by example, beside random ones under the same budget."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from delift_core.comparison.comparison import Entry
from delift_core.selection.budget import BudgetUnit
from delift_core.selection.curves import coverage_curve, random_band, spent_by
from delift_core.selection.greedy import Selection, selection_in_order
from delift_core.selection.objective import Objective

Line = tuple[np.ndarray, np.ndarray]  # (chosen + 1,) both: what is spent, what is covered


@dataclass(frozen=True, eq=False)
class ComparedCurves:
    """One line for each selection, and the band of random ones beside the first."""

    unit: str  # what is spent, examples or tokens
    lines: tuple[Line, ...]
    spent: np.ndarray  # (points,) where the band is known
    lowest: np.ndarray  # (points,) coverage of random selections
    highest: np.ndarray  # (points,)


def compared_curves(objective: Objective, entries: Sequence[Entry]) -> ComparedCurves:
    """The curves of some selections under one objective, and the band beside the first."""
    first = entries[0]
    lines = tuple(curve_line(objective, entry) for entry in entries)
    tokens = first.constraints.budget.unit is BudgetUnit.TOKENS
    band = random_band(objective, first.constraints, under(objective, first))
    return ComparedCurves("tokens" if tokens else "examples", lines, lines[0][0], *band)


def curve_line(objective: Objective, entry: Entry) -> Line:
    """What the first 0, 1, ... examples of a selection spend and cover under an objective."""
    selection = under(objective, entry)
    return spent_by(entry.constraints, selection), coverage_curve(selection, objective.whole)


def under(objective: Objective, entry: Entry) -> Selection:
    """The selection with the gains that its examples have under another objective."""
    return selection_in_order(objective, entry.constraints, entry.rows, entry.name)
