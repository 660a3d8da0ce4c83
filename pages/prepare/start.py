"""Start: what this is, the demo, your own data, and the runs made before."""

from pathlib import Path

import streamlit as st

from delift_core.runs.run_copies import deleted_runs
from delift_core.runs.store import list_runs
from pages.prepare.start_runs import deleted_list, note_line, run_cards, undo_line
from pages.server.navigation import go
from pages.session import address, cache, current, thumbnails, verdicts
from pages.widgets.refusals import show_refusals
from pages.widgets.theme import is_dark, palette

MARK = Path(__file__).parents[1] / "server" / "icon.png"


def headline() -> None:
    """The product's name, what it is for, and a picture of what it does."""
    words, picture = st.columns([3, 2], vertical_alignment="center", gap="large")
    with words:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.image(MARK, width=32)
            st.markdown("**DELIFT**")
        st.title("Choose the examples worth fine-tuning on", anchor=False)
        st.write(
            "A language model itself tells how much each example helps it answer the others. From"
            " that, DELIFT picks the few that cover the rest, shows why, and proves whether it"
            " helps."
        )
    with picture:
        st.image(thumbnails.demo_picture(palette(), is_dark()), width="stretch")
        st.caption(
            "The demo: the examples that represent its pool, in blue. Near each other: similar"
            " texts."
        )


def demo_card() -> None:
    """What the demo is, the button that opens it, and a fresh start for those who audited it."""
    st.subheader("Explore the demo", anchor=False)
    st.write(
        "160 examples of eight topics, scored already, with a target, known examples and planted"
        " wrong answers. Works offline."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Explore the demo", type="primary", icon=":material/play_arrow:"):
            current.open_run(address.DEMO)
            go("overview/overview")
        with show_refusals():
            reset_button()


def reset_button() -> None:
    """Take back every verdict of the demo, where there are some."""
    if not (current.workspace() / "runs" / cache.demo_id() / "run.json").exists():
        return
    demo = cache.opened_run(current.workspace(), cache.demo_id())
    if verdicts.agreed_verdicts(demo) and st.button(
        "Reset its verdicts",
        key="reset the demo",
        icon=":material/restart_alt:",
        help="Takes back every verdict given in the demo. The audit log keeps them as undone.",
    ):
        verdicts.reset(demo)
        st.rerun()


def data_card() -> None:
    """What data can be loaded, and the button that leads to the Data page."""
    st.subheader("Bring your data", anchor=False)
    st.write(
        "JSONL, JSON, CSV, TSV, Parquet, a folder, or a Hugging Face id. The layout is recognised,"
        " every problem is listed by row."
    )
    if st.button("Load data", icon=":material/upload_file:"):
        address.forget("run", *address.DATA_ROLES, *address.HOLD_OUT_FIELDS, *address.RUN_FIELDS)
        go("prepare/data")


headline()
demo_column, data_column = st.columns(2, border=True)
with demo_column:
    demo_card()
with data_column:
    data_card()
st.subheader("Your runs", anchor=False)
own_runs = [run for run in list_runs(current.workspace()) if run.id != cache.demo_id()]
deleted = deleted_runs(current.workspace())
note_line()
undo_line(deleted)
run_cards(own_runs)
deleted_list(deleted)
