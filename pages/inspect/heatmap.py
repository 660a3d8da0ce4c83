"""Heatmap: the utility kernel, from an overview of blocks down to one pair."""

import numpy as np
import streamlit as st

from delift_core.charts.kernels import KernelPart, heatmap_exact, heatmap_overview
from delift_core.charts.lasso import clicked_pair, spans_in
from delift_core.scoring.kernel_names import KERNELS
from pages.inspect.heatmap_groups import kernel_groups
from pages.inspect.heatmap_lists import kernel_tabs, show_cells
from pages.inspect.heatmap_order import order_control
from pages.session import cache, cached_analysis, state
from pages.widgets.guards import need_choice
from pages.widgets.pair_panel import holds, pair_panel
from pages.widgets.scoring import TITLES, possible
from pages.widgets.theme import palette

EXACT_MOST = 150  # cells a side that can be clicked


def part(shape: tuple[int, int]) -> tuple[slice, slice]:
    """The part of the kernel that is drawn exactly: the box drawn last, or what the number fields
    say.
    """
    rows, columns = state.held(f"part of {name}", (slice(0, EXACT_MOST), slice(0, EXACT_MOST)))
    return tuple(
        slice(span.start, min(span.stop, span.start + EXACT_MOST, length))
        for span, length in zip((rows, columns), shape, strict=True)
    )


def box() -> None:
    """Remember the box that was drawn on the overview, and turn to its pairs."""
    if spans := spans_in(state.selection("overview"), run.shape(name)):
        state.hold(f"part of {name}", spans)
        show_cells()


def pick() -> None:
    """Open the pair of the cell that was clicked."""
    points = state.selection("exact")["points"]
    if points and "customdata" in points[0]:
        answered, shown = clicked_pair(points[0])
        roles = KERNELS[name]
        state.put(
            answered=run.datasets[roles[0]][answered].id, shown=run.datasets[roles[1]][shown].id
        )


def overview() -> None:
    """All pairs, as means of blocks where they are too many to be drawn one by one."""
    means, *edges = cached_analysis.overview(run, name, state.measure(), rows, columns)
    drawn_as = "each a cell of its own" if means.shape == values.shape else "as means of blocks"
    apart = ", examples shown to themselves left out" if values.shape[0] == values.shape[1] else ""
    st.caption(
        f"All pairs, {drawn_as}. Draw a box to see its pairs one by one. Colours end at"
        f" ±{limit:.3g}, the 99 % quantile of |utility|{apart}; beyond it they saturate."
    )
    st.plotly_chart(
        heatmap_overview(means, *edges, limit, palette()),
        key="overview",
        theme=None,
        height=520,
        on_select=box,
        selection_mode="box",
        config={"displaylogo": False},
        alt="Overview of the utility kernel",
    )


def left_out(rows: np.ndarray, columns: np.ndarray) -> np.ma.MaskedArray | None:
    """(rows, columns) what the plan's left-out pairs are inferred to be, masked where it left
    nothing out.
    """
    if kernel.pair_sample is None:
        return None
    inferred = cached_analysis.imputed(run, name, state.measure())[rows, None]  # (rows, 1)
    return np.ma.array(
        np.broadcast_to(inferred, (len(rows), len(columns))),
        mask=kernel.requested[np.ix_(rows, columns)],
    )


def cells() -> None:
    """The pairs of the box, each a cell that can be clicked."""
    spans = part(values.shape)
    places = rows[spans[0]], columns[spans[1]]
    row_ids, column_ids = (
        [run.datasets[role][place].id for place in line.tolist()]
        for role, line in zip(KERNELS[name], places, strict=True)
    )
    st.caption(
        f"Pairs one by one: rows {spans[0].start + 1:,} to {spans[0].stop:,}, columns"
        f" {spans[1].start + 1:,} to {spans[1].stop:,} of the overview. Click a cell to read the"
        " pair."
    )
    drawn = KernelPart(values[np.ix_(*places)], *places, row_ids, column_ids, left_out(*places))
    st.plotly_chart(
        heatmap_exact(drawn, limit, palette()),
        key="exact",
        theme=None,
        height=520,
        on_select=pick,
        selection_mode="points",
        config={"displaylogo": False},
        alt="Exact utilities of a part of the kernel",
    )
    with st.container(horizontal=True):
        starts = [
            state.number(title, span.start + 1, 1, length) - 1
            for title, span, length in zip(
                ("First row", "First column"), spans, values.shape, strict=True
            )
        ]
    if starts != [span.start for span in spans]:
        state.hold(f"part of {name}", tuple(slice(start, start + EXACT_MOST) for start in starts))
        st.rerun()


run, chosen = need_choice("Heatmap")
st.title("Heatmap")
with st.container(horizontal=True, vertical_alignment="bottom"):
    kernels = [kernel for kernel in possible(run) if cache.is_complete(run, kernel)]
    linked = next((place for place, kernel in enumerate(kernels) if holds(run, kernel)), 0)
    name = st.selectbox(
        "Kernel", kernels, index=linked, key="kernel", format_func=TITLES.get, width=280
    )
    rows, columns = order_control(run, chosen, name)
kernel = cache.kernel(run, name)
values = kernel.measured(state.measure())  # (answered, shown)
limit = cached_analysis.limit(run, name, state.measure())
if kernel.pair_sample is not None:
    st.caption(
        f":material/filter_alt: {kernel.requested.mean():.1%} of these pairs were scored. Open cells"
        " were not: lists and means are over what was scored, the choice counts the others as the"
        " pointer says."
    )
left, right = st.columns(2, gap="medium")
with left:
    whole, grouped = st.tabs(["All pairs", "Group by group"], key="whole kernel", on_change="rerun")
    with whole:
        if whole.open:
            overview()
    with grouped:
        if grouped.open:
            kernel_groups(run, name)
with right:
    kernel_tabs(run, name, cells)
pair_panel(run, name)
