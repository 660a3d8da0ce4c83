"""One example in full: its text, its place in the choice, whom it helps and who helps it. The same panel on every page."""

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.data.example import Example
from pages.shared import cache, state
from pages.shared.literal import first_line, literal
from pages.shared.why import why

MOST_HELPERS = 8


def example_panel() -> None:
    """The example the address names; an invitation while it names none."""
    run = state.run()
    index = cache.position(run, state.get("example"))
    if index is None:
        st.caption("Click an example to read it here.")
        return
    example = run.pool[index]
    with st.container(border=True):
        st.markdown(f"#### Example {literal(example.id)}")
        st.caption(standing(index))
        pin_buttons(example)
        text, reasons, helps, row = st.tabs(["Text", "Why", "Helps and helped by", "Original row"])
        with text:
            conversation(example)
        with reasons:
            if chosen := state.chosen():
                why(run, chosen, index)
        with helps:
            helpers(index)
        with row:
            st.json(dict(example.extra))


def standing(index: int) -> str:
    """Where an example stands in the choice, in a sentence."""
    chosen = state.chosen()
    if chosen is None:
        return "The utilities are not scored yet."
    if rank := chosen.ranks[index]:
        pinned = " It is pinned." if rank <= chosen.selection.pinned else ""
        return f"Chosen at rank {rank} of {len(chosen.selection)}, marginal gain {chosen.selection.gains[rank - 1]:.4f}.{pinned}"
    if entry := chosen.order.ranks_of_all[index]:
        return f"Not chosen. It would enter with a budget of {entry} rows, adding {chosen.order.selection.gains[entry - 1]:.4f}."
    return "Not chosen, and excluded or outside its group's quota whatever the budget."


def pin_buttons(example: Example) -> None:
    """Pin or exclude the example, or take that back."""
    pins, excludes = state.get("pins"), state.get("excludes")
    with st.container(horizontal=True):
        for word, icon, mine, other in (("pin", "keep", pins, excludes), ("exclude", "block", excludes, pins)):
            there = example.id in mine
            label = f"Un{word}" if word == "pin" and there else "Include again" if there else word.capitalize()
            if st.button(label, key=f"{word} the example", icon=f":material/{icon}:", disabled=example.id in other):
                rest = tuple(id for id in mine if id != example.id)
                state.put(**{f"{word}s": rest if there else (*mine, example.id)})
                st.rerun()


def conversation(example: Example) -> None:
    """Every turn as it is, character by character."""
    for turn in (*example.turns, None):
        role, content = ("assistant", example.response) if turn is None else (turn.role, turn.content)
        st.caption(f"{role}{' (the response)' if turn is None else ''}")
        st.code(content, language=None, wrap_lines=True)


def helpers(index: int) -> None:
    """The examples it helps most when shown, and those that help it most when it is answered."""
    run = state.run()
    if not cache.is_complete(run, "pool_pool"):
        st.caption("The utilities of the pool are not scored yet.")
        return
    values = cache.kernel(run, "pool_pool").measured(state.measure())             # (answered, shown)
    for title, line in (("Shown, it helps these most", values[:, index]), ("These help it most when it is answered", values[index])):
        st.markdown(f"**{title}**")
        others = np.where(np.arange(len(line)) == index, -np.inf, np.nan_to_num(line, nan=-np.inf))   # (pool,)
        best = np.argsort(-others, kind="stable")[:MOST_HELPERS]
        best = best[np.isfinite(others[best])]
        st.dataframe(pd.DataFrame({"utility": line[best], "id": [run.pool[place].id for place in best.tolist()],
                                   "prompt": [first_line(run.pool[place].prompt) for place in best.tolist()]}),
                     hide_index=True, column_config={"utility": st.column_config.NumberColumn("Utility", format="%.4f", width="small")},
                     alt=title, height="content")

