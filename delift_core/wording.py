"""Sentences about plans, models, coverage and measures that several places share."""

from typing import NamedTuple

from delift_core.comparison.comparison import Cell
from delift_core.comparison.measure import Better, SetMeasure, Standing
from delift_core.scoring.kernel_names import KERNELS, role_name
from delift_core.scoring.plan import Plan, PlanKind
from delift_core.scoring.training_rows import TrainingCounts
from delift_core.selection.budget import BudgetUnit
from delift_core.selection.coverage_estimate import CoverageEstimate
from delift_core.selection.curves import RANDOM_SEEDS
from delift_core.selection.objectives import OBJECTIVES
from delift_core.selection.outcome import Outcome
from delift_core.units import counted, coverage_percent, coverage_range, from_to, percent


class PlanText(NamedTuple):
    """What a plan does."""

    title: str
    scored: str  # which pairs it scores
    given_up: str


# what follows a value that lies beyond all random selections
STANDINGS = {Standing.ABOVE: " ▲", Standing.WITHIN: "", Standing.BELOW: " ▼"}
PLANS = {
    PlanKind.ALL: PlanText(
        "Every pair",
        "Every shown example with every answered one.",
        "Nothing is left out or inferred.",
    ),
    PlanKind.NEAREST: PlanText(
        "Nearest pairs",
        "Behind every shown example those nearest to it, and some drawn at random.",
        (
            "Every other pair counts at what its answered example gains on average: help between"
            " examples that are not alike can go unseen."
        ),
    ),
    PlanKind.SAMPLED: PlanText(
        "Sampled rows",
        "Every pair of some answered examples, drawn from groups of like ones.",
        (
            "Each counts for several like it, so values come with an error bar; once the sampled"
            " ones are covered, nothing tells the rest of the choice apart."
        ),
    ),
}

MEAN_GRADIENT = "The run has no target: the pool's mean gradient stands for that of one."


def kernel_title(name: str) -> str:
    """A kernel by whom it says is helped by whom: Pool helped by target."""
    answered, shown = KERNELS[name]
    return f"{role_name(answered).capitalize()} helped by {role_name(shown)}"


def plan_name(plan: Plan) -> str:
    """A plan in two or three words."""
    if plan.is_all:
        return "all"
    return f"{plan.kind}, {plan_amount(plan).removesuffix(' of all')}"


def plan_amount(plan: Plan) -> str:
    """How many pairs a plan scores: 20 % of all, or 64 an example."""
    if plan.number is not None:
        return f"{plan.number:,} an example"
    return f"{percent(plan.share)} of all"


def plan_line(plan: Plan) -> str:
    """How many pairs a plan scores, which, and what that gives up."""
    text = PLANS[plan.kind]
    if plan.is_all:
        return f"{text.title}. {text.scored}"
    return f"{text.title}, {plan_amount(plan)}. {text.scored} {text.given_up}"


def reading_line(obstacle: str) -> str:
    """That a model is not read in packs, and why; empty where it is."""
    if not obstacle:
        return ""
    return f"This model reads each sequence by itself, which is slower than in packs: {obstacle}."


def other_model_line(scored: str, tuned: str) -> str:
    """That a validation tunes another model than the one that scored."""
    return (
        f"{scored} scored the pairs and {tuned} is tuned: what helps one model need not help the"
        " other."
    )


def date_line(date: str) -> str:
    """That a date stands in prompts in place of the day's."""
    return (
        f"The model's chat template writes the day's date: {date} stands in its place, so that a"
        " run on another day is the same."
    )


def coverage_line(
    plan: Plan, coverage: float, estimate: CoverageEstimate | None, name: str = "coverage"
) -> str:
    """The coverage of a choice, as surely as the plan of its run allows.

    estimate: where rows were sampled. name: what the objective calls its coverage.
    """
    if estimate is not None:
        interval = coverage_range(*estimate.bounds)
        return (
            f"about {coverage_percent(estimate.coverage)} {name} ({interval}), estimated on"
            " sampled rows that the choice was not made from; the interval is rather too narrow"
        )
    line = f"{coverage_percent(coverage)} {name}"
    if plan.is_all:
        return line
    return f"{line}, where pairs that were not scored count as inferred"


def chosen_line(plan: Plan, outcome: Outcome, estimate: CoverageEstimate | None) -> str:
    """How many examples a choice selects and their coverage, as a headline.

    estimate: of the coverage, where rows were sampled.
    """
    name = OBJECTIVES[outcome.objective.name].coverage
    return (
        f"{len(outcome.selection):,} of {outcome.objective.size:,} examples give"
        f" {coverage_line(plan, outcome.coverage, estimate, name)}"
    )


def random_line(outcome: Outcome) -> str:
    """The coverage of random selections with the same budget."""
    return f"{random_title(outcome)}: {coverage_range(*outcome.random_range)}."


def random_title(outcome: Outcome) -> str:
    """How many random selections there are, and under what budget where that is not of examples."""
    runs = f"{len(RANDOM_SEEDS)} runs"
    if outcome.selection.budget.unit is BudgetUnit.TOKENS:
        runs = f"{runs}, as many tokens"
    return f"Random selection ({runs})"


def random_values(measure: SetMeasure, cell: Cell) -> str:
    """The least and the most that random selections have: 79.1 to 84 %."""
    return from_to(measure.text(cell.low), measure.text(cell.high))


def better_line(measure: SetMeasure) -> str:
    """Which values are better, and who optimises the measure itself."""
    line = {
        Better.HIGHER: "Higher is better.",
        Better.LOWER: "Lower is better.",
        Better.NEITHER: "Neither way is better.",
    }[measure.better]
    if not measure.optimised_by:
        return f"{line} No method optimises it."
    verb = "optimises" if len(measure.optimised_by) == 1 else "optimise"
    return f"{line} {' and '.join(measure.optimised_by)} {verb} it."


def training_line(counts: TrainingCounts, model: str, longest: int) -> str:
    """How many examples a trainer reads otherwise than they are."""
    losses = {
        "lose tokens": counts.cut,
        "have no end of turn to learn": counts.without_end,
        "are left without any label": counts.without_label,
        "cannot be written by the template": counts.refused,
    }
    phrases = [f"{count:,} {loses}" for loses, count in losses.items() if count]
    scope = (
        f"{counted(counts.examples, 'example')} under the chat template of {model}, at most"
        f" {longest:,} tokens each"
    )
    if not phrases:
        return f"{scope}: all of them whole, each with its end of turn."
    return f"{scope}: {', '.join(phrases)}."
