"""A score matrix group by group: what the examples of one topic or source give those of another."""

import numpy as np
import streamlit as st

from delift_core.analysis.extremes import strongest_pair
from delift_core.analysis.groups import GroupMeans
from delift_core.charts.matrices import group_figure, strongest
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import KERNELS
from pages.session import cache, cached_groups, current, widget_state
from pages.widgets.chart import show_chart
from pages.widgets.chart_mouse import Click
from pages.widgets.theme import palette

GROUPS = "groups"
MOST_GROUPS = 12  # of a side in the figure
HEIGHTS = (300, 560)  # pixels, the least and the most
Pair = tuple[int, int]  # answered and shown


def group_control(run: Run) -> str:
    """Pick what makes groups; the address keeps it."""
    offered, default = cached_groups.offered(run), cached_groups.likely(run)
    return widget_state.pick(
        st.selectbox,
        "Groups by",
        "groups",
        offered,
        default,
        width=200,
        help="A field whose values are groups, or clusters of like texts.",
    )


def group_means_of(run: Run, name: str, way: str) -> GroupMeans:
    """Mean utilities between the groups."""
    return cached_groups.mean_utilities(run, name, current.measure(), way, MOST_GROUPS)


def groups_view(run: Run, name: str, way: str) -> None:
    """Mean utilities as a figure, and how to read it."""
    means = group_means_of(run, name, way)
    figure = group_figure(means, palette())
    figure.update_layout(meta={"chart": GROUPS})
    least, most = HEIGHTS
    height = min(max(140 + 48 * len(means.answered), least), most)
    show_chart(figure, height, "Mean utility of every group shown to every group answered")
    itself = ", an example with itself left out" if cache.kernel(run, name).square else ""
    st.caption(
        f"Mean utility over {means.counts.sum():,} pairs{itself}: blue helps, orange hurts. Click a"
        f" cell to read its strongest pair. Colours end at ±{strongest(means):.3g}, the largest"
        " mean."
    )


def strongest_in_cell(run: Run, name: str, way: str, click: Click) -> Pair | None:
    """The strongest pair of the two groups under a click; None where nothing was scored."""
    means = group_means_of(run, name, way)
    row, column = round(click.y), round(click.x)
    if not (0 <= row < len(means.answered) and 0 <= column < len(means.shown)):
        return None
    rows, columns = (
        members(run, role, way, group)
        for role, group in zip(
            KERNELS[name], (means.answered[row], means.shown[column]), strict=True
        )
    )
    kernel = cache.kernel(run, name)
    return strongest_pair(kernel.measured(current.measure()), kernel.square, rows, columns)


def members(run: Run, role: str, way: str, group: str) -> np.ndarray:
    """(examples,) indices of the examples of a role in a group."""
    return np.flatnonzero(
        np.array(cached_groups.named_groups(run, role, way, MOST_GROUPS)) == group
    )


def cell_of_pair(run: Run, name: str, way: str, pair: Pair | None) -> tuple[float, float] | None:
    """Where the groups of the open pair meet in the figure."""
    if pair is None:
        return None
    means = group_means_of(run, name, way)
    row, column = (
        names.index(cached_groups.named_groups(run, role, way, MOST_GROUPS)[index])
        for names, role, index in zip(
            (means.answered, means.shown), KERNELS[name], pair, strict=True
        )
    )
    return float(column), float(row)
