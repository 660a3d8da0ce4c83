"""Start: the demo, your own data, or a run made before."""

from datetime import datetime

import pandas as pd
import streamlit as st

from delift_core.errors import DamagedRun
from delift_core.runs.run import Run
from delift_core.runs.store import list_runs
from delift_core.selection.objective_names import ObjectiveName
from delift_core.wording import plan_name
from pages.server.navigation import go
from pages.session import cache, state

MOST_RUNS = 50


def summary(run: Run) -> dict:
    """A run in one row of the table."""
    return {
        "data": source(run),
        **{
            role: run.record["data"][role]["examples"] if role in run.roles else None
            for role in state.ROLES
        },
        "model": run.record["model"]["name"],
        "kernels": (
            f"{sum(cache.is_complete(run, name) for name in run.possible)} of {len(run.possible)}"
        ),
        "pairs": plan_name(run.plan),
        "made": datetime.fromtimestamp((run.folder / "run.json").stat().st_mtime),
        "run": run.id,
    }


def source(run: Run) -> str:
    """What the pool of a run was read from; of a damaged run, what is broken of it."""
    try:
        return cache.run(state.workspace(), run.id).pool.source
    except DamagedRun as refusal:
        return f"Damaged. {refusal}"


st.title("Choose the examples worth fine-tuning on")
st.write(
    "Score how much showing one example helps a model answer another, pick the few that cover the"
    " rest, look at why, and take them away."
)

demo, own = st.columns(2, border=True)
with demo:
    st.subheader("Explore the demo")
    st.write(
        "160 examples of eight topics, scored already, with a target, known examples and planted"
        " wrong answers. Works offline."
    )
    if st.button("Explore the demo", type="primary", icon=":material/play_arrow:"):
        state.open_run(state.DEMO)
        state.put(objective=str(ObjectiveName.FACILITY_LOCATION))
        go("choose/subset")
with own:
    st.subheader("Bring your data")
    st.write(
        "JSONL, JSON, CSV, TSV, Parquet, a folder, or a Hugging Face id. The layout is recognised,"
        " every problem is listed by row."
    )
    if st.button("Load data", icon=":material/upload_file:"):
        state.forget("run", *state.ROLES, *state.OF_A_RUN)
        go("prepare/data")

st.subheader("Open a run")
runs = list(list_runs(state.workspace()))
if not runs:
    st.caption("No runs yet. Each scored pool becomes one, and stays here.")
    st.stop()
table = pd.DataFrame([summary(run) for run in runs[:MOST_RUNS]])
picked = st.dataframe(
    table.astype(dict.fromkeys(state.ROLES, "Int64")),
    key="runs",
    hide_index=True,
    on_select="rerun",
    selection_mode="single-row",
    placeholder="",
    alt="Runs of the workspace, newest first",
    column_config={"made": st.column_config.DatetimeColumn("made", format="localized")},
)["selection"]["rows"]
if len(runs) > MOST_RUNS:
    st.caption(f"The newest {MOST_RUNS} of {len(runs)} runs.")
if st.button("Open the run", disabled=not picked, icon=":material/folder_open:"):
    found = runs[picked[0]]
    state.open_run(found.id)
    go("choose/subset" if cache.is_scored(found, state.choice()) else "prepare/utilities")
