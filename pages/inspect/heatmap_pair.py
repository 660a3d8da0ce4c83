"""One pair of a kernel: the example that is answered, the one that is shown, and the utility."""

import streamlit as st

from delift_core.data.example import Dataset, Example
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import KERNELS
from pages.server.navigation import go
from pages.session import address, widget_state
from pages.widgets.conversation import conversation_view
from pages.widgets.literal import literal
from pages.widgets.pair_utility import pair_utility
from pages.widgets.previews import prompt_line

MOST_TITLED = 2_000  # examples of a list up to which each is shown with the line of its prompt
TITLE_LENGTH = 48  # characters of that line


def position_in(dataset: Dataset, id: str | None) -> int | None:
    """The position of an id in a dataset."""
    return next((index for index, example in enumerate(dataset) if example.id == id), None)


def pair_positions(run: Run, name: str) -> tuple[int | None, int | None]:
    """The positions of the answered and the shown example that the address names."""
    answered, shown = (run.datasets[role] for role in KERNELS[name])
    return (
        position_in(answered, address.get("answered")),
        position_in(shown, address.get("shown")),
    )


def holds_pair(run: Run, name: str) -> bool:
    """Whether both ends of the pair the address names are in a kernel."""
    return None not in pair_positions(run, name)


def pair_panel(run: Run, name: str) -> None:
    """The pair the address names, and two lists to pick one without a mouse."""
    answered_index, shown_index = pair_controls(run, name)
    if answered_index is None or shown_index is None:
        st.caption("Click a cell or a row, or choose two examples here, to read the pair.")
        return
    answered_role, shown_role = KERNELS[name]
    answered = run.datasets[answered_role][answered_index]
    shown = run.datasets[shown_role][shown_index]
    with st.container(border=True):
        st.markdown(f"#### {literal(shown.id)} shown, {literal(answered.id)} answered")
        pair_utility(run, name, answered_index, shown_index)
        shown_column, answered_column = st.columns(2)
        with shown_column:
            pair_end("Shown", shown_role, shown)
        with answered_column:
            pair_end("Answered", answered_role, answered)


def pair_end(title: str, role: str, example: Example) -> None:
    """One example of the pair, and the button that opens it."""
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
            address.put(example=example.id)
            go("inspect/examples")
    conversation_view(example)


def pair_controls(run: Run, name: str) -> tuple[int | None, int | None]:
    """Both ends of the pair as lists that can be typed into, and the button that swaps them.

    Returns the positions of the answered and the shown example.
    """
    answered_role, shown_role = KERNELS[name]
    for field, position in zip(("answered", "shown"), pair_positions(run, name), strict=True):
        if position is None:
            address.forget(field)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        example_control(run, "Shown", shown_role)
        example_control(run, "Answered", answered_role)
        positions = pair_positions(run, name)
        if answered_role == shown_role and st.button(
            "Swap direction", icon=":material/swap_horiz:", disabled=None in positions
        ):
            address.put(answered=address.get("shown"), shown=address.get("answered"))
            st.rerun()
    return positions


def example_control(run: Run, label: str, role: str) -> None:
    """One end of the pair."""
    titles = example_titles(run, role)
    widget_state.bound(
        st.selectbox,
        label,
        label.lower(),
        list(titles),
        index=None,
        format_func=titles.get,
        placeholder="type an id",
        width=300,
    )


def example_titles(run: Run, role: str) -> dict[str, str]:
    """What the lists call each example, by its id."""
    dataset = run.datasets[role]
    if len(dataset) > MOST_TITLED:
        return {example.id: example.id for example in dataset}
    return {
        example.id: f"{example.id} · {prompt_line(run, index, role, TITLE_LENGTH)}"
        for index, example in enumerate(dataset)
    }
