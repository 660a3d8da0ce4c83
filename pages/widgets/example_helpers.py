"""Whom an example helps and who helps it; a click opens the pair below the list."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.runs.run import Run
from pages.session import address, cache, current, widget_state
from pages.widgets.conversation import conversation_view
from pages.widgets.literal import literal
from pages.widgets.pair_utility import pair_utility
from pages.widgets.previews import prompt_lines, response_line
from pages.widgets.table_columns import headings, with_numbers

MOST_HELPERS = 8
KERNEL = "pool_pool"
Pair = tuple[int, int]  # (answered, shown)


def helps(run: Run, index: int) -> None:
    """The examples it helps most when it is shown."""
    if not is_pool_scored(run):
        return
    kernel = cache.kernel(run, KERNEL)
    utilities = kernel.at(kernel.measured(current.measure()), everyone(run), index)  # (pool,)
    others = best_others(utilities, index)
    pairs = [(other, index) for other in others]
    partner_list(run, "Shown, it helps these most", utilities, pairs, others)
    open_pair(run, index, is_shown=True)


def helped_by(run: Run, index: int) -> None:
    """The examples that help it most when it is answered."""
    if not is_pool_scored(run):
        return
    kernel = cache.kernel(run, KERNEL)
    utilities = kernel.at(kernel.measured(current.measure()), index, everyone(run))  # (pool,)
    others = best_others(utilities, index)
    pairs = [(index, other) for other in others]
    partner_list(run, "These help it most when it is answered", utilities, pairs, others)
    open_pair(run, index, is_shown=False)


def everyone(run: Run) -> np.ndarray:
    """(pool,) the position of every example."""
    return np.arange(len(run.pool))


def is_pool_scored(run: Run) -> bool:
    """Whether the utilities between examples of the pool are there; says so where they are not."""
    if cache.is_complete(run, KERNEL):
        return True
    st.caption("The utilities of the pool are not scored yet.")
    return False


def best_others(utilities: np.ndarray, index: int) -> list[int]:
    """The other examples of highest utility, best first; those that were not scored never."""
    ranked = np.nan_to_num(utilities, nan=-np.inf)  # (pool,) a copy
    ranked[index] = -np.inf
    best = np.argsort(-ranked, kind="stable")[:MOST_HELPERS]
    return best[np.isfinite(ranked[best])].tolist()


def partner_list(
    run: Run, title: str, utilities: np.ndarray, pairs: Sequence[Pair], others: Sequence[int]
) -> None:
    """The other examples of the pairs, best first; a click on a cell opens its pair."""
    st.caption(title if run.plan.is_all else f"{title}, among the pairs that were scored")
    key = f"helpers {title}"
    table = pd.DataFrame(
        {
            "utility": utilities[others],
            "id": [run.pool[other].id for other in others],
            "prompt": prompt_lines(run, others),
            "response": [response_line(run, other) for other in others],
        }
    )
    st.dataframe(
        with_numbers(table, {"utility": "+.4f"}),
        key=key,
        hide_index=True,
        selection_mode="single-cell",
        on_select=partial(open_clicked_pair, run, key, pairs),
        alt=title,
        height="content",
        column_config=headings(table, {"utility": st.column_config.NumberColumn(width="small")}),
    )


def open_clicked_pair(run: Run, key: str, pairs: Sequence[Pair]) -> None:
    """Open the pair of the row that was clicked."""
    cells = widget_state.selection(key)["cells"]
    if cells:
        answered, shown = pairs[cells[0][0]]
        address.put(answered=run.pool[answered].id, shown=run.pool[shown].id)


def open_pair(run: Run, index: int, is_shown: bool) -> None:
    """The pair the address names, where the example has the listed part in it."""
    answered, shown = (cache.position(run, address.get(end)) for end in ("answered", "shown"))
    mine, other = (shown, answered) if is_shown else (answered, shown)
    if mine != index or other in (None, index):
        st.caption("Click one to read the pair.")
        return
    with st.container(border=True):
        id = run.pool[other].id
        st.markdown(
            f"**{literal(run.pool[shown].id)} shown, {literal(run.pool[answered].id)} answered**"
        )
        pair_utility(run, KERNEL, answered, shown)
        conversation_view(run.pool[other])
        st.button(
            f"Go to {literal(id)}",
            key="go to the other",
            icon=":material/arrow_forward:",
            on_click=address.put,
            kwargs={"example": id},
        )
