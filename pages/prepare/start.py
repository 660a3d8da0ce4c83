"""Start: the demo, your own data, or a run made before."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from delift_core.errors import DamagedRun
from delift_core.runs.run import Run
from delift_core.runs.store import list_runs
from delift_core.scoring.kernel_names import HELD_OUT, role_name
from delift_core.selection.objective_names import ObjectiveName
from delift_core.wording import plan_name
from pages.server.navigation import go
from pages.session import address, cache, current

MOST_RUNS = 50


def demo_card() -> None:
    """What the demo is, and the button that opens it."""
    st.subheader("Explore the demo")
    st.write(
        "160 examples of eight topics, scored already, with a target, known examples and planted"
        " wrong answers. Works offline."
    )
    if st.button("Explore the demo", type="primary", icon=":material/play_arrow:"):
        current.open_run(address.DEMO)
        address.put(objective=str(ObjectiveName.FACILITY_LOCATION))
        go("choose/subset")


def data_card() -> None:
    """What data can be loaded, and the button that leads to the Data page."""
    st.subheader("Bring your data")
    st.write(
        "JSONL, JSON, CSV, TSV, Parquet, a folder, or a Hugging Face id. The layout is recognised,"
        " every problem is listed by row."
    )
    if st.button("Load data", icon=":material/upload_file:"):
        address.forget("run", *address.DATA_ROLES, *address.HOLD_OUT_FIELDS, *address.RUN_FIELDS)
        go("prepare/data")


def runs_table(runs: Sequence[Run]) -> list[int]:
    """The newest runs; returns the position of the one that is picked, in a list."""
    table = pd.DataFrame([run_row(run) for run in runs[:MOST_RUNS]])
    state = st.dataframe(
        table.astype(dict.fromkeys(address.DATA_ROLES, "Int64")),
        key="runs",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        placeholder="",
        alt="Runs of the workspace, newest first",
        column_config={
            HELD_OUT: role_name(HELD_OUT),
            "made": st.column_config.DatetimeColumn("made", format="localized"),
        },
    )
    if len(runs) > MOST_RUNS:
        st.caption(f"The newest {MOST_RUNS} of {len(runs)} runs.")
    return state["selection"]["rows"]


def run_row(run: Run) -> dict:
    """A run in one row of the table."""
    complete = sum(cache.is_complete(run, name) for name in run.possible)
    made = (run.folder / "run.json").stat().st_mtime
    return {
        "data": source_of(run),
        **{role: example_count(run, role) for role in address.DATA_ROLES},
        "model": run.record["model"]["name"],
        "kernels": f"{complete} of {len(run.possible)}",
        "pairs": plan_name(run.plan),
        "made": datetime.fromtimestamp(made),
        "run": run.id,
    }


def source_of(run: Run) -> str:
    """What the pool of a run was read from; of a damaged run, what is broken of it."""
    try:
        return cache.opened_run(current.workspace(), run.id).pool.source
    except DamagedRun as refusal:
        return f"Damaged. {refusal}"


def example_count(run: Run, role: str) -> int | None:
    """How many examples a role has, None without it."""
    return run.data[role]["examples"] if role in run.roles else None


def open_picked(run: Run) -> None:
    """Open a run on the page where it can be gone on with."""
    current.open_run(run.id)
    go("choose/subset" if cache.is_scored(run, current.choice()) else "prepare/scoring")


st.title("Choose the examples worth fine-tuning on")
st.write(
    "Score how much showing one example helps a model answer another, pick the few that cover the"
    " rest, look at why, and take them away."
)
demo_column, data_column = st.columns(2, border=True)
with demo_column:
    demo_card()
with data_column:
    data_card()

st.subheader("Open a run")
runs = list(list_runs(current.workspace()))
if not runs:
    st.caption("No runs yet. Each scored pool becomes one, and stays here.")
    st.stop()
picked = runs_table(runs)
if st.button("Open the run", disabled=not picked, icon=":material/folder_open:"):
    open_picked(runs[picked[0]])
