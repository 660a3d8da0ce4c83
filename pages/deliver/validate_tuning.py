"""What is tuned, how and where: model, tuner and its options, executor; all in the address."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from delift_core.errors import DeliftError, UnknownChoice
from delift_core.runs.run import Run
from delift_core.validation.tuners.options import (
    option_sentences,
    typed_options,
    usual_options,
    written,
)
from delift_core.validation.tuners.register import TUNERS
from delift_core.workflow.plan_validation import Protocol
from pages.server.allowed_paths import model_source
from pages.session import address, widget_state
from pages.widgets.executor import executor_control, executor_title
from pages.widgets.literal import literal
from pages.widgets.refusals import show_refusal

SHARE_STEP, MOST_SHARE = 0.05, 0.95  # of an option that is a share


class Tuned(NamedTuple):
    """How models are tuned, where that is not as usual."""

    options: Mapping[str, Any]  # of the tuner
    model: str | None  # None: that of the run
    executor: str | None  # by name; None: the worker itself
    is_refused: bool  # whether a model is named that cannot be opened


def tuner_control() -> str:
    """How models are tuned."""
    return widget_state.pick(
        st.selectbox,
        "Tuner",
        "tuner",
        list(TUNERS),
        Protocol.tuner,
        format_func=lambda name: TUNERS[name].title,
        width=180,
        help=" ".join(f"{tuner.title}: {tuner.sentence}" for tuner in TUNERS.values()),
    )


def tuning_controls(run: Run, tuner: str) -> Tuned:
    """Model, options of the tuner and executor, each as usual until it is changed."""
    with st.popover("How", icon=":material/memory:", width="content"):
        model, refusal = model_control(run)
        if refusal is not None:
            show_refusal(refusal)
        options = option_controls(tuner)
        executor = executor_control()
    return Tuned(options, model, executor, refusal is not None)


def tuning_line(run: Run, tuner: str, tuned: Tuned) -> str:
    """What is tuned, how and where, in a line."""
    options = {**usual_options(TUNERS[tuner]), **tuned.options}
    varied = [f"{name} {written(value)}" for name, value in options.items()]
    model = tuned.model or run.record["model"]["name"]
    where = executor_title(tuned.executor)
    return literal(" · ".join([model, " ".join([TUNERS[tuner].title, ", ".join(varied)]), where]))


def model_control(run: Run) -> tuple[str | None, DeliftError | None]:
    """The model that is named to be tuned, None for that of the run; why it cannot be opened."""
    usual = run.record["model"]["name"]
    widget_state.bound(
        st.text_input,
        "Model to tune",
        "tuned_model",
        placeholder=usual,
        help=(
            f"A Hugging Face id or a folder; that of the run, {usual}, where none is named. What"
            " helps one model need not help another."
        ),
    )
    typed = str(address.get("tuned_model")).strip()
    if typed in ("", usual):
        return None, None
    try:
        return model_source(typed), None
    except DeliftError as refusal:
        return None, refusal


def option_controls(tuner: str) -> Mapping[str, Any]:
    """What can be varied about the tuner, as usual or as the address has it."""
    given, sentences = given_options(tuner), option_sentences(TUNERS[tuner])
    for name, usual in usual_options(TUNERS[tuner]).items():
        key = f"{name} of tuner {tuner}"
        widget_state.show(key, written(given.get(name, usual)))
        option_field(usual)(
            name.capitalize(),
            key=key,
            help=sentences[name],
            on_change=write_option,
            args=(tuner, name, key),
        )
    return given


def option_field(usual: Any) -> Callable[..., Any]:
    """The field of an option of one kind, such as the usual value is."""
    if isinstance(usual, str):
        return st.text_input
    if isinstance(usual, float):
        return partial(st.number_input, min_value=0.0, max_value=MOST_SHARE, step=SHARE_STEP)
    return partial(st.number_input, min_value=1, step=1)


def write_option(tuner: str, name: str, key: str) -> None:
    """Take what a field holds into the address, and out of it where it is as usual."""
    usual = usual_options(TUNERS[tuner])
    options = {**given_options(tuner), name: widget_state.value(key)}
    varied = {
        name: value for name, value in options.items() if value not in (usual[name], "", None)
    }
    address.put(tuner_options=tuple(f"{name}={written(value)}" for name, value in varied.items()))


def given_options(tuner: str) -> Mapping[str, Any]:
    """The options in the address; none where the tuner cannot take them."""
    try:
        return typed_options(TUNERS[tuner], address.get("tuner_options"))
    except UnknownChoice:
        return {}
