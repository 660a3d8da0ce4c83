"""One telling pair on the Model page: before it is scored, and what scoring it says."""

import streamlit as st

from delift_core.data.example import Dataset
from delift_core.jobs import jobs
from delift_core.jobs.requests import TracePairRequest
from delift_core.jobs.status import Status
from delift_core.runs.record import recorded_model
from delift_core.runs.store import bundled_run
from delift_core.wording import date_line, reading_line
from pages.session import address, cached_contents, current
from pages.widgets.conversation import conversation_view
from pages.widgets.job_panel import is_active, result_of
from pages.widgets.literal import literal
from pages.widgets.pair_utility import utility_sentence
from pages.widgets.token_view import token_view

HEIGHT = 240  # pixels of an example


def trial_request(model: dict) -> TracePairRequest:
    """Score the most telling pair of the pool, of the demo's without one."""
    pool = current.dataset("pool")
    answered, shown = cached_contents.telling_pair(tested_pool())
    return TracePairRequest(
        **model,
        device=address.get("device"),
        template=address.get("template"),
        dataset=str(current.dataset_folder("pool")) if pool else None,
        answered=answered,
        shown=shown,
        workspace=str(current.workspace()),
    )


def tested_pool() -> Dataset:
    """The examples that the pair is taken from."""
    return current.dataset("pool") or bundled_run().pool


def pair_view(model: dict, status: Status | None) -> None:
    """The pair, the button that scores it, and what came of it.

    status: of the job that scores it.
    """
    request, pool = trial_request(model), tested_pool()
    st.subheader("Does showing an example help?", anchor=False)
    st.caption(
        "One pair to see for yourself: the two most alike examples of the pool. If showing one does"
        " not help the model answer the other, little will."
    )
    for column, title, index in zip(
        st.columns(2),
        ("Shown", "Answered"),
        (request.shown, request.answered),
        strict=True,
    ):
        with column:
            st.caption(f"**{title}** · {literal(pool[index].id)}")
            with st.container(border=True, height=HEIGHT):
                conversation_view(pool[index])
    tested = result_of(request.folder, status)
    if not is_active(status):
        test_button(request, "Repeat" if tested else "Test a pair")
    if tested:
        test_result(tested)


def test_button(request: TracePairRequest, label: str) -> None:
    """Have the pair scored, live, by the code that scores them all."""
    if st.button(
        label,
        icon=":material/bolt:",
        help="Loads the model and scores this pair, with the code that will score them all.",
    ):
        jobs.start(request)
        st.rerun()


def test_result(pair: dict) -> None:
    """What showing the example changed, in a sentence and token by token."""
    sentence = reading_line(pair.get("obstacle", ""))
    if sentence:
        st.info(literal(sentence), icon=":material/speed:")
    date = recorded_model(pair["record"], pair["template"]).get("date")
    if date:
        st.info(literal(date_line(date)), icon=":material/event:")
    if pair["utility"] is None:
        st.write("Nothing of this pair could be scored.")
        return
    st.write(utility_sentence(pair["utility"], pair["pmi"], pair["alone"]["distance"]))
    st.caption(
        "Answer error is how far the model is from certain of the right answer's tokens: 0 is sure"
        " of all of them, 1 of none. Utility is how much the shown example lowers it."
    )
    token_view(pair)
