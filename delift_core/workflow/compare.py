"""From a run and the names of methods and stored selections to their comparison."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from time import perf_counter
from typing import Any

from delift_core.comparison.comparison import Comparison, Entry, compare_entries
from delift_core.comparison.cost import Cost, cost_of, kernels_of
from delift_core.comparison.held_out import held_out_objective
from delift_core.comparison.inputs import ComparisonInputs
from delift_core.data.example import Dataset
from delift_core.errors import DeliftError, MethodUnavailable, NotScored
from delift_core.runs.run import Run
from delift_core.runs.selections import find_selection, read_selection
from delift_core.runs.unprompted import has_unprompted, read_unprompted
from delift_core.scoring.kernel import Alone, Unprompted, UtilityKernel
from delift_core.scoring.kernel_names import HELD_OUT, HELD_OUT_KERNEL
from delift_core.selection.budget import Budget, BudgetUnit
from delift_core.selection.choice import Choice, objective_for
from delift_core.selection.constraints import Constraints
from delift_core.selection.field_values import group_fields, value_counts
from delift_core.selection.greedy import Selection, greedy_selection
from delift_core.selection.imported import Ranking
from delift_core.selection.method import Method, MethodOptions
from delift_core.selection.methods import methods, named_method
from delift_core.selection.objective import Objective
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.ranking import method_selection
from delift_core.workflow.choose import costs, objective_of, settled_constraints
from delift_core.workflow.methods import DEFAULTS, method_inputs

Kernels = Callable[[str], UtilityKernel]  # by name
PLAIN = ("embedding_coverage", "longest", "random")
FEW_VALUES = 12
COVERAGE = {"pool": ObjectiveName.FACILITY_LOCATION, "target": ObjectiveName.FLQMI}


@dataclass(frozen=True, eq=False)
class Candidates:
    """What is to be compared: methods under one choice, and selections that are stored."""

    choice: Choice  # its objective does not matter
    methods: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()
    options: MethodOptions = DEFAULTS  # of the methods
    ranking: Ranking | None = None  # of methods column and list
    fields: tuple[str, ...] = ()  # of the rows, for compositions


@dataclass(frozen=True, eq=False)
class Setting:
    """The run that candidates choose in, their constraints, and where kernels come from."""

    run: Run
    candidates: Candidates
    kernels: Kernels

    @cached_property
    def constraints(self) -> Constraints:
        """Those of the choice: the same for all methods."""
        return settled_constraints(self.run, self.candidates.choice)

    @cached_property
    def inputs(self) -> ComparisonInputs:
        """What the measures are worked out from."""
        return comparison_inputs(self.run, self.candidates.choice, self.kernels)


def compare(run: Run, candidates: Candidates, kernels: Kernels | None = None) -> Comparison:
    """Methods and stored selections of a run side by side.

    kernels: where they come from by name; the run by default.

    A method that cannot choose here is left out, and `refused` has its sentence. Raises
    MethodUnavailable where nothing is left, UnknownChoice for an unknown name, and what the engine
    refuses of the choice.
    """
    setting = Setting(run, candidates, kernels or cache(run.kernel))
    entries, refused = method_entries(setting)
    entries += [stored_entry(run, name) for name in dict.fromkeys(candidates.stored)]
    if not entries:
        raise MethodUnavailable(" ".join(refused.values()) or "Name a method or a selection.")
    comparison = compare_entries(setting.inputs, entries, candidates.fields)
    return replace(comparison, refused=refused)


def comparison_inputs(run: Run, choice: Choice, kernels: Kernels) -> ComparisonInputs:
    """What the measures are worked out from, as far as a run has it."""
    return ComparisonInputs(
        pool=run.pool,
        coverage=coverage_objectives(run, choice, kernels),
        pool_pass=run.alone("pool"),
        target_pass=pass_of(run, "target"),
        unprompted_pass=unprompted_of(run),
    )


def unprompted_of(run: Run) -> Unprompted | None:
    """The pass over the pool's responses without their prompts; None without one that is whole."""
    if not has_unprompted(run, "pool"):
        return None
    return read_unprompted(run, "pool")


def pass_of(run: Run, role: str) -> Alone | None:
    """The pass over a role's examples; None where the run has no such role or pass."""
    if role not in run.roles:
        return None
    return run.alone(role)


