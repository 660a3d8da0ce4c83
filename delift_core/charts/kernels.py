"""The figures of a kernel: block means of the whole, every cell of a part."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import CLEAR, axis, base_layout, even_scale, short_label
from delift_core.charts.palette import Palette
from delift_core.charts.traces import empty_trace

COLUMN_TICKS, ROW_TICKS, COUNT_TICKS = 8, 12, 8  # most of an axis
UTILITY = ".4f"  # how the label at the pointer writes a utility, with a true minus sign


@dataclass(frozen=True, eq=False)
class KernelPart:
    """A part of a kernel in the order in which it is drawn."""

    values: np.ndarray  # (rows, columns) utilities, NaN where there is none
    row_ids: Sequence[str]  # of the answered examples
    column_ids: Sequence[str]  # of the shown examples
    # (rows, columns) what pairs that the plan left out are imputed to be, NaN where nothing is;
    # masked where it left nothing out; None where it left out no pair at all
    left_out: np.ma.MaskedArray | None = None


def heatmap_overview(
    values: np.ndarray,
    row_edges: np.ndarray,
    column_edges: np.ndarray,
    limit: float,
    palette: Palette,
) -> go.Figure:
    """Block means of a kernel, as `block_means` gives them, zero in the middle of the colours.

    A box that is drawn in it comes back in kernel positions.

    limit: utility at which the colours end.
    """
    columns, rows = int(column_edges[-1]), int(row_edges[-1])
    hover = "answered around %{y:.0f}<br>shown around %{x:.0f}<br>mean utility %{z}<extra></extra>"
    cells = _heatmap(
        values,
        limit,
        palette,
        f"utility<br>(colours end<br>at \u00b1{limit:.3g})",
        x=_block_borders(column_edges),
        y=_block_borders(row_edges),
        hovertemplate=hover,
    )
    layout = _kernel_layout(palette, rows=rows, columns=columns, dragmode="select")
    layout.xaxis.update(_count_ticks(columns))
    layout.yaxis.update(_count_ticks(rows))
    return go.Figure([cells, empty_trace()], layout)


def heatmap_exact(part: KernelPart, limit: float, palette: Palette) -> go.Figure:
    """Every cell of a part of a kernel, row and column by their position in the part.

    Cells of pairs that the plan left out stay open, and the pointer says why. A box that is drawn
    in it comes back in positions of the part.

    limit: utility at which the colours end.
    """
    cells = _heatmap(part.values, limit, palette, "utility", hovertemplate=_hover("utility %{z}"))
    layout = _kernel_layout(
        palette, rows=len(part.row_ids), columns=len(part.column_ids), dragmode="select"
    )
    layout.xaxis.update(_id_ticks(part.column_ids, COLUMN_TICKS))
    layout.yaxis.update(_id_ticks(part.row_ids, ROW_TICKS))
    return go.Figure([cells, *_open_cells(part), empty_trace()], layout)


def _heatmap(
    values: np.ndarray, limit: float, palette: Palette, title: str, **settings
) -> go.Heatmap:
    """Utilities in two colours that part at zero; cells without a value stay open."""
    bar = {"title": {"text": title}, "thickness": 12, "outlinewidth": 0}
    return go.Heatmap(
        z=np.asarray(values, np.float32),
        zmin=-limit,
        zmax=limit,
        colorscale=even_scale(palette.diverging),
        colorbar=bar,
        zhoverformat=UTILITY,
        hoverongaps=False,
        **settings,
    )


def _kernel_layout(palette: Palette, *, rows: int, columns: int, **settings) -> go.Layout:
    """Row 0 on top, one unit per position, so that a box in the figure is a box in the kernel."""
    layout = base_layout(palette, f"kernel {rows} x {columns}", **settings)
    layout.plot_bgcolor = palette.gap
    # the label would take the colour of a marker, which is transparent
    layout.hoverlabel = {
        "bgcolor": palette.ink,
        "bordercolor": palette.ink,
        "font": {"color": palette.gap},
    }
    layout.xaxis = axis(palette, "shown (columns)", range=[-0.5, columns - 0.5], showgrid=False)
    layout.yaxis = axis(palette, "answered (rows)", range=[rows - 0.5, -0.5], showgrid=False)
    return layout


def _block_borders(edges: np.ndarray) -> np.ndarray:
    """Borders between positions: block [a, b) reaches from a - 1/2 to b - 1/2."""
    return np.asarray(edges, np.float32) - 0.5  # (blocks + 1,)


def _count_ticks(length: int) -> dict:
    """At most eight positions, evenly spaced and counted from 1 as on the page."""
    positions = _even_positions(length, COUNT_TICKS)  # (ticks,)
    labels = [f"{position + 1:,}" for position in positions.tolist()]
    return {"tickvals": positions, "ticktext": labels}


def _id_ticks(ids: Sequence[str], most: int) -> dict:
    """At most so many positions, evenly spaced, by the id of their example.

    What is under the pointer is called by its id too.
    """
    names = [short_label(id) for id in ids]
    positions = _even_positions(len(ids), most)  # (ticks,)
    return {
        "tickvals": positions,
        "ticktext": [names[position] for position in positions.tolist()],
        "labelalias": {str(position): name for position, name in enumerate(names)},
    }


def _even_positions(length: int, most: int) -> np.ndarray:
    """(positions,) at most so many, from 0 on."""
    return np.arange(0, length, -(-length // most), dtype=np.int32)


def _open_cells(part: KernelPart) -> Iterator[go.Heatmap]:
    """What the pointer says over the cells that have no colour, a clear layer for each sentence."""
    unscored = ~np.isfinite(part.values)  # (rows, columns)
    if part.left_out is None:
        out = np.zeros(part.values.shape, dtype=bool)  # (rows, columns)
        imputed = np.zeros(part.values.shape)  # (rows, columns)
    else:
        out = ~np.ma.getmaskarray(part.left_out)
        imputed = np.ma.getdata(part.left_out)
    for cells, sentence in (
        (unscored & ~out, "nothing could be scored"),
        (out & np.isfinite(imputed), "not scored: inferred %{z} from its row"),
        (out & ~np.isfinite(imputed), "not scored: its row was not sampled"),
    ):
        if cells.any():
            numbers = np.where(cells, np.nan_to_num(imputed), np.nan)  # (rows, columns)
            yield _clear(numbers.astype(np.float32), _hover(sentence))


def _clear(numbers: np.ndarray, hover: str) -> go.Heatmap:
    """A layer without colour. numbers: (rows, columns), NaN where it says nothing."""
    return go.Heatmap(
        z=numbers,
        colorscale=[[0, CLEAR], [1, CLEAR]],
        showscale=False,
        zhoverformat=UTILITY,
        hoverongaps=False,
        hovertemplate=hover,
    )


def _hover(sentence: str) -> str:
    """Both examples of a cell, and a sentence."""
    return f"answered %{{y}}<br>shown %{{x}}<br>{sentence}<extra></extra>"
