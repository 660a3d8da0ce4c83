"""Validate a selection of a pool by tuning: the whole experiment in one call."""

import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from delift_core.data.example import Dataset, refuse_empty
from delift_core.data.groups import groups
from delift_core.data.hold_out import without_repeats
from delift_core.errors import InvalidName, InvalidValidation
from delift_core.runs.record import recorded_model
from delift_core.scoring.prompts import Prompter
from delift_core.selection.baselines.longest import LONGEST
from delift_core.selection.baselines.scores import descending
from delift_core.selection.budget import BudgetUnit
from delift_core.selection.constraints import Constraints, Restrictions
from delift_core.selection.greedy import Selection
from delift_core.selection.ranking import order_within
from delift_core.selection.settle import UNRESTRICTED, settle
from delift_core.validation.arms import USUAL, Design, Experiment, arms_of, cells_of, taken_name
from delift_core.validation.cells import CellStore, Setting
from delift_core.validation.evidence import Evidence, evidence_of
from delift_core.validation.settings import refuse_one_measured

if TYPE_CHECKING:
    from delift_core.scoring.model import CausalModel
    from delift_core.scoring.pairs import Advance

OWN = "selection"  # the arm that the sentence is about


@dataclass(frozen=True)
class Tuning:
    """How the models of a validation are tuned and measured, where that is varied."""

    learning_rate: float | None = None  # the usual one of the tuner
    rows_per_step: int = 8
    template: str = "auto"
    answers: bool = False  # whether held-out prompts are answered and the answers scored
    options: Mapping[str, Any] = field(default_factory=dict)  # of the tuner


AS_USUAL = Tuning()


def validate(
    pool: Dataset,
    chosen: Selection,
    *,
    held_out: Dataset,
    model: "CausalModel",
    tuner: str = "lora",
    tuning: Tuning = AS_USUAL,
    design: Design = USUAL,
    beside: Mapping[str, Selection] | None = None,
    restrictions: Restrictions = UNRESTRICTED,
    group_by: str | None = None,
    folder: str | Path | None = None,
    progress: "Advance" = lambda rows: None,
) -> Evidence:
    """Whether a selection helps: models tuned on it and on random ones, measured on held-out rows.

    held_out: never chosen from; those that nearly repeat an example of the pool are left out.
    model: which model is tuned; it is loaded anew for each and stays as it is.
    tuner, tuning, design: how, and how often; at one learning rate, so try another one too.
    beside: name -> further selections to measure; the longest responses always are.
    restrictions: what the selection was made under, besides its pins, which random ones keep to.
    group_by: a field of the rows, to tell the difference within each of its values.
    folder: where measured models are kept, so that a call goes on where an earlier one stopped.
    progress: called with how many more rows were read.

    Losses are mean NLL of the response tokens in nats. Raises MethodUnavailable without peft,
    UnknownChoice, InvalidConstraint, InvalidValidation, InvalidName, NoExamples, OutOfMemory.
    """
    from delift_core.scoring.pairs import prompter_for
    from delift_core.validation.measuring import CellInputs, measure_unfinished

    held_out = without_repeats(refuse_empty(held_out), pool)
    refuse_one_measured(held_out)
    labels = groups(held_out, group_by)
    setting = setting_of(model, held_out, tuner, tuning)
    prompter = prompter_for(model, setting.template)
    tokens = response_tokens(prompter, pool)
    constraints = constraints_of(tokens, chosen, restrictions)
    sources = sources_of(pool, tuner, group_by)
    rows = {OWN: chosen.indices, LONGEST.name: order_within(constraints, descending(tokens))}
    rows |= rows_beside(beside or {}, taken=tuple(rows))
    arms = arms_of(Experiment(pool, OWN, rows, constraints, setting, design, sources=sources))
    inputs = CellInputs(lambda: loaded_anew(model), pool, held_out)
    with kept_in(folder) as kept:
        store = CellStore(kept)
        for _ in measure_unfinished(store, cells_of(arms), inputs, progress):
            pass
        return evidence_of(store, arms, OWN, labels)


def setting_of(model: "CausalModel", held_out: Dataset, tuner: str, tuning: Tuning) -> Setting:
    """What all cells share."""
    from delift_core.scoring.templates import template_name
    from delift_core.validation.tuners.options import recorded_options
    from delift_core.validation.tuners.register import named_tuner

    way, template = named_tuner(tuner), template_name(tuning.template, model.tokenizer)
    return Setting(
        model=recorded_model(model.record, template),
        template=template,
        held_out=held_out.text_fingerprint,
        tuner=way.name,
        options=recorded_options(way, tuning.options),
        learning_rate=tuning.learning_rate or way.learning_rates[0],
        rows_per_step=tuning.rows_per_step,
        answers=tuning.answers,
    )


def sources_of(pool: Dataset, tuner: str, group_by: str | None) -> list[str] | None:
    """(pool,) the client of each example; None where the tuner has none.

    Raises InvalidValidation, InvalidConstraint.
    """
    from delift_core.validation.tuners.register import named_tuner

    if not named_tuner(tuner).by_clients:
        return None
    if group_by is None:
        raise InvalidValidation(
            f"Tuner {tuner} trains each group of the rows apart. Name their field: group_by=FIELD."
        )
    return groups(pool, group_by)


def response_tokens(prompter: Prompter, pool: Dataset) -> np.ndarray:
    """(pool,) tokens of each response."""
    return np.array([len(prompter.alone(example).response) for example in pool])


def constraints_of(
    tokens: np.ndarray, chosen: Selection, restrictions: Restrictions
) -> Constraints:
    """What random selections beside this one keep to. tokens: (pool,) of each response."""
    pins = chosen.indices[: chosen.pinned].tolist()
    costs = np.maximum(tokens, 1) if chosen.budget.unit is BudgetUnit.TOKENS else None
    return settle(chosen.budget, len(tokens), costs, replace(restrictions, pins=pins))


def rows_beside(
    beside: Mapping[str, Selection], taken: Collection[str]
) -> Iterator[tuple[str, np.ndarray]]:
    """(name, rows) of further selections. Raises InvalidName for one that every validation has."""
    for name, selection in beside.items():
        if name in taken:
            raise InvalidName(taken_name(name))
        yield name, selection.indices


def loaded_anew(model: "CausalModel") -> "CausalModel":
    """The model of the same name, revision, type, context and device, for tuning."""
    from delift_core.scoring.model import load_model
    from delift_core.scoring.model_files import is_commit

    return load_model(
        model.name,
        dtype=model.dtype,
        device=model.device,
        revision=model.revision if is_commit(model.revision) else None,
        context=model.context,
        for_tuning=True,
    )


@contextmanager
def kept_in(folder: str | Path | None) -> Iterator[Path]:
    """A folder, or one that is removed when the block ends."""
    if folder is not None:
        yield Path(folder)
        return
    with tempfile.TemporaryDirectory() as temporary:
        yield Path(temporary)
