"""From what a run stores to a selection by any method, with its gains under an objective."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from delift_core.data.groups import groups
from delift_core.runs.gradient_work import stored_features
from delift_core.runs.gradients import GradientStore
from delift_core.runs.rounds import RoundStore
from delift_core.runs.run import Run
from delift_core.runs.unprompted import has_unprompted, read_unprompted
from delift_core.selection.choice import Choice
from delift_core.selection.field_values import field_numbers
from delift_core.selection.greedy import Selection, greedy_selection
from delift_core.selection.imported import Ranking, with_ranking
from delift_core.selection.method import Method, MethodInputs, MethodOptions, Need
from delift_core.selection.methods import named_method
from delift_core.selection.objective import Objective
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.ranking import method_selection
from delift_core.workflow.choose import objective_of, settled_constraints

DEFAULTS = MethodOptions()


def objective_and_method(choice: Choice, name: str) -> tuple[Choice, Method]:
    """The choice and the method of that name; an objective by name is that of the choice.

    Raises UnknownChoice.
    """
    method = named_method(name)
    if method.order is None:
        choice = Choice(**{**vars(choice), "objective": ObjectiveName(name)})
    return choice, method


def choose_by_method(
    run: Run,
    choice: Choice,
    name: str,
    options: MethodOptions = DEFAULTS,
    ranking: Ranking | None = None,
) -> tuple[Objective, Selection]:
    """The objective of a choice over a run's kernels, and what a method selects.

    ranking: of an imported file, which methods column and list choose by.

    The gains of the selection are under that objective. Raises NotScored while a kernel it needs
    is unfinished, MethodUnavailable where the method needs what the run does not have.
    """
    choice, method = objective_and_method(choice, name)
    objective = objective_of(run, choice, run.kernel)
    constraints = settled_constraints(run, choice)
    if method.order is None:
        return objective, greedy_selection(objective, constraints)
    inputs = method_inputs(run, choice, method, options, ranking)
    return objective, method_selection(method, inputs, constraints, objective)


def lacks_unprompted(run: Run, names: Iterable[str]) -> bool:
    """Whether a method of these names needs the pass without prompts and the run has none whole."""
    needs = {need for name in names for need in named_method(name).needs}
    return Need.UNPROMPTED in needs and not has_unprompted(run, "pool")


def method_inputs(
    run: Run,
    choice: Choice,
    method: Method,
    options: MethodOptions,
    ranking: Ranking | None = None,
) -> MethodInputs:
    """What a method needs, as far as a run has it. Raises InvalidConstraint for unknown fields.

    ranking: its scores stand for those of a field.
    """
    if ranking is not None:
        inputs = method_inputs(run, choice, method, replace(options, field=None))
        return with_ranking(inputs, ranking)
    scores: np.ndarray | None = None
    if Need.SCORES in method.needs and options.field is not None:
        scores = field_numbers(run.pool, options.field)
    gradients = None
    if Need.GRADIENTS in method.needs:
        store = GradientStore(run, options.gradient_settings)
        gradients = stored_features(store, target_groups(run, choice))
    rounds = None
    if Need.ROUNDS in method.needs:
        rounds = RoundStore(run, options.round_settings).order()
    target = None
    if "target" in run.roles:
        target = run.alone("target")
    unprompted = None
    if Need.UNPROMPTED in method.needs:
        unprompted = read_unprompted(run, "pool")
    return MethodInputs(
        size=len(run.pool),
        options=options,
        pool_pass=run.alone("pool"),
        target_pass=target,
        unprompted_pass=unprompted,
        kernel=lambda: run.kernel("pool_pool"),
        groups=groups(run.pool, choice.group_by),
        scores=scores,
        gradients=gradients,
        rounds=rounds,
    )


def target_groups(run: Run, choice: Choice) -> list[str] | None:
    """(target,) group of each example of the target; None where its rows have no such field."""
    target = run.datasets.get("target")
    if target is None or not any(choice.group_by in example.extra for example in target):
        return None
    return groups(target, choice.group_by)
