"""Choose in a scored run, and say what was chosen; which kernels a choice needs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from delift_core.cli.console import Reporter
from delift_core.cli.gradients import require_gradients
from delift_core.cli.options.plan import TimeLimit
from delift_core.cli.passes import complete_passes
from delift_core.cli.rounds import require_rounds

if TYPE_CHECKING:
    from delift_core.cli.options.method import MethodChoice, MethodVariation
    from delift_core.data.example import Dataset, Problem
    from delift_core.runs.run import Run
    from delift_core.scoring.plan import Plan
    from delift_core.selection.choice import Choice
    from delift_core.selection.coverage_estimate import CoverageEstimate
    from delift_core.selection.greedy import Selection
    from delift_core.selection.imported import Ranking
    from delift_core.selection.objective import Objective

PROBLEMS_MOST = 10  # lines on rows of a file or a pool that do not fit


def kernels_for(
    choice: "Choice", datasets: Mapping[str, "Dataset"], plan: "Plan | TimeLimit"
) -> tuple[str, ...]:
    """The kernels that a choice's objective needs, and that of held-out examples where any are.

    Refuses what the pool cannot meet, or the plan where it is known, before anything is scored.
    """
    from delift_core.scoring.kernel_names import HELD_OUT, HELD_OUT_KERNEL
    from delift_core.selection.choice import check_choice, check_diagonal, objective_for
    from delift_core.selection.objectives import OBJECTIVES

    check_choice(datasets["pool"], choice)
    kernels = OBJECTIVES[objective_for(choice.objective, tuple(datasets))].kernels
    if not isinstance(plan, TimeLimit):
        check_diagonal(choice, kernels, plan)
    if HELD_OUT in datasets:
        return (*kernels, HELD_OUT_KERNEL)
    return kernels


def kernels_of(datasets: Mapping[str, "Dataset"]) -> tuple[str, ...]:
    """Every kernel that these roles allow."""
    from delift_core.scoring.kernel_names import kernels_between

    return kernels_between(datasets)


def say_changed_sources(reporter: Reporter, run: "Run") -> None:
    """Say which files of a run no longer hold what was read from them."""
    from delift_core.runs.sources import changed_sources

    for sentence in changed_sources(run):
        reporter.say("changed", sentence)


def choose_in_run(
    reporter: Reporter,
    run: "Run",
    choice: "Choice",
    method: "MethodChoice | None" = None,
    name: str | None = None,
) -> "Selection":
    """Choose, store the selection in the run, and say its coverage.

    method: how, where it is not by maximising the objective. name: of the selection.
    """
    from delift_core.runs.selections import save_selection
    from delift_core.selection.outcome import coverage_of
    from delift_core.wording import coverage_line
    from delift_core.workflow.choose import coverage_estimate_of

    objective, selection = selection_in_run(reporter, run, choice, method)
    path = save_selection(run, choice, selection, name)
    coverage = coverage_of(selection, objective)
    estimate = coverage_estimate_of(run, choice, objective, selection)
    reporter.say(
        "selected",
        f"{len(selection):,} of {len(run.pool):,} examples chosen by {selection.method}, "
        f"with {coverage_line(run.plan, coverage, estimate)}",
        estimate=estimate_record(estimate),
        selection=path.stem,
        objective=selection.objective,
        method=selection.method,
        chosen=len(selection),
        pool=len(run.pool),
        value=selection.value,
        share=coverage,
        saturated_at=selection.saturated_at,
        ids=[run.pool[index].id for index in selection.indices],
        gains=selection.gains.tolist(),
    )
    if selection.saturated_at is not None and selection.method == selection.objective:
        reporter.say(
            "saturated",
            f"From rank {selection.saturated_at + 1} on nothing adds anything: those rows are in"
            " the order of the pool.",
            rank=selection.saturated_at,
        )
    return selection


def selection_in_run(
    reporter: Reporter, run: "Run", choice: "Choice", method: "MethodChoice | None"
) -> "tuple[Objective, Selection]":
    """The objective of a choice, and what it or another method selects."""
    from delift_core.workflow.choose import choose, refuse_before_passes

    if method is not None:
        refuse_unread_options([method.name], method)
    if method is None or method.name is None:
        return choose(run, choice)
    from delift_core.workflow.methods import choose_by_method

    refuse_before_passes(run, choice)
    complete_passes(reporter, run, [method.name])
    require_gradients(reporter, run, [method.name], method)
    require_rounds(reporter, run, [method.name], method)
    ranking = imported_ranking(reporter, run, method)
    return choose_by_method(run, choice, method.name, method.options, ranking)


def refuse_unread_options(names: Iterable[str | None], method: "MethodVariation") -> None:
    """Raise UsageError for an option that no method of these names reads."""
    from delift_core.selection.methods import methods

    given = dict(method.options.changed)
    if method.table is not None:
        given["table"] = method.table
    for option, value in given.items():
        readers = [name for name, known in methods().items() if option in known.reads]
        if not set(names) & set(readers):
            raise click.UsageError(
                f"--{option.replace('_', '-')} {value} is not read: give it with method"
                f" {' or '.join(readers)}."
            )


def imported_ranking(reporter: Reporter, run: "Run", method: "MethodVariation") -> "Ranking | None":
    """The ranking of a file, with every id said that does not fit the pool; None without one."""
    if method.table is None:
        return None
    from delift_core.selection.imported import read_ranking

    ranking = read_ranking(method.table, run.pool, method.field)
    say_problems(
        reporter, "unmatched", ranking.problems, lambda row: f"{ranking.source}, row {row}"
    )
    say_problems(reporter, "missing", ranking.missing, lambda row: f"row {row} of the pool")
    return ranking


def say_problems(
    reporter: Reporter, event: str, problems: "Sequence[Problem]", place: Callable[[int], str]
) -> None:
    """Say each problem with its place; in text the first ten, and how many more there are.

    place: from the row of a problem to what a sentence calls it.
    """
    told = problems if reporter.as_json else problems[:PROBLEMS_MOST]
    for problem in told:
        sentence = f"{place(problem.row)}: {problem.reason}"
        reporter.say(event, sentence, row=problem.row, reason=problem.reason)
    if len(told) < len(problems):
        reporter.say(event, f"and {len(problems) - len(told):,} more such rows; --json lists all")


def estimate_record(estimate: "CoverageEstimate | None") -> dict[str, float] | None:
    """An estimate as JSON lines name it."""
    if estimate is None:
        return None
    return {
        "share": estimate.coverage,
        "error": estimate.error,
        "degrees": estimate.degrees,
    }
