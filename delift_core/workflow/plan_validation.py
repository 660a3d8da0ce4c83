"""From a selection of a run and what it is to be compared with to the settings of a validation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from delift_core.errors import InvalidValidation, NotValidated
from delift_core.runs.run import Run
from delift_core.runs.saved_selections import find_saved
from delift_core.runs.selections import find_selection, read_selection
from delift_core.scoring.kernel_names import HELD_OUT
from delift_core.selection.baselines.longest import LONGEST
from delift_core.selection.choice import Choice
from delift_core.selection.greedy import Selection
from delift_core.selection.method import MethodOptions
from delift_core.selection.methods import methods, named_method
from delift_core.validation.arms import USUAL, Design
from delift_core.validation.settings import ValidationSettings, refuse_one_measured
from delift_core.validation.tuners.options import recorded_options
from delift_core.validation.tuners.register import named_tuner
from delift_core.validation.tuners.tuner import Tuner
from delift_core.validation.validations import write_settings
from delift_core.workflow.choose import choose
from delift_core.workflow.grouping import groups_of_role
from delift_core.workflow.methods import choose_by_method
from delift_core.workflow.validation import Validation, validation_of


@dataclass(frozen=True, eq=False)
class Subject:
    """The selection that is validated."""

    name: str  # of its arm
    choice: Choice
    selection: Selection


@dataclass(frozen=True)
class Protocol:
    """How a selection is validated, as a person requests it."""

    tuner: str = "lora"
    learning_rates: tuple[float, ...] = ()  # none: both of the tuner
    design: Design = USUAL
    rows_per_step: int = 8
    answers: bool = False
    group_by: str | None = None
    cluster_by: str | None = None
    growth: tuple[str, ...] = ()  # budgets
    sources: bool = False
    matrix: bool = False
    equal_tokens: bool = False
    beside: tuple[str, ...] = ()  # methods and stored selections
    options: Mapping[str, Any] = field(default_factory=dict)  # of the tuner, where not default


def protocol_of(record: Mapping[str, Any]) -> Protocol:
    """The protocol that a JSON object of its fields keeps; what it lacks is as usual."""
    fields = dict(record)
    if "design" in fields:
        fields["design"] = Design(**fields["design"])
    for name in ("learning_rates", "growth", "beside"):
        fields[name] = tuple(fields.get(name, ()))
    return Protocol(**fields)


def chosen_now(run: Run, choice: Choice) -> Subject:
    """What a choice selects, under the name of its objective."""
    selection = choose(run, choice)[1]
    return Subject(selection.method, choice, selection)


def stored_subject(run: Run, name: str, budget: str | None = None) -> Subject:
    """A stored selection by name or digest; with another budget it is chosen anew.

    Raises NotARun, UnknownChoice, DamagedRun.
    """
    choice, selection = read_selection(find_selection(run, name))
    label = find_saved(run, name).name or selection.method
    if budget is None or budget == choice.budget:
        return Subject(label, choice, selection)
    choice = replace(choice, budget=budget)
    return Subject(label, choice, chosen_again(run, choice, selection))


def subject_in(run: Run, subject: Subject) -> Subject:
    """A selection of another run, made anew in this one by the same choice."""
    selection = chosen_again(run, subject.choice, subject.selection)
    return Subject(subject.name, subject.choice, selection)


def chosen_again(run: Run, choice: Choice, selection: Selection) -> Selection:
    """What the method of a selection selects under another choice."""
    options: Mapping[str, Any] = selection.options
    if options.get("table"):
        raise InvalidValidation(
            f"The selection follows the order of {options['table']}, which cannot be read again"
            " here. Give it without another budget and without growth."
        )
    return choose_by_method(run, choice, selection.method, MethodOptions(**options))[1]


def plan_validation(
    run: Run, subject: Subject, protocol: Protocol, model: Mapping[str, Any] | None = None
) -> Validation:
    """The validation of a selection, recorded in its run.

    model: the record of the model to tune; that of the run by default.

    Raises NotValidated without held-out examples, UnknownChoice for an unknown method, selection or
    tuner, InvalidConstraint for an unknown field, InvalidValidation, and what choosing raises.
    """
    if run.held_out is None:
        raise NotValidated(
            f"{run.folder}: no held-out examples to measure on. Give some: delift validate"
            f" {run.folder} --held-out FILE"
        )
    tuner = named_tuner(protocol.tuner)
    check_fields(run, protocol, tuner)
    settings = ValidationSettings(
        selection=subject.name,
        chosen=dict(arms_beside(run, subject, protocol)),
        method=subject.selection.method,
        choice=subject.choice,
        held_out=run.held_out["fingerprint"],
        model=dict(run.record["model"] if model is None else model),
        template=run.record["template"],
        tuner=tuner.name,
        options=recorded_options(tuner, protocol.options),
        learning_rates=protocol.learning_rates or tuner.learning_rates,
        design=protocol.design,
        rows_per_step=protocol.rows_per_step,
        answers=protocol.answers,
        group_by=protocol.group_by,
        cluster_by=protocol.cluster_by,
        growth={budget: grown(run, subject, budget) for budget in protocol.growth},
        sources=protocol.sources,
        matrix=protocol.matrix,
        equal_tokens=protocol.equal_tokens,
    )
    validation = validation_of(run, settings)
    validation.check()
    write_settings(run, settings)
    return validation


def check_fields(run: Run, protocol: Protocol, tuner: Tuner) -> None:
    """Raise InvalidConstraint for an unknown field, InvalidValidation where none is named.

    MethodUnavailable for clusters of what is not scored.
    """
    refuse_one_measured(run.datasets[HELD_OUT], protocol.cluster_by)
    for role in (HELD_OUT, "pool"):
        groups_of_role(run, role, protocol.group_by)
    by_group = protocol.sources or protocol.matrix or tuner.by_clients
    if by_group and protocol.group_by is None:
        raise InvalidValidation(
            "What each group of the rows does can be measured, and each can train apart, where"
            " their field is named. Name it: --group-by FIELD."
        )


def arms_beside(
    run: Run, subject: Subject, protocol: Protocol
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(name, rows) of the selection, of the longest responses and of all others."""
    yield subject.name, as_rows(subject.selection)
    for name in dict.fromkeys((LONGEST.name, *protocol.beside)):
        if name != subject.name:
            yield name, as_rows(selection_beside(run, subject.choice, name))


def selection_beside(run: Run, choice: Choice, name: str) -> Selection:
    """What a method selects under a choice, or the stored selection of that name."""
    if name in methods():
        return choose_by_method(run, choice, named_method(name).name)[1]
    return read_selection(find_selection(run, name))[1]


def grown(run: Run, subject: Subject, budget: str) -> tuple[int, ...]:
    """The rows that the method of a selection selects under another budget."""
    choice = replace(subject.choice, budget=budget)
    return as_rows(chosen_again(run, choice, subject.selection))


def as_rows(selection: Selection) -> tuple[int, ...]:
    """The rows of a selection in order of choice."""
    return tuple(selection.indices.tolist())
