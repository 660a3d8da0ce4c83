"""Utilities: what scoring will cost, how far it is, and what came of it."""

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.inspection.blocks import block_means, robust_limit
from delift_core.inspection.figures import heatmap_overview
from delift_core.runs import jobs
from delift_core.runs.status import State
from delift_core.runs.store import KERNELS, Run
from delift_core.units import duration, size
from pages.shared import cache
from pages.shared.guards import need_run
from pages.shared.job_panel import job_panel
from pages.shared.navigation import go
from pages.shared.scoring import cost_folder, needed, possible, predict, score
from pages.shared.theme import palette

PAIRS_DRAWN = 4_000_000            # above this the heatmap is drawn when it is complete, not while it fills
REDRAWN = 3.0                      # seconds
TITLES = {"pool_pool": "Pool answered, pool shown", "target_pool": "Target answered, pool shown",
          "pool_target": "Pool answered, target shown", "pool_known": "Pool answered, known shown"}


def cost(run: Run, kernels: list[str]) -> bool:
    """The prediction for what is missing; whether there is one."""
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
    return found is not None


def scoring(run: Run, kernels: list[str]) -> None:
    """Start, follow, cancel, continue."""
    folder = jobs.run_job(run.folder, "score")
    status = job_panel(folder, "Scoring")
    if status and status.active:
        return
    begun = status is not None and status.state is not State.DONE
    ready = cost(run, kernels) or begun
    label = "Continue scoring" if begun else "Start scoring"
    if st.button(label, type="primary" if ready else "secondary", icon=":material/play_arrow:"):
        score(run, kernels)
        st.rerun()


def filling(run: Run, name: str) -> None:
    """The kernel as far as it is stored."""
    done, (answered, shown) = len(run.tiles(name)) - len(run.missing(name)), run.shape(name)
    st.caption(f"{done:,} of {len(run.tiles(name)):,} tiles stored, {answered:,} answered by {shown:,} shown.")
    if done and answered * shown <= PAIRS_DRAWN:
        overview(run.stored(name), name)


def overview(values: np.ndarray, name: str) -> None:
    """Block means of a kernel."""
    st.plotly_chart(heatmap_overview(*block_means(values), robust_limit(values), palette()), key=f"overview of {name}", theme=None,
                    height=420, alt=f"Utilities: {TITLES[name]}")


def trust(run: Run, name: str) -> None:
    """What to know about a finished kernel before trusting it."""
    kernel, tokens = cache.kernel(run, name), run.alone(KERNELS[name][1]).response_tokens
    values = kernel.values[~np.eye(*kernel.values.shape, dtype=bool)] if kernel.square else kernel.values.ravel()   # (pairs,)
    with st.container(horizontal=True):
        st.metric("Mean utility", f"{np.nanmean(values):+.4f}")
        st.metric("Negative", f"{np.nanmean(values < 0):.1%}", help="Pairs in which showing the example made the answer less likely.")
        st.metric("Truncated", f"{kernel.truncated.mean():.1%}", help="Pairs that did not fit the model's window.")
        st.metric("Not scored", f"{np.isnan(values).mean():.1%}", help="Pairs of which nothing could be scored.")
        st.metric("Rank correlation with length", f"{length_correlation(kernel.values, tokens):+.2f}",
                  help="Spearman correlation of mean utility given with the tokens of the shown example's response.")
    st.caption("An example shown to itself is left out of these figures." if kernel.square else "")


def length_correlation(values: np.ndarray, tokens: np.ndarray) -> float:
    """Spearman correlation of what each shown example gives on average with its length; 0 where one of them does not vary."""
    given = np.nanmean(values, axis=0)                                            # (shown,)
    ranks = pd.DataFrame({"given": given, "tokens": tokens}).rank()
    return float(np.nan_to_num(ranks["given"].corr(ranks["tokens"])))


run = need_run("Utilities")
st.title("Utilities")
st.caption("How much showing one example helps the model answer another, for every pair. Work goes on in the background: this page may be "
           "closed, and what is finished is kept.")
offered = possible(run)
kernels = st.pills("Kernels", offered, selection_mode="multi", default=needed(run), key=f"kernels of {run.id}", format_func=TITLES.get)
unfinished = [name for name in kernels if not cache.is_complete(run, name)]
job = jobs.status(jobs.run_job(run.folder, "score"))
if unfinished or (job and job.active):
    scoring(run, unfinished or kernels)
elif kernels:
    st.success("Every pair of these kernels is scored.", icon=":material/check_circle:")
    if st.button("Choose a subset", type="primary", icon=":material/arrow_forward:"):
        go("choose/subset")
for name in kernels:
    st.subheader(TITLES[name])
    if cache.is_complete(run, name):
        trust(run, name)
        overview(cache.kernel(run, name).values, name)
    else:
        st.fragment(filling, run_every=REDRAWN if job and job.active else None)(run, name)
