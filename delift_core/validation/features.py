"""The features of a pool and a target that method `gradients` chooses from, from nothing on."""

from collections.abc import Callable

import numpy as np

from delift_core.data.example import Dataset
from delift_core.data.groups import groups
from delift_core.errors import InvalidConstraint
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import prompter_for
from delift_core.selection.gradient_features import (
    FeatureKind,
    GradientFeatures,
    features_from,
    mean_gradient,
)
from delift_core.selection.gradient_settings import GradientSettings
from delift_core.validation.gradients import (
    WarmedUp,
    block_features,
    warm_up_network,
    warm_up_plan,
    warm_up_rows,
)
from delift_core.validation.training import train_epoch

USUAL = GradientSettings()


def gradient_features(
    pool: Dataset,
    target: Dataset | None = None,
    *,
    model: CausalModel,
    template: str = "auto",
    settings: GradientSettings = USUAL,
    subtask_by: str | None = None,
    advance: Callable[[int], None] = lambda rows: None,
) -> GradientFeatures:
    """Features of LESS for `choose("gradients", pool, gradients=...)`; a run keeps its own.

    target: without one the pool's mean gradient stands for it.
    model: loaded with for_tuning=True; its network is changed.
    subtask_by: a field of the target's rows, whose values are subtasks.
    advance: called with how many more examples were read.

    Raises MethodUnavailable without peft, ModelUnavailable for a model not loaded for tuning, and
    InvalidConstraint for a field that the target does not have.
    """
    subtasks = subtasks_of(target, subtask_by)  # (target,)
    prompter = prompter_for(model, template)
    rows = [prompter.alone(example) for example in pool.examples]
    measured = rows
    if target is not None:
        measured = [prompter.alone(example) for example in target.examples]
    tuned, state = warm_up_network(model, settings), None
    warm, plan = warm_up_rows(rows, settings), warm_up_plan(settings)
    read = {FeatureKind.DIRECTION: rows, FeatureKind.GRADIENT: measured}
    found: dict[FeatureKind, list[np.ndarray]] = {kind: [] for kind in read}
    rates = []
    for _ in range(settings.epochs):
        state = train_epoch(tuned, warm, plan, state, advance)
        checkpoint = WarmedUp(tuned, state, settings)
        for kind, part in read.items():
            found[kind].append(block_features(checkpoint, part, [kind], advance)[kind])
        rates.append(state.rate)
    # (checkpoints, examples, dimension)
    directions, gradients = (np.stack(found[kind]) for kind in read)
    if target is None:
        return features_from(directions, mean_gradient(gradients), rates)
    return features_from(directions, gradients, rates, subtasks)


def subtasks_of(target: Dataset | None, field: str | None) -> list[str] | None:
    """(target,) the value of a field of each row; None without one. Raises InvalidConstraint."""
    if target is not None:
        return groups(target, field)
    if field is not None:
        raise InvalidConstraint(
            f"subtask_by={field!r} is a field of the target's rows, and there is no target. Give"
            " target=..., or leave it out."
        )
    return None
