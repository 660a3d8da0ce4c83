"""The figures of a kernel: block means of the whole, every cell of a part."""

from collections.abc import Iterator, Sequence

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.layout import axis, even, label, layout_of
from delift_core.charts.palette import Palette
from delift_core.charts.traces import SVG_MOST, silent


def heatmap_overview(
    values: np.ndarray,
    row_edges: np.ndarray,
    column_edges: np.ndarray,
    limit: float,
    palette: Palette,
) -> go.Figure:
    """Block means of a kernel, zero in the middle of the colours; a box comes back in kernel
    positions.
    """
    cells = _cells(
        values,
        limit,
        palette,
        f"utility<br>(colours end<br>at \u00b1{limit:.3g})",
        x=_edges(column_edges),
        y=_edges(row_edges),
        hovertemplate=(
            "answered around %{y:.0f}<br>shown around %{x:.0f}<br>mean utility"
            " %{z:.4f}<extra></extra>"
        ),
    )
    layout = _kernel_layout(
        palette, rows=int(row_edges[-1]), columns=int(column_edges[-1]), dragmode="select"
    )
    layout.xaxis.update(_counted(int(column_edges[-1])))
    layout.yaxis.update(_counted(int(row_edges[-1])))
    return go.Figure([cells, silent()], layout)


def heatmap_exact(
    values: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    limit: float,
    palette: Palette,
    *,
    row_ids: Sequence[str],
    column_ids: Sequence[str],
    left_out: np.ma.MaskedArray | None = None,
) -> go.Figure:
    """Every cell of a part of a kernel, at most about 150 x 150; a click returns customdata
    (answered index, shown index).

    rows, columns: indices of the examples; row_ids, column_ids: what they are called. left_out:
    (rows, columns) what pairs that a plan left out are inferred to be, NaN where nothing is, masked
    where it left nothing out: these cells stay open, and the pointer says why.
    """
    cells = _cells(values, limit, palette, "utility", hoverinfo="skip")
    layout = _kernel_layout(
        palette,
        rows=len(rows),
        columns=len(columns),
        dragmode=False,
        hovermode="closest",
        hoverdistance=-1,
    )
    layout.xaxis.update(_named(column_ids, 8))
    layout.yaxis.update(_named(row_ids, 12))
    return go.Figure([cells, *_buttons(values, rows, columns, left_out)], layout)


def _cells(values: np.ndarray, limit: float, palette: Palette, title: str, **more) -> go.Heatmap:
    """Utilities in two colours that part at zero; cells without a value stay open."""
    bar = {"title": {"text": title}, "thickness": 12, "outlinewidth": 0}
    return go.Heatmap(
        z=np.asarray(values, np.float32),
        zmin=-limit,
        zmax=limit,
        colorscale=even(palette.diverging),
        colorbar=bar,
        hoverongaps=False,
        **more,
    )


def _kernel_layout(palette: Palette, *, rows: int, columns: int, **more) -> go.Layout:
    """Row 0 on top, one unit per position, so that a box in the figure is a box in the kernel."""
    layout = layout_of(palette, f"kernel {rows} x {columns}", **more)
    layout.plot_bgcolor = palette.gap
    # not the colour of a mark that is unseen
    layout.hoverlabel = {
        "bgcolor": palette.ink,
        "bordercolor": palette.ink,
        "font": {"color": palette.gap},
    }
    layout.xaxis = axis(palette, "shown (columns)", range=[-0.5, columns - 0.5], showgrid=False)
    layout.yaxis = axis(palette, "answered (rows)", range=[rows - 0.5, -0.5], showgrid=False)
    return layout


def _edges(edges: np.ndarray) -> np.ndarray:
    """Block borders between positions: block [a, b) reaches from a - 1/2 to b - 1/2."""
    return np.asarray(edges, np.float32) - 0.5  # (blocks + 1,)


def _counted(length: int, most: int = 8) -> dict:
    """At most eight positions, evenly spaced and counted from 1 as on the page."""
    places = np.arange(0, length, -(-length // most), dtype=np.int32)  # (ticks,)
    return {"tickvals": places, "ticktext": [f"{place + 1:,}" for place in places.tolist()]}


def _named(ids: Sequence[str], most: int) -> dict:
    """At most so many positions, evenly spaced, by the id of the example there; what is under the
    mouse is named so too.
    """
    names = [label(id) for id in ids]
    places = np.arange(0, len(ids), -(-len(ids) // most), dtype=np.int32)  # (ticks,)
    return {
        "tickvals": places,
        "ticktext": [names[place] for place in places.tolist()],
        "labelalias": {str(place): name for place, name in enumerate(names)},
    }


def _buttons(
    values: np.ndarray, rows: np.ndarray, columns: np.ndarray, left_out: np.ma.MaskedArray | None
) -> Iterator[go.Scatter | go.Scattergl]:
    """An unseen marker on every cell: a heatmap alone reports no clicks.

    What a click brings back is read by `clicked_pair`.
    """
    scored = np.isfinite(values)  # (rows, columns)
    # (rows, columns)
    out = np.zeros(values.shape, bool) if left_out is None else ~np.ma.getmaskarray(left_out)
    # (rows, columns)
    inferred = np.zeros(values.shape) if left_out is None else np.ma.getdata(left_out)
    number = "%{marker.color:.4f}"
    for cells, numbers, told in (
        (scored, values, f"utility {number}"),
        (~scored & ~out, values, "nothing could be scored"),
        (out & np.isfinite(inferred), inferred, f"not scored: inferred {number} from its row"),
        (out & ~np.isfinite(inferred), inferred, "not scored: its row was not sampled"),
    ):
        if cells.any():
            yield _markers(cells, np.asarray(numbers, np.float32)[cells], rows, columns, told)


def _markers(
    cells: np.ndarray, numbers: np.ndarray, rows: np.ndarray, columns: np.ndarray, told: str
) -> go.Scatter | go.Scattergl:
    """The markers of some cells, and what the pointer says of each.

    cells: (rows, columns) bool, numbers: (cells,).
    """
    y, x = (line.astype(np.int16) for line in np.nonzero(cells))  # (cells,) both
    # (cells, 2)
    pairs = np.column_stack([np.asarray(rows)[y], np.asarray(columns)[x]]).astype(np.int32)
    kind = go.Scatter if cells.size <= SVG_MOST else go.Scattergl
    return kind(
        x=x,
        y=y,
        customdata=pairs,
        mode="markers",
        showlegend=False,
        marker={"size": 8, "opacity": 0, "color": numbers},
        hovertemplate=f"answered %{{y}}<br>shown %{{x}}<br>{told}<extra></extra>",
    )
