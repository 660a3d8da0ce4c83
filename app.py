"""The dashboard's first page: the bundled run, and the examples it chooses under a budget."""

import pandas as pd
import streamlit as st

from delift_core.runs.selections import Choice, choose
from delift_core.runs.store import bundled_run

OBJECTIVES = {
    "facility_location": "Represent the pool",
    "flqmi": "Serve the target",
    "flcg": "Add what is new",
}


@st.cache_resource
def demo():
    """The bundled run; read-only and the same for everybody."""
    return bundled_run()


@st.cache_resource
def full_order(objective: str):
    """The whole pool in order of choice: every smaller budget is its beginning."""
    return choose(demo(), Choice(objective=objective, budget="100%"))[1]


st.set_page_config(page_title="DELIFT", layout="wide")
st.title("Examples worth fine-tuning on")
run = demo()
st.caption(f"Demo: {len(run.pool)} examples scored with {run.record['model']['revision']}, template {run.record['template']}, "
           f"{run.record['model']['dtype']}.")

asked = st.radio("Objective", list(OBJECTIVES), format_func=OBJECTIVES.get, horizontal=True)
order = full_order(asked)
rows = st.slider("Budget (rows)", 1, len(run.pool), round(0.3 * len(run.pool)))
chosen = order.prefix(rows)

share = chosen.value / order.value if order.value else 0.0
st.write(f"{rows} rows reach {share:.1%} of what the whole pool reaches.")
if chosen.saturated_at is not None:
    st.caption(f"From rank {chosen.saturated_at + 1} on nothing adds anything: those rows are in the order of the pool.")
reached = order.gains.cumsum() / order.value if order.value else order.gains
st.line_chart(pd.DataFrame({"rows": range(1, len(order) + 1), "share of the whole pool": reached}),
              x="rows", y="share of the whole pool", height=240)
examples = [run.pool[index] for index in chosen.indices]
st.dataframe(
    pd.DataFrame({
        "rank": range(1, rows + 1),
        "gain": chosen.gains,
        "topic": [example.extra["topic"] for example in examples],
        "prompt": [example.prompt for example in examples],
        "response": [example.response for example in examples],
    }),
    hide_index=True,
)
