"""A utility kernel as a picture: all pairs as means of blocks, and a part of them one by one.

The part is the box that was drawn last on the overview, or what the number fields say.
"""

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import streamlit as st

from delift_core.charts.kernels import KernelPart, heatmap_exact, heatmap_overview
from delift_core.charts.lasso import clicked_pair, spans_in
from delift_core.runs.run import Run
from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.kernel_names import KERNELS
from pages.inspect.heatmap_lists import show_cells
from pages.session import address, cache, cached_analysis, current, widget_state
from pages.widgets.theme import palette

EXACT_MOST = 150  # cells a side that can be clicked
OVERVIEW_KEY, EXACT_KEY = "overview", "exact"
Spans = tuple[slice, slice]  # of rows and columns


@dataclass(frozen=True, eq=False)
class Picture:
    """A kernel in the order in which it is drawn."""

    run: Run
    name: str
    rows: np.ndarray  # (answered,) indices
    columns: np.ndarray  # (shown,) indices

    @cached_property
    def kernel(self) -> UtilityKernel:
        return cache.kernel(self.run, self.name)

    @property
    def shape(self) -> tuple[int, int]:
        """(answered, shown) of the kernel."""
        return self.run.shape(self.name)

    @cached_property
    def limit(self) -> float:
        """Where the colours end."""
        return cached_analysis.colour_limit(self.run, self.name, current.measure())


def overview(picture: Picture) -> None:
    """All pairs, as means of blocks where they are too many to be drawn one by one."""
    means, *edges = cached_analysis.overview_means(
        picture.run, picture.name, current.measure(), picture.rows, picture.columns
    )
    shape = picture.shape
    resolution = "each a cell of its own" if means.shape == shape else "as means of blocks"
    itself = ", examples shown to themselves left out" if shape[0] == shape[1] else ""
    st.caption(
        f"All pairs, {resolution}. Draw a box to see its pairs one by one. Colours end at"
        f" ±{picture.limit:.3g}, the 99 % quantile of |utility|{itself}; beyond it they saturate."
    )
    st.plotly_chart(
        heatmap_overview(means, *edges, picture.limit, palette()),
        key=OVERVIEW_KEY,
        theme=None,
        height=520,
        on_select=partial(take_box, picture.run, picture.name),
        selection_mode="box",
        config={"displaylogo": False},
        alt="Overview of the utility kernel",
    )


def take_box(run: Run, name: str) -> None:
    """Remember the box that was drawn on the overview, and turn to its pairs."""
    spans = spans_in(widget_state.selection(OVERVIEW_KEY), run.shape(name))
    if spans:
        current.remember(part_name(name), spans)
        show_cells()


def part_name(name: str) -> str:
    """The name under which the part of a kernel is remembered."""
    return f"part of {name}"


def drawn_part(name: str, shape: tuple[int, int]) -> Spans:
    """The part of the kernel that is drawn exactly, within the kernel and what can be clicked."""
    first = slice(0, EXACT_MOST)
    rows, columns = (
        slice(span.start, min(span.stop, span.start + EXACT_MOST, length))
        for span, length in zip(current.recall(part_name(name), (first, first)), shape, strict=True)
    )
    return rows, columns


def cells(picture: Picture) -> None:
    """The pairs of the part, each a cell that can be clicked."""
    shape = picture.shape
    spans = drawn_part(picture.name, shape)
    row_span, column_span = spans
    st.caption(
        f"Pairs one by one: rows {row_span.start + 1:,} to {row_span.stop:,}, columns"
        f" {column_span.start + 1:,} to {column_span.stop:,} of the overview. Click a cell to read"
        " the pair."
    )
    cells_figure(picture, picture.rows[row_span], picture.columns[column_span])
    part_fields(picture.name, spans, shape)


def cells_figure(picture: Picture, rows: np.ndarray, columns: np.ndarray) -> None:
    """The cells of some rows and columns. rows: (rows,), columns: (columns,) indices."""
    row_ids, column_ids = (
        [picture.run.datasets[role][index].id for index in indices.tolist()]
        for role, indices in zip(KERNELS[picture.name], (rows, columns), strict=True)
    )
    part = KernelPart(
        picture.kernel.block(current.measure(), rows, columns),
        rows,
        columns,
        row_ids,
        column_ids,
        imputed_cells(picture, rows, columns),
    )
    st.plotly_chart(
        heatmap_exact(part, picture.limit, palette()),
        key=EXACT_KEY,
        theme=None,
        height=520,
        on_select=partial(open_clicked_cell, picture.run, picture.name),
        selection_mode="points",
        config={"displaylogo": False},
        alt="Exact utilities of a part of the kernel",
    )


def open_clicked_cell(run: Run, name: str) -> None:
    """Open the pair of the cell that was clicked."""
    points = widget_state.selection(EXACT_KEY)["points"]
    if not points or "customdata" not in points[0]:
        return
    answered, shown = clicked_pair(points[0])
    answered_role, shown_role = KERNELS[name]
    address.put(
        answered=run.datasets[answered_role][answered].id,
        shown=run.datasets[shown_role][shown].id,
    )


def imputed_cells(
    picture: Picture, rows: np.ndarray, columns: np.ndarray
) -> np.ma.MaskedArray | None:
    """(rows, columns) what pairs outside the plan count as, masked where a pair was scored.

    None where the plan has every pair.
    """
    kernel = picture.kernel
    if kernel.pair_sample is None:
        return None
    means = cached_analysis.imputed(picture.run, picture.name, current.measure())  # (answered,)
    return np.ma.array(
        np.broadcast_to(means[rows, None], (len(rows), len(columns))),
        mask=kernel.at(kernel.requested, *np.ix_(rows, columns)),
    )


def part_fields(name: str, spans: Spans, shape: tuple[int, int]) -> None:
    """Number fields that say where the part begins."""
    titles = ("First row", "First column")
    with st.container(horizontal=True):
        starts = [
            widget_state.number(title, span.start + 1, 1, length) - 1
            for title, span, length in zip(titles, spans, shape, strict=True)
        ]
    if starts != [span.start for span in spans]:
        rows, columns = (slice(start, start + EXACT_MOST) for start in starts)
        current.remember(part_name(name), (rows, columns))
        st.rerun()
