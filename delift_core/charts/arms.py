"""The tuned models of every arm as dots, over the band of random selections.

The untuned model and the whole pool are lines through all arms.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import axis, base_layout, ends_around, escaped, short_label
from delift_core.charts.palette import Palette
from delift_core.validation.arms import (
    RANDOM,
    UNTUNED,
    WHOLE_AT_EQUAL_EPOCHS,
    WHOLE_AT_EQUAL_STEPS,
    WHOLE_AT_EQUAL_TOKENS,
)
from delift_core.validation.evidence import Evidence

LABEL_LENGTH = 28  # characters of an arm
ROW = 40  # pixels of an arm
AROUND = 110  # pixels above and below all arms
BAND_OPACITY = 0.2
LINES = {
    UNTUNED: "dash",
    WHOLE_AT_EQUAL_STEPS: "dot",
    WHOLE_AT_EQUAL_EPOCHS: "dashdot",
    WHOLE_AT_EQUAL_TOKENS: "dot",
}
SHORT = {
    UNTUNED: "untuned",
    WHOLE_AT_EQUAL_STEPS: "pool, equal steps",
    WHOLE_AT_EQUAL_EPOCHS: "pool, equal epochs",
    WHOLE_AT_EQUAL_TOKENS: "pool, equal tokens",
}
SYMBOLS = {RANDOM: "circle-open"}  # of the others a diamond where it is validated, else a square


def arms_height(evidence: Evidence) -> int:
    """Pixels that the figure takes."""
    return ROW * (len(evidence.losses) - 1) + AROUND


def arms_figure(evidence: Evidence, titles: Mapping[str, str], palette: Palette) -> go.Figure:
    """A dot for the loss of each model, an upright bar for the mean of its arm; left is better.

    titles: how each arm is called.
    """
    names = arms_in_order(evidence)
    lines = [name for name in LINES if name in evidence.losses]
    ends = ends_of(evidence)
    traces = [
        *(_line(evidence, name, titles[name], len(names), palette) for name in lines),
        *(_dots(evidence, name, row, palette) for row, name in enumerate(names)),
        _means(evidence, names, palette),
    ]
    figure = go.Figure(traces, _layout(names, titles, ends, palette))
    low, high = evidence.losses[RANDOM].models.min(), evidence.losses[RANDOM].models.max()
    figure.add_vrect(low, high, fillcolor=palette.pool, opacity=BAND_OPACITY, line_width=0)
    for note in _outside(evidence, titles, ends, palette):
        figure.add_annotation(note)
    return figure


def arms_in_order(evidence: Evidence) -> list[str]:
    """The arms that are tuned: the one that is validated first, random ones below it."""
    first = (evidence.selection, RANDOM)
    return [*first, *(name for name in evidence.losses if name not in (*first, UNTUNED))]


def ends_of(evidence: Evidence) -> tuple[float, float]:
    """The losses at the left and right end: of all tuned models, and of lines that are near."""
    tuned = [losses.models for name, losses in evidence.losses.items() if name != UNTUNED]
    return ends_around(np.concatenate(tuned), float(evidence.losses[UNTUNED].models[0]))


def _line(evidence: Evidence, name: str, title: str, rows: int, palette: Palette) -> go.Scatter:
    """The mean of an arm as a line through all others."""
    mean = float(evidence.losses[name].by_example.mean())
    colour = palette.baseline if name == UNTUNED else palette.ink
    return go.Scatter(
        x=[mean, mean],
        y=[-0.5, rows - 0.5],
        mode="lines",
        name=SHORT[name],
        line={"color": colour, "width": 1.5, "dash": LINES[name]},
        hovertemplate=f"{escaped(title)} {mean:.4f}<extra></extra>",
    )


def _dots(evidence: Evidence, name: str, row: int, palette: Palette) -> go.Scatter:
    """The models of an arm."""
    models = evidence.losses[name].models  # (models,)
    is_subject = name == evidence.selection
    usual = "diamond" if is_subject else "square"
    of_what = "random selection" if name == RANDOM else "seed"
    return go.Scatter(
        x=models.astype(np.float32),
        y=np.full(len(models), row, dtype=np.int16),
        mode="markers",
        showlegend=False,
        marker={
            "color": palette.chosen if is_subject else palette.pool,
            "symbol": SYMBOLS.get(name, usual),
            "size": 11 if is_subject else 9,
        },
        customdata=np.arange(1, len(models) + 1, dtype=np.int16),
        hovertemplate=f"{of_what} %{{customdata}}: %{{x:.4f}}<extra></extra>",
    )


def _means(evidence: Evidence, names: list[str], palette: Palette) -> go.Scatter:
    """The mean of every arm."""
    means = [evidence.losses[name].by_example.mean() for name in names]
    return go.Scatter(
        x=np.array(means, dtype=np.float32),
        y=np.arange(len(names), dtype=np.int16),
        mode="markers",
        showlegend=False,
        marker={"symbol": "line-ns", "size": 22, "line": {"color": palette.ink, "width": 2}},
        hovertemplate="mean %{x:.4f}<extra></extra>",
    )


def _outside(
    evidence: Evidence, titles: Mapping[str, str], ends: tuple[float, float], palette: Palette
) -> Iterator[dict]:
    """Where the untuned model lies, if that is beyond an end."""
    mean = float(evidence.losses[UNTUNED].models[0])
    if ends[0] <= mean <= ends[1]:
        return
    is_right = mean > ends[1]
    text = f"{titles[UNTUNED]} {mean:.3f}"
    yield {
        "x": 1 if is_right else 0,
        "y": 0,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "right" if is_right else "left",
        "yanchor": "bottom",
        "text": f"{text} →" if is_right else f"← {text}",
        "font": {"color": palette.baseline},
        "showarrow": False,
    }


def _layout(
    names: list[str], titles: Mapping[str, str], ends: tuple[float, float], palette: Palette
) -> go.Layout:
    """Losses to the right, the arm that is validated on top."""
    layout = base_layout(palette, "arms", dragmode=False, hovermode="closest")
    layout.legend = {"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom"}
    layout.legend.font.size = 11
    layout.xaxis = axis(palette, "loss of held-out examples (nats a token), less is better")
    layout.xaxis.range = ends
    layout.yaxis = axis(
        palette,
        "",
        range=[len(names) - 0.5, -0.5],
        tickvals=list(range(len(names))),
        ticktext=[short_label(titles[name], LABEL_LENGTH) for name in names],
        showgrid=False,
    )
    return layout
