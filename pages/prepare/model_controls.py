"""Which model scores, and how it is run."""

import streamlit as st

from delift_core.scoring.device_names import DEVICES
from delift_core.scoring.precision import Precision, agreement
from delift_core.scoring.template_names import TemplateName
from pages.server.allowed_paths import BUNDLED, model_source
from pages.session import address, widget_state
from pages.widgets.literal import literal

BUNDLED_LABEL, OTHER = "SmolLM2-135M-Instruct, bundled", "A Hugging Face id or a folder"
TEMPLATES = ("auto", *map(str, TemplateName))
KIND_KEY = "kind of model"


def model_controls() -> dict:
    """The model asked for, as the jobs take it; stops the page until one is named."""
    kind = st.radio(
        "Model",
        [BUNDLED_LABEL, OTHER],
        index=int(address.get("model") != BUNDLED),
        key=KIND_KEY,
        on_change=take_bundled,
        captions=[
            "Part of the installation, works offline.",
            "The one you will tune, if this machine holds it.",
        ],
    )
    if kind == OTHER and not name_controls():
        st.stop()
    with (
        st.expander("Precision, device, context length and template", icon=":material/tune:"),
        st.container(horizontal=True),
    ):
        detail_controls()
    sentence = agreement(address.get("dtype"))
    if sentence:
        st.caption(literal(sentence))
    details = {name: address.get(name) for name in ("dtype", "revision", "context")}
    return {"model": model_source(address.get("model")), **details}


def take_bundled() -> None:
    """Put the bundled model into the address when it is picked."""
    if widget_state.value(KIND_KEY) == BUNDLED_LABEL:
        address.put(model=BUNDLED)


def name_controls() -> bool:
    """The id or folder of another model and its commit; whether one is named."""
    named = address.get("model")
    with st.container(horizontal=True):
        typed = st.text_input(
            "Hugging Face id or folder",
            "" if named == BUNDLED else named,
            placeholder="HuggingFaceTB/SmolLM2-360M-Instruct",
            key="model typed",
        ).strip()
        revision = st.text_input("Commit", address.get("revision") or "", placeholder="newest")
    address.put(model=typed or BUNDLED, revision=revision or None)
    return bool(typed)


def detail_controls() -> None:
    """Precision, device, template and context length."""
    widget_state.bound(
        st.selectbox,
        "Precision",
        "dtype",
        list(Precision),
        width=160,
        help="How exactly the model computes. Less exact is faster and may rank differently.",
    )
    widget_state.bound(
        st.selectbox,
        "Device",
        "device",
        DEVICES,
        width=160,
        help="What it runs on; auto takes a GPU where there is one.",
    )
    widget_state.bound(
        st.selectbox,
        "Template",
        "template",
        TEMPLATES,
        width=160,
        help="How examples are written as a prompt; auto is the model's own chat template.",
    )
    widget_state.bound(
        st.number_input,
        "Context length (tokens)",
        "context",
        min_value=8,
        value=None,
        step=1,
        placeholder="the model's own",
        width=200,
        help="The longest prompt with its response; what is longer is shortened from the left.",
    )
