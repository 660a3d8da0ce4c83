"""Model: which one scores, whether it fits, and one live pair to see that it works."""

import streamlit as st

from delift_core.jobs import jobs
from delift_core.jobs.requests import DescribeModelRequest, TracePairRequest
from delift_core.runs.record import recorded_model
from delift_core.runs.store import create_run
from delift_core.units import size
from delift_core.wording import date_line, reading_line
from pages.prepare.model_controls import model_controls
from pages.server.navigation import go
from pages.session import address, current
from pages.widgets.job_panel import is_active, job_panel, result_of
from pages.widgets.literal import literal
from pages.widgets.scoring import needed_kernels, predict_ahead


def description(model: dict) -> dict | None:
    """What the model is and needs, before a weight of it is loaded; None until that is known."""
    request = DescribeModelRequest(**model, workspace=current.workspace())
    status = job_panel(request.folder, "Looking at the model", "steps")
    result = result_of(request.folder, status)
    if result is not None or is_active(status):
        return result
    if st.button("Look at the model", type="primary", icon=":material/search:"):
        jobs.start(request)
        st.rerun()
    return None


def description_metrics(model: dict) -> None:
    """Parameters, window, memory needed against memory free."""
    with st.container(horizontal=True):
        st.metric("Parameters", f"{model['parameters'] / 1e6:,.0f} M")
        st.metric("Window", f"{model['context']:,} tokens")
        st.metric("Memory needed", size(model["memory"]))
        st.metric("Memory free", size(model["free"]))
        st.metric("Device", model["device"])
    if model["memory"] > model["free"]:
        st.warning(
            "It needs more memory than is free. Close something, choose a smaller model, a shorter"
            " window or another device.",
            icon=":material/memory_alt:",
        )


def reading_note(described: dict) -> None:
    """That the model is not read in packs, where it is not."""
    sentence = reading_line(described.get("obstacle", ""))
    if sentence:
        st.info(literal(sentence), icon=":material/speed:")


def date_note(pair: dict) -> None:
    """That the date of the template is fixed, where it writes one."""
    date = recorded_model(pair["record"], pair["template"]).get("date")
    if date:
        st.info(literal(date_line(date)), icon=":material/event:")


def trial(model: dict) -> dict | None:
    """One pair, scored live by the code that will score them all; None until it was."""
    request = trial_request(model)
    status = job_panel(request.folder, "Trying one pair", "steps")
    result = result_of(request.folder, status)
    label, kind = "Try it again", "secondary"
    if result is None:
        label, kind = "Try one pair", "primary"
    if not is_active(status) and st.button(label, icon=":material/bolt:", type=kind):
        jobs.start(request)
        st.rerun()
    return result


def trial_request(model: dict) -> TracePairRequest:
    """The first two examples of the pool, or the job's own pair without a pool."""
    pool = current.dataset("pool")
    has_second = pool is None or len(pool) > 1
    return TracePairRequest(
        **model,
        device=address.get("device"),
        template=address.get("template"),
        dataset=str(current.dataset_folder("pool")) if pool else None,
        answered=0,
        shown=1 if has_second else 0,
        workspace=str(current.workspace()),
    )


def trial_view(pair: dict) -> None:
    """The numbers of the pair, and the exact text the model was given."""
    direction = "helps" if pair["utility"] > 0 else "does not help"
    st.write(
        f"Showing the example {direction}: the distance of the answer goes from"
        f" {pair['alone']['distance']:.4f} to {pair['shown']['distance']:.4f}, a utility of"
        f" **{pair['utility']:+.4f}** (information {pair['pmi']:+.4f})."
    )
    titles = {"alone": "Prompt without the example", "shown": "Prompt with the example"}
    for column, (side, title) in zip(st.columns(2, border=True), titles.items(), strict=True):
        with column:
            st.caption(title)
            st.code(pair[side]["prompt"], language=None, wrap_lines=True)
    st.caption(f"Scored are these {pair['response_tokens']} tokens")
    st.code(pair["alone"]["response"], language=None, wrap_lines=True)


def next_button(pair: dict) -> None:
    """Make a run of the data and the model; without a pool, go and load one."""
    if not current.dataset("pool"):
        st.info("The model works. Load a pool to score it.", icon=":material/info:")
        if st.button("Load data", type="primary"):
            go("prepare/data")
        return
    if st.button("Use this model", type="primary", icon=":material/check:"):
        data = current.datasets()
        run = create_run(current.workspace(), data, pair["record"], pair["template"])
        current.open_run(run.id)
        predict_ahead(run, needed_kernels(run))
        go("prepare/scoring")


st.title("Model")
st.caption(
    "The utility is relative to this model: score with the one you will tune, or with a small"
    " relative of it to get a first picture."
)
model = model_controls()
described = description(model)
if described:
    description_metrics(described)
    reading_note(described)
    pair = trial(model)
    if pair:
        if not described.get("obstacle"):
            reading_note(pair)
        date_note(pair)
        trial_view(pair)
        next_button(pair)
