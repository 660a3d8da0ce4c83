"""One pair of a kernel: the example that is answered, the one that is shown, and the utility."""

import streamlit as st

from delift_core.data.example import Example
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import KERNELS
from pages.server.navigation import go
from pages.session import address, cached_analysis, current, widget_state
from pages.widgets.conversation import conversation_view
from pages.widgets.literal import literal
from pages.widgets.pair_utility import pair_utility
from pages.widgets.previews import prompt_lines

LISTED_MOST = 2_000  # examples up to which a list of them is offered; beyond, ids are typed
TITLE_LENGTH = 48  # characters of that line
SIDES = ("Answered", "Shown")  # of a kernel
ANSWERED, SHOWN = 0, 1
Pair = tuple[int, int]  # answered and shown


def pair_positions(run: Run, name: str) -> tuple[int | None, int | None]:
    """The positions of the answered and the shown example that the address names."""
    answered, shown = (run.datasets[role] for role in KERNELS[name])
    return (
        answered.index_of.get(address.get("answered")),
        shown.index_of.get(address.get("shown")),
    )


def holds_pair(run: Run, name: str) -> bool:
    """Whether both ends of the pair the address names are in a kernel."""
    return None not in pair_positions(run, name)


def open_pair(run: Run, name: str) -> Pair | None:
    """The open pair: the one the address names, else the strongest; None in an empty kernel."""
    answered, shown = pair_positions(run, name)
    if answered is None or shown is None:
        return cached_analysis.strongest_pair(run, name, current.measure())
    return answered, shown


def put_pair(run: Run, name: str, pair: Pair | None) -> None:
    """Open a pair."""
    if pair is None:
        return
    answered, shown = (
        run.datasets[role][index].id for role, index in zip(KERNELS[name], pair, strict=True)
    )
    address.put(answered=answered, shown=shown)


def pair_panel(run: Run, name: str, pair: Pair | None) -> None:
    """The open pair, and two lists to pick one without a mouse."""
    pair_controls(run, name, pair)
    if pair is None:
        st.caption("Nothing of this score matrix could be scored.")
        return
    answered_role, shown_role = KERNELS[name]
    answered = run.datasets[answered_role][pair[0]]
    shown = run.datasets[shown_role][pair[1]]
    with st.container(border=True):
        st.markdown(f"#### {literal(shown.id)} shown, {literal(answered.id)} answered")
        pair_utility(run, name, *pair)
        pair_end("Shown", shown_role, shown)
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


def pair_controls(run: Run, name: str, pair: Pair | None) -> None:
    """Both ends of the pair as lists that can be typed into, and the button that swaps them."""
    answered_role, shown_role = KERNELS[name]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        example_control(run, name, pair, SHOWN)
        example_control(run, name, pair, ANSWERED)
        if answered_role == shown_role and pair is not None:
            st.button(
                "Swap",
                icon=":material/swap_horiz:",
                help="Read the pair in the other direction.",
                on_click=put_pair,
                args=(run, name, pair[::-1]),
            )


def example_control(run: Run, name: str, pair: Pair | None, side: int) -> None:
    """One end of the pair: picked from a list, of many examples an id that is typed."""
    role, label = KERNELS[name][side], SIDES[side]
    key = f"widget {label.lower()}"
    widget_state.show(key, None if pair is None else run.datasets[role][pair[side]].id)
    options = {
        "placeholder": "type an id",
        "key": key,
        "on_change": lambda: take_end(run, name, pair, side, widget_state.value(key)),
        "width": 125,
    }
    if len(run.datasets[role]) > LISTED_MOST:
        st.text_input(label, **options)
        return
    titles = example_titles(run, role)
    first = None if pair is None else 0  # an open pair cannot be cleared
    st.selectbox(label, list(titles), first, format_func=titles.get, **options)


def take_end(run: Run, name: str, pair: Pair | None, side: int, id: str | None) -> None:
    """Open the pair with another example at one of its ends; an id that there is not is said."""
    role = KERNELS[name][side]
    index = run.datasets[role].index_of.get(id)
    if id and index is None:
        st.toast(f"No example of the {role} has the id {literal(id)}.", icon=":material/error:")
    if pair is None or index is None:
        return
    put_pair(run, name, (index, pair[1]) if side == ANSWERED else (pair[0], index))


def example_titles(run: Run, role: str) -> dict[str, str]:
    """What the lists call each example, by its id."""
    positions = run.datasets[role].index_of
    lines = prompt_lines(run, positions.values(), role, TITLE_LENGTH)
    return {id: f"{id} · {line}" for id, line in zip(positions, lines, strict=True)}
