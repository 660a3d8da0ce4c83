"""What is validated and how: the selection, what it is measured beside, and the cost first."""

from collections.abc import Mapping
from dataclasses import asdict, replace

import streamlit as st

from delift_core.data.example import Dataset
from delift_core.data.groups import groups
from delift_core.jobs import jobs
from delift_core.jobs.tuning_requests import PlanValidationRequest
from delift_core.runs.folders import job_folder
from delift_core.runs.held_out import held_out_address
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import HELD_OUT
from delift_core.selection.baselines.longest import LONGEST
from delift_core.selection.baselines.random import RANDOM
from delift_core.selection.methods import methods
from delift_core.selection.outcome import Outcome
from delift_core.units import counted
from delift_core.validation.arm_losses import group_members
from delift_core.workflow.grouping import TEXT_CLUSTERS
from delift_core.workflow.plan_validation import Protocol
from pages.deliver.validate_protocol import SETUP, protocol_controls
from pages.deliver.validate_tuning import Tuned, tuner_control, tuning_controls, tuning_line
from pages.session import (
    address,
    cached_groups,
    cached_selections,
    compared,
    current,
    widget_state,
)
from pages.widgets.job_panel import is_active, job_panel
from pages.widgets.literal import literal

CURRENT = "choice"


def setup_panel(run: Run, chosen: Outcome, is_open: bool) -> None:
    """The controls, folded once something is validated, and the job that works out the cost."""
    panel = st.expander(
        "Validate a selection",
        expanded=is_open,
        icon=":material/tune:",
        key=SETUP,
        on_change="rerun",
    )
    if panel.open:
        with panel:
            controls(run, chosen)
    folder = job_folder(run.folder, PlanValidationRequest.task)
    job_panel(folder, "Working out what it takes", "models")


def controls(run: Run, chosen: Outcome) -> None:
    """Everything that a person can ask for, sensible from the start, and the button."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        selection = selection_control(run, chosen)
        beside = beside_control(run, selection, chosen)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tuner = tuner_control()
        tuned = tuning_controls(run, tuner)
        group_by = group_control(run)
        protocol = protocol_controls(tuner, group_by, beside)
        request = plan_request(run, selection, replace(protocol, options=tuned.options), tuned)
        st.button(
            "Work out what it takes",
            type="primary",
            icon=":material/timer:",
            disabled=tuned.is_refused or is_active(jobs.status(request.folder)),
            help="Tunes a model for some seconds and throws it away. Nothing else starts yet.",
            on_click=plan,
            args=(request,),
        )
    st.caption(protocol_line(protocol))
    st.caption(tuning_line(run, tuner, tuned))


def selection_control(run: Run, chosen: Outcome) -> str:
    """The current choice, or the digest of a saved selection."""
    method = methods()[chosen.selection.method]
    size = counted(len(chosen.selection), "example")
    titles = {CURRENT: f"Current choice: {method.title}, {size}"}
    for saved in cached_selections.saved(run).sound:
        titles[saved.digest] = f"{saved.label}: {saved.method}, {counted(saved.size, 'example')}"
    return st.selectbox(
        "Selection",
        list(titles),
        key=f"validated selection of {run.id}",
        format_func=titles.get,
        persist_state="session",
        width=420,
        help="What the Subset page selects now, or a selection that was saved there.",
    )


def beside_control(run: Run, selection: str, chosen: Outcome) -> tuple[str, ...]:
    """Methods and saved selections that are tuned on as well."""
    usual = {LONGEST.name, RANDOM.name, chosen.selection.method}
    register = methods()
    titles = {
        name: register[name].title for name in compared.usable_methods(run) if name not in usual
    }
    for saved in cached_selections.saved(run).sound:
        if saved.digest != selection:
            titles[saved_name(saved.name, saved.digest)] = f"Saved: {saved.label}"
    names = st.multiselect(
        "Measured beside random selections, the longest responses, the whole pool, and",
        list(titles),
        key=f"validated beside of {run.id}",
        format_func=lambda name: titles.get(name, name),
        placeholder="further methods and saved selections",
        persist_state="session",
        wrap=True,
    )
    return tuple(names)


def saved_name(name: str, digest: str) -> str:
    """What finds a saved selection: its name, the digest where a method is called like it."""
    return digest if not name or name in methods() else name


def group_control(run: Run) -> str | None:
    """The field, or the clusters, whose groups are told apart."""
    ways, key = group_ways(run), "groups of a validation"
    asked = address.get("validated_by")
    widget_state.show(key, asked if asked in ways else next(iter(ways), None))
    return st.selectbox(
        "Differences by group",
        ways,
        key=key,
        on_change=widget_state.writer("validated_by", key),
        format_func=lambda way: way.capitalize() if way == TEXT_CLUSTERS else way,
        disabled=not ways,
        placeholder="no field of the rows",
        width=170,
        help=(
            "A field of pool and held-out rows, or the clusters of the map once both are scored."
            " Growth and sources go by it too."
        ),
    )


def group_ways(run: Run) -> list[str]:
    """Every way to group pool and held-out examples alike."""
    ways = shared_fields(run.datasets[HELD_OUT], cached_groups.offered(run))
    if TEXT_CLUSTERS in cached_groups.offered(run) and run.alone(HELD_OUT) is not None:
        ways.append(TEXT_CLUSTERS)
    return ways


def shared_fields(held_out: Dataset, fields: list[str]) -> list[str]:
    """The fields that tell at least two groups of two held-out examples or more apart."""
    own = [field for field in fields if any(field in example.extra for example in held_out)]
    return [field for field in own if len(group_members(groups(held_out, field))) > 1]


def protocol_line(protocol: Protocol) -> str:
    """What would be tuned, in a line."""
    design = protocol.design
    rates = " and ".join(f"{rate:g}" for rate in protocol.learning_rates)
    parts = [
        counted(design.random, "random selection"),
        f"{counted(design.seeds, 'seed')} of every other arm",
        counted(design.epochs, "epoch"),
        f"learning rates {rates}",
    ]
    if protocol.equal_tokens:
        parts.append("equal tokens too")
    if protocol.growth:
        parts.append(f"growth at {', '.join(protocol.growth)}")
    if protocol.sources:
        parts.append(f"each {literal(protocol.group_by)} left out and added")
    if protocol.matrix:
        parts.append(f"each {literal(protocol.group_by)} alone")
    return " · ".join(parts)


def plan_request(
    run: Run, selection: str, protocol: Protocol, tuned: Tuned
) -> PlanValidationRequest:
    """The job that works out what a validation takes."""
    is_current = selection == CURRENT
    return PlanValidationRequest(
        run=str(run.folder),
        workspace=str(current.workspace()),
        protocol=asdict(protocol),
        selection=None if is_current else selection,
        choice=choice_record() if is_current else {},
        held_out=held_out_address(run),
        device=address.get("device"),
        model=tuned.model,
        executor=tuned.executor,
    )


def choice_record() -> Mapping:
    """What the Subset page asks for."""
    return asdict(current.choice())


def plan(request: PlanValidationRequest) -> None:
    """Start to work out the cost, and look at that validation once it is planned."""
    address.forget("validation", "validation_rate")
    jobs.start(request)
