"""The first three examples that were chosen, each with its reason in a sentence."""

import streamlit as st

from delift_core.analysis.explain import Reason, why_chosen
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from delift_core.units import counted, ordinal
from pages.overview.overview_drawer import open_in_drawer
from pages.widgets.literal import literal
from pages.widgets.previews import prompt_line

SHOWN = 3
LINE = 42  # characters of a prompt


def example_cards(run: Run, chosen: Outcome) -> None:
    """The opening of each prompt, why it was chosen, and the button that opens it."""
    st.markdown("**Chosen first**, and why")
    for rank in range(1, min(SHOWN, len(chosen.selection)) + 1):
        example_card(run, chosen, rank)


def example_card(run: Run, chosen: Outcome, rank: int) -> None:
    """One of them."""
    index = int(chosen.selection.indices[rank - 1])
    example = run.pool[index]
    reason = why_chosen(chosen.objective, chosen.selection, rank)
    with st.container(gap=None):
        st.button(
            literal(prompt_line(run, index, most=LINE)),
            key=f"open chosen {rank}",
            type="tertiary",
            on_click=open_in_drawer,
            args=(example.id,),
        )
        st.caption(reason_line(reason, rank))


def reason_line(reason: Reason, rank: int) -> str:
    """Why an example was chosen at its turn, in one sentence."""
    helped = counted(len(reason.parts), "example")
    before = " better than those before it" if rank > 1 else ""
    return f"{ordinal(rank)}: covers {helped}{before}, a gain of {reason.gain:.2f}."
