"""The arms of a validation: every tuned model as a mark, every difference with its interval."""

from math import isnan

import pandas as pd
import streamlit as st

from delift_core.charts.arms import arms_figure, arms_height, arms_in_order
from delift_core.validation.arms import RANDOM, UNTUNED
from delift_core.validation.learning_rates import flip_sentences
from delift_core.validation.verdict import agreement_line, interval, nats, way_line
from pages.deliver.validate_view import ValidateView, show_table
from pages.session.cached_validation import arm_title
from pages.widgets.chart import show_chart
from pages.widgets.literal import literal
from pages.widgets.theme import palette

FLIPS_MOST = 3  # that are told in words
WAY_HELP = (
    "Of what tuning on the whole pool gains over random selections, the share that the selection"
    " gains. None where the whole pool is not surely better than random selections."
)


def arms_part(view: ValidateView) -> None:
    """The chart, the same numbers as a table, and what turns round at another learning rate."""
    chart, table = st.columns([5, 4], gap="medium")
    with chart:
        figure = arms_figure(view.evidence, view.titles, palette())
        alt = "Loss of every tuned model on the held-out examples, by arm"
        show_chart(figure, arms_height(view.evidence), alt)
        st.caption(
            "A mark is a tuned model, an upright bar the mean of its arm, the grey band all random"
            " selections."
        )
    with table:
        show_table(arms_table(view), "Arms: loss, and difference from random selections")
        st.caption(
            "Below 0: a lower loss than after random selections. Only the first arm was named"
            " before anything was measured; all others describe."
        )
        st.caption(way_line(view.evidence.way), help=WAY_HELP)
        agreement(view.evidence.agreement)
        flips(view)


def arms_table(view: ValidateView) -> pd.DataFrame:
    """A row for each arm: mean loss, difference from random selections, score of its answers."""
    evidence = view.evidence
    names = [*arms_in_order(evidence), UNTUNED]
    columns = {
        "Arm": [view.titles[name] for name in names],
        "Loss": [nats(float(evidence.losses[name].by_example.mean())) for name in names],
        "Against random": [
            "" if name == RANDOM else interval(evidence.differences[name]) for name in names
        ],
    }
    if view.settings.answers:
        columns["Answers"] = [f"{evidence.scores[name]:.2f}" for name in names]
    return pd.DataFrame(columns)


def agreement(correlation: float) -> None:
    """Whether arms of lower loss answer better; nothing where no answers were scored."""
    if not isnan(correlation):
        st.caption(agreement_line(correlation))


def flips(view: ValidateView) -> None:
    """What another learning rate turns round, in words; that nothing does, where there are two."""
    if len(view.found.evidence) < 2:
        return
    sentences = flip_sentences(view.found.flips, view.settings.selection, arm_title)
    if not sentences:
        st.caption("No order of two arms turns round at the other learning rate.")
        return
    for sentence in sentences[:FLIPS_MOST]:
        st.caption(f":material/swap_vert: {literal(sentence)}")
    if len(sentences) > FLIPS_MOST:
        panel = st.expander(f"{len(sentences) - FLIPS_MOST} more orders turn round")
        for sentence in sentences[FLIPS_MOST:]:
            panel.caption(literal(sentence))
