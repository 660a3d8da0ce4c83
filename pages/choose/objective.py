"""What the examples are for, and how utilities become similarities."""

import streamlit as st

from delift_core.runs.run import Run
from delift_core.scoring.kernel import Diagonal, Measure, Transform
from delift_core.selection.choice import objective_for
from delift_core.selection.objectives import RECIPES, ObjectiveName
from delift_core.wording import AIMS
from pages.session import cache, state

FIRST = (ObjectiveName.FACILITY_LOCATION, ObjectiveName.FLQMI, ObjectiveName.FLCG)
WEIGHTS = {"eta": "Weight of the target (eta)", "nu": "Weight of the known (nu)"}
MEASURES = {Measure.L2: "Distance (L2)", Measure.PMI: "Information (PMI)"}
TRANSFORMS = {
    Transform.CLIP: "Clip at zero",
    Transform.RAW: "As scored",
    Transform.MINMAX: "Min-max",
}
DIAGONALS = {
    Diagonal.CAPPED: "Best other helper",
    Diagonal.MASKED: "Nothing",
    Diagonal.KEPT: "As scored",
}
SCALES = (
    ("Utility", "measure", MEASURES),
    ("Similarity", "transform", TRANSFORMS),
    ("An example shown to itself counts as", "diagonal", DIAGONALS),
)


def objective_controls(run: Run) -> None:
    """Cards for the three usual aims, the full list of objectives, weights and scale."""
    offered = cache.objectives(run)
    current = objective_for(state.get("objective"), run.roles)
    state.put(objective=str(current if current in offered else offered[0]))
    cards = [name for name in offered if name in FIRST or name == state.get("objective")]
    state.bound(
        st.radio,
        "What are the examples for?",
        "objective",
        [str(name) for name in cards],
        horizontal=True,
        format_func=lambda name: AIMS[ObjectiveName(name)].title,
        captions=[AIMS[name].sentence for name in cards],
    )
    menu = st.expander(
        "All objectives, weights and scale",
        icon=":material/tune:",
        key="full menu",
        on_change="rerun",
    )
    if menu.open:
        with menu:
            full_menu(offered)


def full_menu(offered: list[ObjectiveName]) -> None:
    """Everything an objective depends on besides the kernels."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Objective",
            [str(name) for name in offered],
            index=[str(name) for name in offered].index(state.get("objective")),
            key="objective menu",
            on_change=lambda: state.put(objective=st.session_state["objective menu"]),
            width=260,
        )
        for weight in RECIPES[ObjectiveName(state.get("objective"))].weights:
            weight_field(weight)
    with st.container(horizontal=True):
        for label, field, words in SCALES:
            state.bound(
                st.segmented_control,
                label,
                field,
                [str(value) for value in words],
                format_func=words.get,
                required=True,
            )
    if absent := [AIMS[name].title.lower() for name in AIMS if name not in offered]:
        st.caption(
            "Not offered here, for want of a target, known examples or their utilities:"
            f" {', '.join(absent)}."
        )


def weight_field(name: str) -> None:
    """A weight.

    It starts from its value rather than from the session: one drawn in a run that was cut short
    would come back as 0.
    """
    place = f"widget {name}"
    st.number_input(
        WEIGHTS[name],
        0.0,
        100.0,
        float(state.get(name)),
        step=0.1,
        key=place,
        width=220,
        on_change=lambda: state.put(**{name: st.session_state[place]}),
    )
