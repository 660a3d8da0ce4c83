"""A choice beside the plain ways to choose that it has to be better than."""

from dataclasses import replace

from delift_core.comparison.comparison import Comparison, Entry, compare_entries
from delift_core.comparison.inputs import PAIRED_MOST
from delift_core.runs.run import Run
from delift_core.selection.baselines.embedding_coverage import EMBEDDING_COVERAGE
from delift_core.selection.methods import named_method
from delift_core.selection.outcome import Outcome
from delift_core.workflow.compare import (
    PLAIN,
    Candidates,
    Kernels,
    Setting,
    method_entries,
    run_cost,
)
from delift_core.workflow.methods import DEFAULTS


def plain_methods(size: int) -> tuple[str, ...]:
    """The plain methods that are quick in a pool of that size."""
    if size <= PAIRED_MOST:
        return PLAIN
    return tuple(name for name in PLAIN if name != EMBEDDING_COVERAGE.name)


def beside_plain(run: Run, outcome: Outcome, kernels: Kernels) -> Comparison:
    """What was chosen, first, and what plain methods choose under the same constraints.

    kernels: where they come from by name.
    """
    setting = Setting(run, Candidates(outcome.choice, plain_methods(len(run.pool))), kernels)
    name = outcome.selection.method
    cost = run_cost(run, named_method(name), DEFAULTS)
    own = Entry(name, outcome.selection, setting.constraints, cost)
    plain, refused = method_entries(setting)
    return replace(compare_entries(setting.inputs, [own, *plain]), refused=refused)
