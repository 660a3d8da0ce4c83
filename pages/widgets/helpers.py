"""Whom an example helps and who helps it; a click opens the pair below the list, and from there the
other example.
"""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.runs.run import Run
from pages.session import cache, state
from pages.widgets.conversation import conversation
from pages.widgets.literal import literal
from pages.widgets.pair_panel import measured
from pages.widgets.previews import prompt_line, response_line

MOST_HELPERS = 8
KERNEL = "pool_pool"


def helps(index: int) -> None:
    """The examples it helps most when it is shown."""
    partners(
        index,
        "Shown, it helps these most",
        lambda values: values[:, index],
        lambda other: (other, index),
    )


def helped_by(index: int) -> None:
    """The examples that help it most when it is answered."""
    partners(
        index,
        "These help it most when it is answered",
        lambda values: values[index],
        lambda other: (index, other),
    )


def partners(index, title, line_of, pair_of) -> None:
    """A list of others, best first, and the pair that was picked.

    pair_of: (answered, shown) of an example and another.
    """
    run = state.run()
    if not cache.is_complete(run, KERNEL):
        st.caption("The utilities of the pool are not scored yet.")
        return
    line = line_of(cache.kernel(run, KERNEL).measured(state.measure()))  # (pool,)
    # (pool,)
    others = np.where(np.arange(len(line)) == index, -np.inf, np.nan_to_num(line, nan=-np.inf))
    best = np.argsort(-others, kind="stable")[:MOST_HELPERS]
    best = best[np.isfinite(others[best])]
    st.caption(title if run.plan.is_all else f"{title}, among the pairs that were scored")
    picked = partial(pick, run, f"helpers {title}", [pair_of(other) for other in best.tolist()])
    st.dataframe(
        pd.DataFrame(
            {
                "utility": line[best],
                "id": [run.pool[place].id for place in best.tolist()],
                "prompt": [prompt_line(run, place) for place in best.tolist()],
                "response": [response_line(run, place) for place in best.tolist()],
            }
        ),
        key=f"helpers {title}",
        hide_index=True,
        selection_mode="single-cell",
        on_select=picked,
        alt=title,
        height="content",
        column_config={
            "utility": st.column_config.NumberColumn("Utility", format="%.4f", width="small")
        },
    )
    asked = cache.position(run, state.get("answered")), cache.position(run, state.get("shown"))
    other = next(
        (
            place
            for place in asked
            if place is not None and place != index and pair_of(place) == asked
        ),
        None,
    )
    if other is None:
        st.caption("Click one to read the pair.")
    else:
        pair(run, asked, other)


def pick(run: Run, place: str, pairs: list[tuple[int, int]]) -> None:
    """Open the pair of the row that was clicked."""
    if cells := state.selection(place)["cells"]:
        answered, shown = pairs[cells[0][0]]
        state.put(answered=run.pool[answered].id, shown=run.pool[shown].id)


def pair(run: Run, places: tuple[int, int], other: int) -> None:
    """The open pair as seen from one of its examples: what the other did, and the other's text."""
    with st.container(border=True):
        id = run.pool[other].id
        st.markdown(
            f"**{literal(run.pool[places[1]].id)} shown, {literal(run.pool[places[0]].id)}"
            " answered**"
        )
        measured(run, KERNEL, *places)
        conversation(run.pool[other])
        if st.button(
            f"Go to {literal(id)}", key="go to the other", icon=":material/arrow_forward:"
        ):
            state.put(example=id)
            st.rerun()
