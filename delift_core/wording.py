"""What the report says of an objective and of the scales it is built on."""

import re
from html import escape

from markupsafe import Markup

from delift_core.scoring.kernel import Measure
from delift_core.scoring.plan import Plan, PlanKind
from delift_core.scoring.transforms import Diagonal, Transform
from delift_core.selection.budget import BudgetUnit
from delift_core.selection.coverage_estimate import CoverageEstimate
from delift_core.selection.outcome import Outcome
from delift_core.units import coverage_percent, coverage_range

UTILITIES = {
    Measure.L2: (
        "U_{i, j} = d(i alone) − d(i after j)",
        (
            "d is the root mean square of 1 − p over the tokens of the answer, each token's"
            " probability p given the true ones before it. Above zero, showing example j helps the"
            " model answer example i."
        ),
    ),
    Measure.PMI: (
        "U_{i, j} = log p(i after j) − log p(i alone)",
        (
            "log p is the mean over the tokens of the answer, each given the true ones before it. "
            "Above zero, showing example j helps the model answer example i."
        ),
    ),
}
SIMILARITIES = {
    Transform.CLIP: ("s_{i, j} = max(U_{i, j}, 0)", "What does not help counts as nothing."),
    Transform.RAW: ("s_{i, j} = U_{i, j}", "What hurts counts against an example."),
    Transform.MINMAX: (
        "s_{i, j} = (U_{i, j} − low) / (high − low)",
        "One scale from 0 to 1 for all kernels of the run.",
    ),
}
DIAGONALS = {
    Diagonal.CAPPED: (
        "An example shown to itself would give its answer away; it counts as much as its best other"
        " helper."
    ),
    Diagonal.MASKED: "An example shown to itself would give its answer away; it counts as nothing.",
    Diagonal.KEPT: "An example shown to itself counts as scored.",
}
PLANS = {  # plan -> its name, which pairs it scores, and what it gives up
    PlanKind.ALL: (
        "Every pair",
        "Every shown example with every answered one.",
        "Nothing is left out or inferred.",
    ),
    PlanKind.NEAREST: (
        "Nearest pairs",
        "Behind every shown example those nearest to it, and some drawn at random.",
        (
            "Every other pair counts at what its answered example gains on average: help between"
            " examples that are not alike can go unseen."
        ),
    ),
    PlanKind.SAMPLED: (
        "Sampled rows",
        "Every pair of some answered examples, drawn from groups of like ones.",
        (
            "Each counts for several like it, so values come with an error bar; once the sampled"
            " ones are covered, nothing tells the rest of the choice apart."
        ),
    ),
}
SOURCES = {
    "chosen": "the chosen",
    "random": "random examples of the pool",
    "rejected": "the rejected",
}


def plan_name(plan: Plan) -> str:
    """A plan in two or three words."""
    return "all" if plan.is_all else f"{plan.kind}, {percent(plan.share)}"


def plan_line(plan: Plan) -> str:
    """A plan in words: how many pairs, which, and what that gives up."""
    name, scored, given_up = PLANS[plan.kind]
    return (
        f"{name}. {scored}"
        if plan.is_all
        else f"{name}, {percent(plan.share)} of all. {scored} {given_up}"
    )


def coverage_line(plan: Plan, share: float, reach: CoverageEstimate | None) -> str:
    """How far a choice reaches, as surely as the plan of its run lets anyone say."""
    if reach is not None:
        low, high = reach.bounds
        return (
            f"about {coverage_percent(reach.share)} of what the whole pool reaches"
            f" ({coverage_range(low, high)}), estimated on sampled rows that the choice was not"
            " made from; the interval is rather too narrow"
        )
    told = f"{coverage_percent(share)} of what the whole pool reaches"
    return told if plan.is_all else f"{told}, where pairs that were not scored count as inferred"


def chosen_line(outcome: Outcome) -> str:
    """How many a choice selects and what they reach, as a headline."""
    return (
        f"{len(outcome.selection):,} of {outcome.objective.size:,} examples reach"
        f" {coverage_percent(outcome.coverage)} of what the whole pool reaches"
    )


def random_line(outcome: Outcome) -> str:
    """What random selections with the same budget reach."""
    unit = "rows"
    if outcome.selection.budget.unit is BudgetUnit.TOKENS:
        unit = "tokens"
    return (
        f"Ten random orders of the pool reach {coverage_range(*outcome.random_range)} with as many"
        f" {unit}."
    )


def percent(share: float) -> str:
    """20 %, 12.5 %."""
    return f"{100 * share:.3g} %"


def equation(text: str) -> Markup:
    """An equation with its indices lowered and its letters in italics."""
    lowered = re.sub(r"_\{([^}]*)\}", r"<sub>\1</sub>", escape(text))
    return Markup(re.sub(r"(?<![\w<])([A-Za-zην])(?!\w)", r"<var>\1</var>", lowered))
