"""Every number, figure and sentence of a report, from a run and a choice."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from delift_core.analysis.audit_summary import Audit, audit_of
from delift_core.analysis.explain import by_gain_alone
from delift_core.analysis.trust import ChoiceTrust, Trust, choice_trust, trust
from delift_core.audit.events import Event
from delift_core.comparison.comparison import Comparison
from delift_core.comparison.planted import Planted, planted
from delift_core.data.near_duplicates import representatives
from delift_core.errors import NotScored
from delift_core.export.manifest import LEFT_OUT_LISTED, as_typed, versions
from delift_core.report.figures import Chart, curve_chart, kernel_chart, map_chart
from delift_core.report.reasons import ChosenRow, chosen_rows
from delift_core.runs.run import Run
from delift_core.runs.selections import selection_name
from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.kernel_names import KERNELS, role_name
from delift_core.selection.choice import Choice, objective_for
from delift_core.selection.coverage_estimate import CoverageEstimate
from delift_core.selection.methods import named_method
from delift_core.selection.objective import Objective
from delift_core.selection.objectives import OBJECTIVES, ObjectiveSpec
from delift_core.selection.outcome import Outcome
from delift_core.wording import chosen_line, plan_line
from delift_core.workflow.choose import (
    costs,
    coverage_estimate_of,
    full_order,
    objective_of,
    outcome_within,
)
from delift_core.workflow.command_lines import (
    export_command_line,
    report_command_line,
    select_command_line,
)
from delift_core.workflow.compare_choice import beside_plain
from delift_core.workflow.project import projection_of
from delift_core.workflow.receipt import receipt_for
from delift_core.workflow.run_notes import run_notes

ROWS_MOST = 300  # chosen examples that are listed
REPEATS_MOST = 20  # near-duplicates that are named


@dataclass(frozen=True, eq=False)
class Facts:
    """The numbers, figures and texts of a report."""

    run: Run
    outcome: Outcome
    rows: list[ChosenRow]  # of the chosen, as many as are listed
    charts: dict[str, Chart]
    kernels: Mapping[str, Trust]  # by name, of those the objective is built on
    choice: ChoiceTrust
    planted: Planted | None
    audit: Audit | None
    estimate: CoverageEstimate | None  # where rows were sampled
    compared: Comparison  # the choice first, then plain ways to choose
    validation: Mapping[str, Any] | None  # the receipt of the last one of the selection

    @property
    def headline(self) -> str:
        """What came of the choice, as surely as the plan of the run allows."""
        return chosen_line(self.run.plan, self.outcome, self.estimate)

    @property
    def objective(self) -> ObjectiveSpec:
        """What the choice maximises, in words and as an equation."""
        return OBJECTIVES[self.outcome.objective.name]

    @property
    def plan(self) -> str | None:
        """Which pairs were scored and what that gives up; None where all were."""
        return None if self.run.plan.is_all else plan_line(self.run.plan)

    @property
    def tokens(self) -> int:
        """Response tokens of the whole pool, counted as for the chosen."""
        tokens = costs(self.run)  # (pool,)
        return 0 if tokens is None else int(tokens.sum())

    @property
    def square(self) -> bool:
        """Whether the examples that answer are those that are shown."""
        return len(set(KERNELS[next(iter(self.kernels))])) == 1

    @property
    def judged(self) -> Counter:
        """How many of the chosen stand at keep, drop and flag."""
        if self.audit is None:
            return Counter()
        verdicts = self.audit.verdicts
        ids = (self.run.pool[index].id for index in self.outcome.selection.indices.tolist())
        return Counter(verdicts[id] for id in ids if id in verdicts)

    @property
    def by_gain(self) -> bool:
        """Whether the examples competed by gain alone."""
        return by_gain_alone(self.outcome.selection, self.outcome.choice.quotas)

    @property
    def plain_titles(self) -> list[str]:
        """The titles of the methods that the choice is compared with."""
        names = [entry.selection.method for entry in self.compared.entries]
        return [named_method(name).title for name in names[1:]]

    @property
    def events(self) -> Mapping[str, list[Event]]:
        """Example id -> the event of each reviewer that stands."""
        return {} if self.audit is None else self.audit.events

    @property
    def repeats(self) -> list[tuple[str, str]]:
        """Ids of near-duplicates both chosen, the first of its kind and the one that repeats it."""
        pool = self.run.pool
        listed = self.choice.repeats[:REPEATS_MOST]
        return [(pool[first].id, pool[second].id) for first, second in listed]

    @property
    def data(self) -> list[dict]:
        """What is known of the examples of each role."""
        return [_data_of(self.run, role) for role in self.run.datasets]

    @property
    def notes(self) -> list[str]:
        """What to know of how the kernels were scored, in sentences."""
        return [note.sentence for note in run_notes(self.run, self.kernels)]

    @property
    def versions(self) -> Mapping[str, str]:
        """The version of everything that decides a number."""
        return {name: version for name, version in versions().items() if version}

    @property
    def commands(self) -> list[str]:
        """The commands that make the same choice, its files and this page again.

        They are typed in the folder that holds the run.
        """
        folder, name = Path(self.run.folder.resolve().name), selection_name(self.outcome.choice)
        return [
            select_command_line(folder, self.outcome.choice),
            export_command_line(folder, name, "subset.jsonl"),
            report_command_line(folder, name, "report.html"),
        ]


def facts_of(
    run: Run,
    choice: Choice,
    kernel: Callable[[str], UtilityKernel],
    objective: Objective | None = None,
) -> Facts:
    """The facts of a choice.

    kernel: where kernels come from by name.
    objective: of the choice, where it is at hand already.
    """
    kernel = cache(kernel)
    names = OBJECTIVES[objective_for(choice.objective, run.roles)].kernels
    kernels = {name: kernel(name) for name in names}
    if objective is None:
        objective = objective_of(run, choice, kernels.__getitem__)
    outcome = outcome_within(run, choice, full_order(run, choice, objective))
    answered, chosen = run.datasets[KERNELS[names[0]][0]], outcome.selection.indices
    charts = [
        map_chart(run.pool, projection_of(run), outcome),
        curve_chart(outcome),
        kernel_chart(kernels[names[0]], outcome),
    ]
    return Facts(
        run=run,
        outcome=outcome,
        rows=chosen_rows(run.pool, answered, outcome, ROWS_MOST),
        charts={chart.name: chart for chart in charts},
        kernels={
            name: trust(kernels[name], response_tokens(run, KERNELS[name][1])) for name in names
        },
        choice=choice_trust(chosen, response_tokens(run, "pool"), representatives(run.pool)),
        planted=planted(run.pool, chosen),
        audit=audit_of(run.folder),
        estimate=coverage_estimate_of(run, choice, outcome.objective, outcome.selection),
        compared=beside_plain(run, outcome, kernel),
        validation=receipt_for(run, chosen.tolist()),
    )


def response_tokens(run: Run, role: str) -> np.ndarray:
    """(examples,) response tokens of a role. Raises NotScored where none were counted yet."""
    alone = run.alone(role)
    if alone is None:
        raise NotScored(
            f"{run.folder}: the examples of {role} are not scored. Score the run first."
        )
    return alone.response_tokens


def _data_of(run: Run, role: str) -> dict:
    """What is known of the examples of a role."""
    dataset = run.datasets[role]
    options = dataset.read_record.sentence if dataset.read_record else ""
    return {
        "role": role_name(role),
        "source": as_typed(dataset.source),
        "format": dataset.format,
        "examples": len(dataset),
        "options": options,
        "collapsed": sum(map(len, dataset.collapsed.values())),
        "problems": dataset.problem_rows,
        "kinds": dataset.counts,
        "notes": [*dataset.left_out[:LEFT_OUT_LISTED], *dataset.notes],
        "fingerprint": run.data[role]["fingerprint"],
    }