def coverage_objectives(run: Run, choice: Choice, kernels: Kernels) -> dict[str, Objective]:
    """Role -> facility location of how the pool helps its examples, where that is scored.

    FLQMI with eta 0 is that of the target.
    """
    objectives = {}
    for role, name in COVERAGE.items():
        with suppress(NotScored):
            objectives[role] = objective_of(run, replace(choice, objective=name, eta=0.0), kernels)
    if HELD_OUT in run.roles:
        with suppress(NotScored):
            kernel = kernels(HELD_OUT_KERNEL)
            objectives[HELD_OUT] = held_out_objective(kernel, choice.measure, choice.transform)
    return objectives


def method_entries(setting: Setting) -> tuple[list[Entry], dict[str, str]]:
    """What each method selects, and name -> sentence of those that cannot choose here."""
    chosen_by = [named_method(name) for name in dict.fromkeys(setting.candidates.methods)]
    entries, refused = [], {}
    for method in chosen_by:
        begin = perf_counter()
        try:
            selection = selection_by(setting, method)
        except DeliftError as refusal:
            refused[method.name] = str(refusal)
            continue
        options = setting.candidates.options
        cost = run_cost(setting.run, method, options, perf_counter() - begin)
        entries.append(Entry(method.name, selection, setting.constraints, cost))
    return entries, refused


def selection_by(setting: Setting, method: Method) -> Selection:
    """What a method selects; the gains of one without an objective are under facility location.

    Raises what the method refuses.
    """
    run, candidates, constraints = setting.run, setting.candidates, setting.constraints
    if method.order is None:
        choice = replace(candidates.choice, objective=ObjectiveName(method.name))
        return greedy_selection(objective_of(run, choice, setting.kernels), constraints)
    inputs = method_inputs(run, candidates.choice, method, candidates.options, candidates.ranking)
    inputs = replace(inputs, kernel=lambda: setting.kernels("pool_pool"))
    return method_selection(method, inputs, constraints, setting.inputs.coverage.get("pool"))


def stored_entry(run: Run, name: str) -> Entry:
    """A stored selection as it was chosen. Raises NotARun, UnknownChoice, DamagedRun."""
    choice, selection = read_selection(find_selection(run, name))
    cost = None
    if selection.method in methods():
        options = options_of(selection)
        cost = run_cost(run, named_method(selection.method), options)
    return Entry(name, selection, settled_constraints(run, choice), cost)


def options_of(selection: Selection) -> MethodOptions:
    """What was varied about the method of a stored selection."""
    options: Mapping[str, Any] = selection.options
    return MethodOptions(**options)


def run_cost(
    run: Run, method: Method, options: MethodOptions, seconds: float | None = None
) -> Cost:
    """What a method takes of a run's examples and pairs."""
    sizes = {role: run.data[role]["examples"] for role in run.roles}
    pairs = {name: run.pairs(name) for name in kernels_of(method)}
    return cost_of(method, sizes, pairs, seconds, options)


def usual_methods(run: Run, choice: Choice) -> tuple[str, ...]:
    """The objective of a choice, and the plain ways to choose that it has to be better than."""
    return (str(objective_for(choice.objective, run.roles)), *PLAIN)


def in_tokens(run: Run, choice: Choice) -> Choice:
    """The choice with its budget in response tokens: a fraction is that share of the pool's.

    Raises NotScored where they are not counted.
    """
    budget = Budget.parse(choice.budget)
    tokens = costs(run)  # (pool,)
    if tokens is None:
        raise NotScored(f"{run.folder}: response tokens are not counted yet. Score the run first.")
    amount = int(budget.amount)
    if budget.unit is BudgetUnit.FRACTION:
        amount = max(1, round(budget.amount * int(tokens.sum())))
    return replace(choice, budget=str(Budget(amount, BudgetUnit.TOKENS)))


def few_valued_fields(pool: Dataset) -> tuple[str, ...]:
    """The fields of the rows with so few values that a table can hold a line for each."""
    counts = value_counts(pool)
    fields = group_fields(counts, len(pool))
    return tuple(name for name in fields if counts[name] <= FEW_VALUES)
