"""Which model scores, and how it is run."""

import streamlit as st

from delift_core.scoring.precision import Precision, agreement
from pages.server.allowed_paths import model_source
from pages.session import state
from pages.widgets.literal import literal

BUNDLED, OTHER = "SmolLM2-135M-Instruct, bundled", "A Hugging Face id or a folder"
DEVICES, TEMPLATES = ("auto", "cpu", "cuda", "mps"), ("auto", "chat", "plain", "paper")


def model_controls() -> dict:
    """The model asked for, as the tasks take it."""
    kind = st.radio(
        "Model",
        [BUNDLED, OTHER],
        index=int(state.get("model") != "bundled"),
        key="kind of model",
        on_change=lambda: (
            state.put(model="bundled") if st.session_state["kind of model"] == BUNDLED else None
        ),
        captions=[
            "Part of the installation, works offline.",
            "The one you will tune, if this machine holds it.",
        ],
    )
    if kind == OTHER:
        with st.container(horizontal=True):
            typed = st.text_input(
                "Hugging Face id or folder",
                "" if state.get("model") == "bundled" else state.get("model"),
                placeholder="HuggingFaceTB/SmolLM2-360M-Instruct",
                key="model typed",
            ).strip()
            state.put(
                model=typed or "bundled",
                revision=st.text_input("Commit", state.get("revision") or "", placeholder="newest")
                or None,
            )
        if not typed:
            st.stop()
    with (
        st.expander("Precision, device, window and template", icon=":material/tune:"),
        st.container(horizontal=True),
    ):
        state.bound(st.selectbox, "Precision", "dtype", list(Precision), width=160)
        state.bound(st.selectbox, "Device", "device", DEVICES, width=160)
        state.bound(st.selectbox, "Template", "template", TEMPLATES, width=160)
        state.bound(
            st.number_input,
            "Window in tokens",
            "context",
            min_value=8,
            value=None,
            step=1,
            placeholder="the model's own",
            width=200,
        )
    if told := agreement(state.get("dtype")):
        st.caption(literal(told))
    return {
        "model": model_source(state.get("model")),
        **{name: state.get(name) for name in ("dtype", "revision", "context")},
    }
