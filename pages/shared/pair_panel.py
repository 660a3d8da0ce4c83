"""One pair of examples: the one that is answered, the one that is shown, and what showing it changed."""

import numpy as np
import streamlit as st

from delift_core.data.example import Dataset
from delift_core.runs import jobs
from delift_core.runs.status import State
from delift_core.runs.store import KERNELS, Run
from pages.shared import cache, state
from pages.shared.example_panel import conversation
from pages.shared.job_panel import job_panel
from pages.shared.literal import literal
from pages.shared.token_view import token_view


def place(dataset: Dataset, id: str | None) -> int | None:
    """Where an id stands in a dataset."""
    return next((index for index, example in enumerate(dataset) if example.id == id), None)


def pair_panel(run: Run, name: str) -> None:
    """The pair the address names, within the kernel being looked at; two lists to pick one without a mouse."""
    answered, shown = (run.datasets[role] for role in KERNELS[name])
    asked = (state.get("answered"), state.get("shown"))
    places = [place(dataset, id) for dataset, id in zip((answered, shown), asked)]
    if None in places:
        st.caption("Click a cell to read the pair here.")
        return
    kernel = cache.kernel(run, name)
    utility, pmi = kernel.values[*places], kernel.pmi[*places]
    with st.container(border=True):
        st.markdown(f"#### {literal(asked[1])} shown, {literal(asked[0])} answered")
        st.write(sentence(float(utility), float(pmi), float(kernel.alone[places[0]])))
        if kernel.truncated[*places]:
            st.caption("The pair did not fit the window: the shown example was shortened from the left.")
        if KERNELS[name][0] == KERNELS[name][1] and st.button("Swap direction", icon=":material/swap_horiz:"):
            state.put(answered=asked[1], shown=asked[0])
            st.rerun()
        explained(run, name, *places)
        for column, title, example in zip(st.columns(2), ("Shown", "Answered"), (shown[places[1]], answered[places[0]])):
            with column:
                st.markdown(f"**{title}**")
                conversation(example)


def explained(run: Run, name: str, answered: int, shown: int) -> None:
    """The pair token by token; a worker scores it again the first time, and the run keeps it."""
    folder = jobs.pair_job(run.folder, name, answered, shown)
    status = job_panel(folder, "Scoring the pair", "steps")
    if status and status.state is State.DONE and (found := jobs.result(folder)):
        token_view(found)
    elif not (status and status.active) and st.button("Explain it token by token", icon=":material/abc:"):
        jobs.start(folder, "explain", {"run": str(run.folder), "kernel": name, "answered": answered, "shown": shown,
                                       "device": state.get("device"), "workspace": str(state.workspace())})
        st.rerun()


def sentence(utility: float, pmi: float, alone: float) -> str:
    """What the numbers say."""
    if np.isnan(utility):
        return "Nothing of this pair could be scored."
    verb = "helps" if utility > 0 else "hurts" if utility < 0 else "changes nothing"
    return (f"Showing it {verb}: the distance of the answer goes from {alone:.4f} alone to {alone - utility:.4f}, a utility of {utility:+.4f}; "
            f"each answer token gains {pmi:+.4f} of log-probability on average.")
