"""Utilities: what scoring will cost, how far it is, and what came of it."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from delift_core.analysis.blocks import block_means, robust_limit
from delift_core.charts.kernels import heatmap_overview
from delift_core.errors import DamagedRun
from delift_core.executors.named import configured_cluster
from delift_core.jobs import jobs
from delift_core.jobs.requests import score_folder
from delift_core.jobs.status import State
from delift_core.runs.integrity import stored_utilities
from delift_core.runs.run import Run
from delift_core.scoring.kernel import Measure
from delift_core.scoring.plan import Plan
from delift_core.units import duration, size
from delift_core.wording import reading_line
from delift_core.workflow.run_notes import scoring_notes
from pages.prepare.utilities_plan import plan_choice, run_with
from pages.server.navigation import go
from pages.session import cache, cached_analysis
from pages.widgets.guards import need_run
from pages.widgets.job_panel import is_active, job_panel, result_of
from pages.widgets.kernel_trust import kernel_trust
from pages.widgets.literal import literal
from pages.widgets.plan_note import plan_note
from pages.widgets.refusals import fragment
from pages.widgets.scoring import (
    KERNEL_TITLES,
    cost_request,
    needed_kernels,
    possible_kernels,
    predict_ahead,
    start_prediction,
    start_scoring,
)
from pages.widgets.theme import palette

PAIRS_DRAWN = 4_000_000  # above this the heatmap is drawn when it is complete, not while it fills
REDRAWN = 3.0  # seconds


def kernel_control(run: Run) -> list[str]:
    """The kernels being looked at, those that are needed at first."""
    return st.pills(
        "Kernels",
        possible_kernels(run),
        selection_mode="multi",
        default=needed_kernels(run),
        key=f"kernels of {run.id}",
        format_func=KERNEL_TITLES.get,
    )


def is_readable(run: Run, name: str) -> bool:
    """Whether a kernel is complete and undamaged; warns of a damaged one."""
    try:
        return cache.is_complete(run, name) and cache.kernel(run, name) is not None
    except DamagedRun as refusal:
        st.warning(literal(str(refusal)), icon=":material/healing:")
        return False


def cost(run: Run, kernels: Sequence[str]) -> dict | None:
    """The prediction for what is missing; None until it was made."""
    folder = cost_request(run, kernels).folder
    status = job_panel(folder, "Measuring what scoring will take", "steps")
    predicted = result_of(folder, status)
    if predicted:
        cost_metrics(predicted)
    elif not is_active(status) and st.button("Predict the cost", icon=":material/timer:"):
        start_prediction(run, kernels)
        st.rerun()
    return predicted


def cost_metrics(predicted: dict) -> None:
    """Pairs, tokens, time, memory and disk."""
    with st.container(horizontal=True):
        st.metric("Pairs", f"{predicted['pairs']:,}")
        st.metric("Tokens", f"{predicted['tokens']:,}")
        st.metric("Time", f"about {duration(predicted['seconds'])}")
        st.metric("Memory", size(predicted["memory"]))
        st.metric("Disk, at most", size(predicted["disk"]))
    sentence = reading_line(predicted.get("obstacle", ""))
    if sentence:
        st.caption(literal(sentence))


def scoring(run: Run, kernels: Sequence[str]) -> None:
    """Choose a plan, start, follow, cancel, continue."""
    status = job_panel(score_folder(run.folder), "Scoring")
    if is_active(status):
        return
    begun = status is not None and status.state is not State.DONE
    predicted = cost(run, kernels)
    plan = run.plan
    if predicted and predicted.get("plans"):
        plan = plan_choice(run, predicted["plans"])
    executor = executor_choice()
    continues = begun and plan.same_pairs_as(run.plan)
    if st.button(
        "Continue scoring" if continues else "Start scoring",
        type="primary" if predicted or begun else "secondary",
        icon=":material/play_arrow:",
    ):
        start_scoring(run_with(run, plan), kernels, executor)
        st.rerun()


def executor_choice() -> str | None:
    """The cluster that is configured, where it is picked to score; None for this machine."""
    cluster = configured_cluster()
    if cluster and st.toggle(
        "Score on the Ray cluster",
        key="score on the cluster",
        help=f"Every node of {cluster} needs the same model under the same name.",
    ):
        return cluster
    return None


def scored(run: Run, kernels: Sequence[str]) -> None:
    """Every kernel is there: go on, or score the pairs that the plan left out."""
    pairs = "Every pair" if run.plan.is_all else "Every pair that the plan asks for"
    st.success(f"{pairs} of these kernels is scored.", icon=":material/check_circle:")
    with st.container(horizontal=True):
        if st.button("Choose a subset", type="primary", icon=":material/arrow_forward:"):
            go("choose/subset")
        if not run.plan.is_all and st.button(
            "Score every pair after all",
            icon=":material/grid_on:",
            help="As a run of its own; this one stays.",
        ):
            predict_ahead(run_with(run, Plan()), kernels)
            st.rerun()


def kernel_pictures(run: Run, names: Sequence[str]) -> None:
    """What to know of finished kernels before trusting them, and each of them as a picture."""
    kernel_trust(run, names)
    for name in names:
        st.subheader(KERNEL_TITLES[name])
        answered, shown = map(np.arange, run.shape(name))
        means = cached_analysis.overview_means(run, name, Measure.L2, answered, shown)
        kernel_overview(means, cached_analysis.colour_limit(run, name, Measure.L2), name)


def unfinished_picture(run: Run, name: str) -> None:
    """The kernel as far as it is stored."""
    tiles = len(run.tiles(name))
    stored = tiles - len(run.missing(name))
    for note in scoring_notes(run, [name]):
        st.caption(literal(note.sentence))
    answered, shown = run.shape(name)
    st.caption(
        f"{stored:,} of {tiles:,} tiles stored, {answered:,} answered by {shown:,} shown,"
        f" {run.pairs(name):,} pairs to score."
    )
    if stored and answered * shown <= PAIRS_DRAWN:
        values = stored_utilities(run, name)
        kernel_overview(block_means(values), robust_limit(values), name)


def kernel_overview(means: tuple, limit: float, name: str) -> None:
    """Block means of a kernel."""
    st.plotly_chart(
        heatmap_overview(*means, limit, palette()),
        key=f"overview of {name}",
        theme=None,
        height=420,
        alt=f"Utilities: {KERNEL_TITLES[name]}",
    )


run = need_run("Utilities")
st.title("Utilities")
st.caption(
    "How much showing one example helps the model answer another, for every pair. Work goes on in"
    " the background: this page may be closed, and what is finished is kept."
)
kernels = kernel_control(run)
unfinished = [name for name in kernels if not is_readable(run, name)]
complete = [name for name in kernels if name not in unfinished]
if not complete:
    plan_note(run)  # otherwise the trust panel shows it
is_scoring = is_active(jobs.status(score_folder(run.folder)))
if unfinished or is_scoring:
    scoring(run, unfinished or kernels)
elif kernels:
    scored(run, kernels)
if complete:
    kernel_pictures(run, complete)
for name in unfinished:
    st.subheader(KERNEL_TITLES[name])
    fragment(REDRAWN if is_scoring else None)(unfinished_picture)(run, name)
