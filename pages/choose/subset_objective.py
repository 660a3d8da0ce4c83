"""Every objective, its weights, and how utilities become similarities."""

from collections.abc import Sequence

import streamlit as st

from delift_core.scoring.kernel import Measure
from delift_core.scoring.transforms import Diagonal, Transform
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import OBJECTIVES
from pages.session import address, widget_state

WEIGHTS = {"eta": "Weight of the target (eta)", "nu": "Weight of the known (nu)"}
MEASURE_TITLES = {Measure.L2: "Distance (L2)", Measure.PMI: "Information (PMI)"}
TRANSFORM_TITLES = {
    Transform.CLIP: "Ignore negative scores",
    Transform.RAW: "As scored",
    Transform.MINMAX: "Min-max",
}
DIAGONAL_TITLES = {
    Diagonal.CAPPED: "Best other helper",
    Diagonal.MASKED: "Nothing",
    Diagonal.KEPT: "As scored",
}
SCALES = (  # label, field of the address, titles, help
    ("Utility", "measure", MEASURE_TITLES, "How the help of one example for another is measured."),
    (
        "Similarity",
        "transform",
        TRANSFORM_TITLES,
        "What becomes of utilities before they are added.",
    ),
    ("Self-score", "diagonal", DIAGONAL_TITLES, "What an example counts as covering itself."),
)
WEIGHT_HELP = "How strongly this part counts in the objective; 1 is the published one."


def scale_controls(offered: Sequence[ObjectiveName]) -> None:
    """The full list of objectives, weights and scale, folded."""
    menu = st.expander(
        "All objectives, weights and scale",
        icon=":material/tune:",
        key="full menu",
        on_change="rerun",
    )
    if menu.open:
        with menu:
            full_menu(offered)


def full_menu(offered: Sequence[ObjectiveName]) -> None:
    """Everything an objective depends on besides the kernels."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        objective_menu([str(name) for name in offered])
        for weight in OBJECTIVES[ObjectiveName(address.get("objective"))].weights:
            weight_field(weight)
    with st.container(horizontal=True):
        for label, field, titles, explanation in SCALES:
            widget_state.bound(
                st.segmented_control,
                label,
                field,
                [str(value) for value in titles],
                format_func=titles.get,
                required=True,
                help=explanation,
            )
    absent = [spec.title.lower() for name, spec in OBJECTIVES.items() if name not in offered]
    if absent:
        st.caption(
            f"Unavailable: needs a target, known examples or their scores: {', '.join(absent)}."
        )


def objective_menu(names: Sequence[str]) -> None:
    """Every objective by its name."""
    key = "objective menu"
    st.selectbox(
        "Objective",
        names,
        index=names.index(address.get("objective")),
        key=key,
        on_change=widget_state.writer("objective", key),
        width=260,
        help="The submodular function that greedy selection makes as large as it can.",
    )


def weight_field(name: str) -> None:
    """A weight of the objective.

    It starts from its value rather than from the session: one drawn in a run of the page that was
    cut short would come back as 0.
    """
    key = f"widget {name}"
    st.number_input(
        WEIGHTS[name],
        0.0,
        100.0,
        float(address.get(name)),
        step=0.1,
        key=key,
        width=220,
        on_change=widget_state.writer(name, key),
        help=WEIGHT_HELP,
    )
