"""Scoring: what it will cost, by which plan, how far it is, and what came of it."""

from collections.abc import Sequence

import streamlit as st

from delift_core.errors import DamagedRun
from delift_core.jobs import jobs
from delift_core.jobs.requests import score_folder
from delift_core.jobs.status import State
from delift_core.runs.run import Run
from delift_core.scoring.plan import Plan
from pages.prepare.scoring_matrix import matrix_view
from pages.prepare.scoring_plan import plan_choice, plan_offers, run_with
from pages.server.navigation import go
from pages.session import address, cache, widget_state
from pages.widgets.executor import executor_control
from pages.widgets.guards import need_run
from pages.widgets.job_panel import is_active, job_panel, result_of
from pages.widgets.literal import literal
from pages.widgets.scoring import (
    KERNEL_TITLES,
    cost_request,
    kernels_at_work,
    needed_kernels,
    possible_kernels,
    predict_ahead,
    start_prediction,
    start_scoring,
)


def kernel_control(run: Run) -> list[str]:
    """The kernels picked: of the address, of the job at work, or those that are needed."""
    possible = possible_kernels(run)
    picked = [name for name in address.get("matrices") if name in possible]
    key = f"kernels of {run.id}"
    widget_state.show(key, picked or kernels_at_work(run) or needed_kernels(run))
    return st.pills(
        "Score matrices",
        possible,
        selection_mode="multi",
        key=key,
        on_change=widget_state.writer("matrices", key),
        format_func=KERNEL_TITLES.get,
        help=(
            "Each says how much every example of one set helps the model answer those of another."
            " The ones picked at first are those that a choice needs."
        ),
    )


def is_readable(run: Run, name: str) -> bool:
    """Whether a kernel is complete and undamaged; warns of a damaged one."""
    try:
        return cache.is_complete(run, name) and cache.kernel(run, name) is not None
    except DamagedRun as refusal:
        st.warning(literal(str(refusal)), icon=":material/healing:")
        return False


def prediction(run: Run, kernels: Sequence[str]) -> dict | None:
    """What scoring the missing pairs will take; None until it was measured."""
    folder = cost_request(run, kernels).folder
    status = job_panel(folder, "Measuring what scoring will take", "steps")
    predicted = result_of(folder, status)
    is_open = predicted is None and not is_active(status)
    if is_open and st.button(
        "Predict the cost",
        icon=":material/timer:",
        help="Scores a few pairs on this machine and works out how long all of them will take.",
    ):
        start_prediction(run, kernels)
        st.rerun()
    return predicted


def scoring(run: Run, kernels: Sequence[str]) -> None:
    """Follow the job at work, or choose a plan and start, or continue, one."""
    status = job_panel(score_folder(run.folder), "Scoring")
    if is_active(status):
        return
    begun = status is not None and status.state is not State.DONE
    with st.container(border=True):
        predicted = prediction(run, kernels)
        plan = plan_choice(run, predicted) if predicted else run.plan
        continues = begun and plan.same_pairs_as(run.plan)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            executor = executor_control()
            is_asked = st.button(
                "Continue scoring" if continues else "Start scoring",
                type="primary" if predicted or begun else "secondary",
                icon=":material/play_arrow:",
            )
        if is_asked:
            start_scoring(run_with(run, plan), kernels, executor)
            st.rerun()
    if predicted:
        plan_offers(run, kernels, predicted)


def scored(run: Run, kernels: Sequence[str]) -> None:
    """Every pair is there: go on, or score the pairs that the plan left out."""
    pairs = "Every pair" if run.plan.is_all else "Every pair that the plan asks for"
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Choose a subset", type="primary", icon=":material/arrow_forward:"):
            go("choose/subset")
        if not run.plan.is_all and st.button(
            "Score every pair after all",
            icon=":material/grid_on:",
            help="As a run of its own; this one stays.",
        ):
            predict_ahead(run_with(run, Plan()), kernels)
            st.rerun()
        st.write(f":green[:material/check_circle:] {pairs} of these score matrices is scored.")


run = need_run("Scoring")
st.title("Scoring")
st.caption(
    "How much showing one example helps the model answer another, for every pair. Work goes on in"
    " the background: this page may be closed, and what is finished is kept."
)
kernels = kernel_control(run)
unfinished = [name for name in kernels if not is_readable(run, name)]
complete = [name for name in kernels if name not in unfinished]
is_scoring = is_active(jobs.status(score_folder(run.folder)))
if unfinished or is_scoring:
    scoring(run, unfinished or kernels)
else:
    scored(run, kernels)
matrix_view(run, [*unfinished, *complete], complete, is_scoring)
