"""Utilities: what scoring will cost, how far it is, and what came of it."""

import numpy as np
import streamlit as st

from delift_core.analysis.blocks import block_means, robust_limit
from delift_core.charts.kernels import heatmap_overview
from delift_core.errors import DamagedRun
from delift_core.jobs import jobs
from delift_core.jobs.status import State
from delift_core.runs.run import Run
from delift_core.scoring.kernel import Measure
from delift_core.scoring.plan import Plan
from delift_core.units import duration, size
from pages.server.navigation import go
from pages.session import cache, cached_analysis
from pages.widgets.guards import need_run
from pages.widgets.job_panel import job_panel
from pages.widgets.literal import literal
from pages.widgets.plan_choice import plan_choice, plan_told, run_with
from pages.widgets.refusals import fragment
from pages.widgets.scoring import (
    TITLES,
    cost_folder,
    needed,
    possible,
    predict,
    predict_ahead,
    score,
)
from pages.widgets.theme import palette
from pages.widgets.trust_panel import kernel_trust

PAIRS_DRAWN = 4_000_000  # above this the heatmap is drawn when it is complete, not while it fills
REDRAWN = 3.0  # seconds


def cost(run: Run, kernels: list[str]) -> dict | None:
    """The prediction for what is missing, where there is one."""
    folder = cost_folder(run, kernels)
    status = job_panel(folder, "Measuring what scoring will take", "steps")
    found = jobs.result(folder) if status and status.state is State.DONE else None
    if found:
        with st.container(horizontal=True):
            st.metric("Pairs", f"{found['pairs']:,}")
            st.metric("Tokens", f"{found['tokens']:,}")
            st.metric("Time", f"about {duration(found['seconds'])}")
            st.metric("Memory", size(found["memory"]))
            st.metric("Disk, at most", size(found["disk"]))
    elif not (status and status.active) and st.button("Predict the cost", icon=":material/timer:"):
        predict(run, kernels)
        st.rerun()
    return found


def scoring(run: Run, kernels: list[str]) -> None:
    """Choose a plan, start, follow, cancel, continue."""
    folder = jobs.run_job(run.folder, "score")
    status = job_panel(folder, "Scoring")
    if status and status.active:
        return
    begun = status is not None and status.state is not State.DONE
    predicted = cost(run, kernels)
    plan = (
        plan_choice(run, predicted["plans"]) if predicted and predicted.get("plans") else run.plan
    )
    label = "Continue scoring" if begun and plan.same_pairs_as(run.plan) else "Start scoring"
    if st.button(
        label, type="primary" if predicted or begun else "secondary", icon=":material/play_arrow:"
    ):
        score(run_with(run, plan), kernels)
        st.rerun()


def filling(run: Run, name: str) -> None:
    """The kernel as far as it is stored."""
    done, (answered, shown) = len(run.tiles(name)) - len(run.missing(name)), run.shape(name)
    st.caption(
        f"{done:,} of {len(run.tiles(name)):,} tiles stored, {answered:,} answered by {shown:,}"
        f" shown, {run.pairs(name):,} pairs to score."
    )
    if done and answered * shown <= PAIRS_DRAWN:
        values = run.stored(name)
        overview(block_means(values), robust_limit(values), name)


def overview(means: tuple, limit: float, name: str) -> None:
    """Block means of a kernel."""
    st.plotly_chart(
        heatmap_overview(*means, limit, palette()),
        key=f"overview of {name}",
        theme=None,
        height=420,
        alt=f"Utilities: {TITLES[name]}",
    )


def finished(run: Run, names: list[str]) -> None:
    """What to know of finished kernels before trusting them, and each of them as a picture."""
    kernel_trust(run, names)
    for name in names:
        st.subheader(TITLES[name])
        answered, shown = map(np.arange, run.shape(name))
        overview(
            cached_analysis.overview(run, name, Measure.L2, answered, shown),
            cached_analysis.limit(run, name, Measure.L2),
            name,
        )


def is_readable(name: str) -> bool:
    """Whether a kernel lacks nothing.

    One that is damaged says so, and can be scored where it is.
    """
    try:
        return cache.is_complete(run, name) and cache.kernel(run, name) is not None
    except DamagedRun as refusal:
        st.warning(literal(str(refusal)), icon=":material/healing:")
        return False


run = need_run("Utilities")
st.title("Utilities")
st.caption(
    "How much showing one example helps the model answer another, for every pair. Work goes on in"
    " the background: this page may be closed, and what is finished is kept."
)
offered = possible(run)
kernels = st.pills(
    "Kernels",
    offered,
    selection_mode="multi",
    default=needed(run),
    key=f"kernels of {run.id}",
    format_func=TITLES.get,
)
unfinished = [name for name in kernels if not is_readable(name)]
complete = [name for name in kernels if name not in unfinished]
if not complete:
    plan_told(run)  # otherwise the trust panel tells it
job = jobs.status(jobs.run_job(run.folder, "score"))
if unfinished or (job and job.active):
    scoring(run, unfinished or kernels)
elif kernels:
    what = "Every pair" if run.plan.is_all else "Every pair that the plan asks for"
    st.success(f"{what} of these kernels is scored.", icon=":material/check_circle:")
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
if complete:
    finished(run, complete)
for name in unfinished:
    st.subheader(TITLES[name])
    fragment(REDRAWN if job and job.active else None)(filling)(run, name)
