"""One pair of examples: the one that is answered, the one that is shown, and what showing it
changed.
"""

import numpy as np
import streamlit as st

from delift_core.data.example import Dataset
from delift_core.jobs import jobs
from delift_core.jobs.status import State
from delift_core.runs.run import Run, pair_folder
from delift_core.scoring.kernel_names import KERNELS
from pages.server.navigation import go
from pages.session import cache, cached_analysis, state
from pages.widgets.conversation import conversation
from pages.widgets.job_panel import job_panel
from pages.widgets.literal import literal
from pages.widgets.previews import prompt_line
from pages.widgets.token_view import token_view

TOLD_MOST = 2_000  # examples of a list up to which each says how it begins
BEGINNING = 48


def place(dataset: Dataset, id: str | None) -> int | None:
    """Where an id stands in a dataset."""
    return next((index for index, example in enumerate(dataset) if example.id == id), None)


def holds(run: Run, name: str) -> bool:
    """Whether both ends of the pair the address names are in a kernel."""
    return all(
        place(run.datasets[role], state.get(end)) is not None
        for role, end in zip(KERNELS[name], ("answered", "shown"), strict=True)
    )


def pair_panel(run: Run, name: str) -> None:
    """The pair the address names, within the kernel being looked at; two lists to pick one without
    a mouse.
    """
    answered, shown = (run.datasets[role] for role in KERNELS[name])
    places = controls(run, name, answered, shown)
    if None in places:
        st.caption("Click a cell or a row, or choose two examples here, to read the pair.")
        return
    examples = answered[places[0]], shown[places[1]]
    with st.container(border=True):
        st.markdown(f"#### {literal(examples[1].id)} shown, {literal(examples[0].id)} answered")
        measured(run, name, *places)
        for column, title, role, example in zip(
            st.columns(2), ("Shown", "Answered"), KERNELS[name][::-1], examples[::-1]
        ):
            with column:
                with st.container(
                    horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
                ):
                    st.markdown(f"**{title}**", width="content")
                    if role == "pool" and st.button(
                        "Open the example",
                        key=f"open the {title.lower()}",
                        icon=":material/open_in_full:",
                        type="tertiary",
                    ):
                        state.put(example=example.id)
                        go("inspect/examples")
                conversation(example)


def controls(run: Run, name: str, answered: Dataset, shown: Dataset) -> list[int | None]:
    """Both ends of the pair as lists that can be typed into, the button that swaps them, and where
    they stand.
    """
    for field, dataset in (("answered", answered), ("shown", shown)):
        if place(dataset, state.get(field)) is None:
            state.forget(field)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for label, role in (("Shown", KERNELS[name][1]), ("Answered", KERNELS[name][0])):
            told = titles(run, role)
            state.bound(
                st.selectbox,
                label,
                label.lower(),
                list(told),
                index=None,
                format_func=told.get,
                placeholder="type an id",
                width=300,
            )
        places = [
            place(dataset, state.get(field))
            for field, dataset in (("answered", answered), ("shown", shown))
        ]
        if KERNELS[name][0] == KERNELS[name][1] and st.button(
            "Swap direction", icon=":material/swap_horiz:", disabled=None in places
        ):
            state.put(answered=state.get("shown"), shown=state.get("answered"))
            st.rerun()
    return places


def titles(run: Run, role: str) -> dict[str, str]:
    """What the lists call each example, by its id."""
    dataset = run.datasets[role]
    if len(dataset) > TOLD_MOST:
        return {example.id: example.id for example in dataset}
    return {
        example.id: f"{example.id} · {prompt_line(run, index, role, BEGINNING)}"
        for index, example in enumerate(dataset)
    }


def measured(run: Run, name: str, answered: int, shown: int) -> None:
    """What showing the one changed for the other: in a sentence, and token by token."""
    kernel = cache.kernel(run, name)
    if not kernel.requested[answered, shown]:
        left_out(run, name, answered, shown)
        return
    st.write(
        sentence(
            *(float(plane[answered, shown]) for plane in (kernel.values, kernel.pmi)),
            float(kernel.alone[answered]),
        )
    )
    if kernel.truncated[answered, shown]:
        st.caption(
            "The pair did not fit the window: the shown example was shortened from the left."
        )
    explained(run, name, answered, shown)


def left_out(run: Run, name: str, answered: int, shown: int) -> None:
    """A pair that the plan did not score: what it counts as, and what it is once it is scored by
    itself.
    """
    inferred = float(cached_analysis.imputed(run, name, state.measure())[answered])
    counts = (
        f"it counts as {inferred:+.4f}, the mean of what was scored of its answered example"
        if np.isfinite(inferred)
        else "its answered example is not among those sampled, so it counts for nothing by itself"
    )
    st.write(
        f":material/filter_alt: **Not scored.** The plan of this run left this pair out; {counts}."
    )
    explained(run, name, answered, shown, "Score this pair exactly")
    if found := jobs.result(pair_folder(run.folder, name, answered, shown)):
        st.caption(
            f"Scored by itself its utility is {found['utility']:+.4f}; the kernel and the choice"
            " stay as they are."
        )


def explained(
    run: Run, name: str, answered: int, shown: int, label: str = "Explain it token by token"
) -> None:
    """The pair token by token; a worker scores it again the first time, and the run keeps it."""
    folder = pair_folder(run.folder, name, answered, shown)
    status = job_panel(folder, "Scoring the pair", "steps")
    if (status is None or status.state is State.DONE) and (found := jobs.result(folder)):
        token_view(found)
    elif not (status and status.active) and st.button(label, icon=":material/abc:"):
        jobs.start(
            folder,
            "explain",
            {
                "run": str(run.folder),
                "kernel": name,
                "answered": answered,
                "shown": shown,
                "device": state.get("device"),
                "workspace": str(state.workspace()),
            },
        )
        st.rerun()


def sentence(utility: float, pmi: float, alone: float) -> str:
    """What the numbers say."""
    if np.isnan(utility):
        return "Nothing of this pair could be scored."
    verb = "helps" if utility > 0 else "hurts" if utility < 0 else "changes nothing"
    return (
        f"Showing it {verb}: the distance of the answer goes from {alone:.4f} alone to"
        f" {alone - utility:.4f}, a utility of {utility:+.4f}; each answer token gains {pmi:+.4f}"
        " of log-probability on average."
    )
