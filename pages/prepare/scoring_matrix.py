"""One score matrix of the Scoring page: its picture, and what to know before trusting it."""

from collections.abc import Collection, Sequence

import numpy as np
import streamlit as st

from delift_core.analysis.blocks import block_means, robust_limit
from delift_core.charts.kernels import heatmap_overview
from delift_core.runs.integrity import stored_utilities
from delift_core.runs.run import Run
from delift_core.scoring.kernel import Measure
from delift_core.units import number, percent, whole_percent
from delift_core.workflow.run_notes import scoring_notes
from pages.session import cached_analysis
from pages.widgets.kernel_trust import model_sentence
from pages.widgets.literal import literal
from pages.widgets.plan_note import plan_note
from pages.widgets.refusals import fragment
from pages.widgets.scoring import KERNEL_TITLES, MATRIX_HELP
from pages.widgets.theme import palette

PAIRS_DRAWN = 4_000_000  # above this the matrix is drawn when it is complete, not while it fills
REDRAWN = 3.0  # seconds
HEIGHT = 500  # pixels of the picture
FIGURES = {
    "Pairs that help": "Pairs of two different examples whose utility is not below 0.",
    "Mean utility": (
        "How much lower the error of the answer, from 0 to 1, is on average with the example shown."
    ),
    "Cut to fit": (
        "Pairs longer than the context length: their prompts were shortened from the left."
    ),
    "Could not be scored": "Pairs without a score although the plan asks for them.",
    "Correlation with length": (
        "Rank correlation (Spearman) of how much an example helps on average with the tokens of its"
        " response. Near 0: long responses are not preferred."
    ),
    "Scored": "Of all pairs; the plan leaves out the rest.",
}


def matrix_view(run: Run, names: Sequence[str], complete: Collection[str], growing: bool) -> None:
    """One of some kernels, the first until another is picked, with its figures where complete.

    growing: whether a job scores, so that an unfinished kernel is drawn again and again.
    """
    if not names:
        return
    name = matrix_control(names)
    if name not in complete:
        fragment(REDRAWN if growing else None)(unfinished_matrix)(run, name)
        plan_note(run)
        return
    picture, figures = st.columns([3, 2], gap="medium")
    with picture:
        finished_matrix(run, name)
    with figures:
        trust_summary(run, name)


def matrix_control(names: Sequence[str]) -> str:
    """The kernel that is looked at."""
    if len(names) == 1:
        return names[0]
    return st.selectbox(
        "Score matrix",
        names,
        key=f"matrix of {' '.join(names)}",
        format_func=KERNEL_TITLES.get,
        width=340,
        help=MATRIX_HELP,
    )


def finished_matrix(run: Run, name: str) -> None:
    """The picture of a complete kernel."""
    answered, shown = map(np.arange, run.shape(name))
    means = cached_analysis.overview_means(run, name, Measure.L2, answered, shown)
    matrix_picture(means, cached_analysis.colour_limit(run, name, Measure.L2), name)


def trust_summary(run: Run, name: str) -> None:
    """What to know of a complete kernel before trusting it."""
    st.subheader("Can it be trusted?", anchor=False)
    with st.container(horizontal=True):
        for title, text in figure_texts(run, name).items():
            st.metric(title, text, help=FIGURES[title], width=170)
    st.caption(model_sentence(run))
    for sentence in cached_analysis.note_sentences(run, [name]):
        st.caption(literal(sentence))
    plan_note(run)


def figure_texts(run: Run, name: str) -> dict[str, str]:
    """Title -> figure of a complete kernel; the share that was scored where a plan leaves some."""
    figures = cached_analysis.trust_figures(run, name)
    texts = {
        "Pairs that help": percent(1 - figures.negative),
        "Mean utility": number(figures.mean, ".4f"),
        "Cut to fit": percent(figures.truncated),
        "Could not be scored": percent(figures.unscored),
        "Correlation with length": number(figures.length_correlation, ".2f"),
    }
    if not run.plan.is_all:
        texts["Scored"] = percent(1 - figures.left_out)
    return texts


def unfinished_matrix(run: Run, name: str) -> None:
    """How far a kernel is, and its picture where it is small enough to be drawn repeatedly."""
    answered, shown = run.shape(name)
    stored = stored_share(run, name)
    st.caption(
        f"{answered:,} examples answered, each with {shown:,} shown:"
        f" {run.pairs(name):,} pairs to score, {whole_percent(stored)} stored."
    )
    for note in scoring_notes(run, [name]):
        st.caption(literal(note.sentence))
    if stored and answered * shown <= PAIRS_DRAWN:
        values = stored_utilities(run, name)  # (answered, shown)
        matrix_picture(block_means(values), robust_limit(values), name)


def stored_share(run: Run, name: str) -> float:
    """How much of a kernel is stored, by tiles."""
    tiles = len(run.tiles(name))
    return 1 - len(run.missing(name)) / max(tiles, 1)


def matrix_picture(means: tuple, limit: float, name: str) -> None:
    """Block means of a kernel."""
    st.plotly_chart(
        heatmap_overview(*means, limit, palette()),
        key=f"overview of {name}",
        theme=None,
        height=HEIGHT,
        alt=f"Scores: {KERNEL_TITLES[name]}",
    )
    st.caption("A row is an example that is answered, a column one that is shown to help.")
