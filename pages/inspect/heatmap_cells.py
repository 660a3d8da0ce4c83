"""A score matrix pair by pair, or in blocks where it is large: one picture of all, or of a box.

A drag draws a box, whose pairs are shown one by one; a click reads a pair.
"""

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import streamlit as st

from delift_core.analysis.extremes import strongest_pair
from delift_core.charts.kernels import KernelPart, heatmap_exact, heatmap_overview
from delift_core.charts.lasso import spans_in
from delift_core.runs.run import Run
from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.kernel_names import KERNELS
from pages.session import address, cache, cached_analysis, current, widget_state
from pages.widgets.chart_mouse import Click
from pages.widgets.theme import palette

EXACT_MOST = 320  # cells a side that are drawn one by one
PAIRS = "pairs"
HEIGHT = 560  # pixels
Spans = tuple[slice, slice]  # of rows and columns
Pair = tuple[int, int]  # answered and shown


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
    def values(self) -> np.ndarray:
        """(answered, shown) the utilities that are looked at."""
        return self.kernel.measured(current.measure())

    @property
    def shape(self) -> tuple[int, int]:
        """(answered, shown) of the kernel."""
        return self.run.shape(self.name)

    @cached_property
    def limit(self) -> float:
        """Where the colours end."""
        return cached_analysis.colour_limit(self.run, self.name, current.measure())

    @cached_property
    def spans(self) -> Spans:
        """The part that is drawn: the box of the address, or all."""
        whole = slice(0, self.shape[0]), slice(0, self.shape[1])
        if address.get("box") is None:
            return whole
        top, bottom, left, right = map(int, address.get("box").split("_"))
        rows = slice(top, min(bottom, top + EXACT_MOST, self.shape[0]))
        columns = slice(left, min(right, left + EXACT_MOST, self.shape[1]))
        is_there = rows.start < rows.stop and columns.start < columns.stop
        return (rows, columns) if is_there else whole

    @property
    def is_exact(self) -> bool:
        """Whether every pair of the part is a cell of its own."""
        return all(span.stop - span.start <= EXACT_MOST for span in self.spans)


def pairs_view(picture: Picture) -> None:
    """The picture, what it shows in a sentence, and the way back from a box."""
    figure = exact_figure(picture) if picture.is_exact else blocks_figure(picture)
    figure.update_layout(
        meta={"chart": PAIRS}, clickmode="event", selectionrevision=str(picture.spans)
    )
    st.plotly_chart(
        figure,
        key=PAIRS,
        theme=None,
        height=HEIGHT,
        on_select=partial(take_box, picture),
        selection_mode="box",
        config={"displaylogo": False},
        alt="All pairs of the score matrix",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(pairs_sentence(picture))
        if address.get("box") is not None:
            st.button("Show all pairs", on_click=lambda: address.forget("box"))


def pairs_sentence(picture: Picture) -> str:
    """What the picture shows, and what the mouse does."""
    rows, columns = picture.spans
    part = "Every pair is a cell" if picture.is_exact else "Means of blocks of pairs"
    if address.get("box") is not None:
        part = (
            f"Rows {rows.start + 1:,} to {rows.stop:,}, columns {columns.start + 1:,} to"
            f" {columns.stop:,}"
        )
    return (
        f"{part}. Click to read a pair, drag a box to enlarge it. Colours end at"
        f" ±{picture.limit:.3g}, the 99 % quantile of |utility|."
    )


def blocks_figure(picture: Picture):
    """The kernel as means of blocks."""
    means, *edges = block_means_of(picture)
    return heatmap_overview(means, *edges, picture.limit, palette())


def block_means_of(picture: Picture) -> tuple:
    """Block means of the whole kernel and the edges of the blocks."""
    return cached_analysis.overview_means(
        picture.run, picture.name, current.measure(), picture.rows, picture.columns
    )


def exact_figure(picture: Picture):
    """The pairs of the part, each a cell."""
    row_span, column_span = picture.spans
    rows, columns = picture.rows[row_span], picture.columns[column_span]
    row_ids, column_ids = (
        [picture.run.datasets[role][index].id for index in indices.tolist()]
        for role, indices in zip(KERNELS[picture.name], (rows, columns), strict=True)
    )
    part = KernelPart(
        picture.kernel.at(picture.values, *np.ix_(rows, columns)),
        row_ids,
        column_ids,
        imputed_cells(picture, rows, columns),
    )
    return heatmap_exact(part, picture.limit, palette())


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


def take_box(picture: Picture) -> None:
    """Show the pairs of the box that was drawn."""
    shape = tuple(span.stop - span.start for span in picture.spans)
    box = spans_in(widget_state.selection(PAIRS), shape)
    if box is None:
        return
    ends = [
        span.start + end
        for span, side in zip(picture.spans, box, strict=True)
        for end in (side.start, side.stop)
    ]
    address.put(box="_".join(map(str, ends)))


def clicked_pair(picture: Picture, click: Click) -> Pair | None:
    """The pair under a click; of a block the strongest. None where nothing was scored."""
    row, column = round(click.y), round(click.x)
    rows, columns = (
        indices[span]
        for indices, span in zip((picture.rows, picture.columns), picture.spans, strict=True)
    )
    if not (0 <= row < len(rows) and 0 <= column < len(columns)):
        return None
    if picture.is_exact:
        return int(rows[row]), int(columns[column])
    _, row_edges, column_edges = block_means_of(picture)
    rows = block_at(picture.rows, row_edges, row)
    columns = block_at(picture.columns, column_edges, column)
    return strongest_pair(picture.values, picture.kernel.square, rows, columns)


def block_at(order: np.ndarray, edges: np.ndarray, position: int) -> np.ndarray:
    """(examples,) indices of the block that holds a position. order: (n,) indices."""
    block = int(np.clip(np.searchsorted(edges, position, "right") - 1, 0, len(edges) - 2))
    return order[edges[block] : edges[block + 1]]


def place_of_pair(picture: Picture, pair: Pair | None) -> tuple[float, float] | None:
    """Where the open pair is in the picture; None where it is not in the part."""
    if pair is None:
        return None
    (row,), (column,) = (
        np.flatnonzero(indices == index)
        for indices, index in zip((picture.rows, picture.columns), pair, strict=True)
    )
    top, left = (span.start for span in picture.spans)
    return float(column - left), float(row - top)
