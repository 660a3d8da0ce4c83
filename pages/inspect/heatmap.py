"""Heatmap: the utility kernel, from an overview of blocks down to one pair."""

import numpy as np
import streamlit as st

from delift_core.inspection.figures import heatmap_exact, heatmap_overview
from delift_core.inspection.lasso import clicked_pair, spans_in
from delift_core.runs.store import KERNELS, Run
from pages.shared import cache, drawn, state
from pages.shared.guards import need_choice
from pages.shared.pair_panel import pair_panel
from pages.shared.scoring import TITLES, possible
from pages.shared.theme import palette

EXACT_MOST = 150                   # cells a side that can be clicked
COVER, SOURCE = "by the chosen example that covers it", "as in the source"


def orders(run: Run, name: str, ordering: str) -> tuple[np.ndarray, np.ndarray]:
    """(answered,) and (shown,) indices in the order they are drawn."""
    answered, shown = run.shape(name)
    if ordering == SOURCE or KERNELS[name] != ("pool", "pool"):
        return np.arange(answered), np.arange(shown)
    return drawn.by_cover(run, name, chosen.selection.indices)


def part(shape: tuple[int, int]) -> tuple[slice, slice]:
    """The part of the kernel that is drawn exactly: the box drawn last, or what the number fields say."""
    rows, columns = state.held(f"part of {name}", (slice(0, EXACT_MOST), slice(0, EXACT_MOST)))
    return tuple(slice(span.start, min(span.stop, span.start + EXACT_MOST, length)) for span, length in zip((rows, columns), shape, strict=True))


def box() -> None:
    """Remember the box that was drawn on the overview."""
    if spans := spans_in(state.selection("overview"), run.shape(name)):
        state.hold(f"part of {name}", spans)


def pick() -> None:
    """Open the pair of the cell that was clicked."""
    points = state.selection("exact")["points"]
    if points and "customdata" in points[0]:
        answered, shown = clicked_pair(points[0])
        roles = KERNELS[name]
        state.put(answered=run.datasets[roles[0]][answered].id, shown=run.datasets[roles[1]][shown].id)


run, chosen = need_choice("Heatmap")
st.title("Heatmap")
with st.container(horizontal=True, vertical_alignment="bottom"):
    name = st.selectbox("Kernel", [kernel for kernel in possible(run) if cache.is_complete(run, kernel)], key="kernel", format_func=TITLES.get, width=280)
    ordering = st.segmented_control("Order", [COVER, SOURCE], default=COVER, key="ordering", required=True, disabled=name != "pool_pool")
rows, columns = orders(run, name, ordering)
values = cache.kernel(run, name).measured(state.measure())                        # (answered, shown)
limit = drawn.limit(run, name, state.measure())
left, right = st.columns(2, gap="medium")
with left:
    st.caption("All pairs, as means of blocks. Draw a box to see its pairs one by one.")
    st.plotly_chart(heatmap_overview(*drawn.overview(run, name, state.measure(), rows, columns), limit, palette()), key="overview",
                    theme=None, height=560, on_select=box, selection_mode="box", config={"displaylogo": False},
                    alt="Overview of the utility kernel")
with right:
    spans = part(values.shape)
    exact = values[np.ix_(rows[spans[0]], columns[spans[1]])]
    st.caption(f"Pairs one by one: rows {spans[0].start + 1:,} to {spans[0].stop:,}, columns {spans[1].start + 1:,} to {spans[1].stop:,} "
               "of the overview. Click a cell to read the pair.")
    st.plotly_chart(heatmap_exact(exact, rows[spans[0]], columns[spans[1]], limit, palette()), key="exact", theme=None, height=560,
                    on_select=pick, selection_mode="points", config={"displaylogo": False}, alt="Exact utilities of a part of the kernel")
    with st.container(horizontal=True):
        starts = [state.number(title, span.start + 1, 1, length) - 1
                  for title, span, length in zip(("First row", "First column"), spans, values.shape, strict=True)]
    if starts != [span.start for span in spans]:
        state.hold(f"part of {name}", tuple(slice(start, start + EXACT_MOST) for start in starts))
        st.rerun()
pair_panel(run, name)
