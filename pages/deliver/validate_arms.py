"""The arms of a validation: every tuned model as a mark, every difference with its interval."""

from math import isnan

import pandas as pd
import streamlit as st

from delift_core.charts.arms import arms_figure, arms_height, arms_in_order
from delift_core.validation.arms import RANDOM, UNTUNED
from delift_core.validation.equal_tokens import equal_tokens_line
from delift_core.validation.evidence import Evidence
from delift_core.validation.learning_rates import flip_sentences
from delift_core.validation.verdict import agreement_line, interval, nats, way_line
from pages.deliver.validate_view import ValidateView, arm_titles, show_table
from pages.session.cached_validation import arm_title
from pages.widgets.chart import show_chart
from pages.widgets.literal import literal
from pages.widgets.theme import palette

FLIPS_MOST = 3  # that are told in words
FIRST_NAMED = "Only the first arm was named before anything was measured; all others describe."
ALL_DESCRIBE = "All of them describe: the sentence is about equal steps."
WAY_HELP = (
    "Of what tuning on the whole pool gains over random selections, the share that the selection"
    " gains. None where the whole pool is not surely better than random selections."
)


def arms_part(view: ValidateView) -> None:
    """The chart, the same numbers as a table, and what turns round at another learning rate."""
    chart, table = st.columns([5, 4], gap="medium")
    with chart:
        arms_chart(view.evidence)
    with table:
        arms_numbers(view.evidence, view.settings.answers, FIRST_NAMED)
        flips(view)


def equal_tokens_part(view: ValidateView) -> None:
    """The same where every arm reads as many response tokens in place of as many steps."""
    evidence = view.found.at_equal_tokens
    if evidence is None:
        return
    chart, table = st.columns([5, 4], gap="medium")
    with chart:
        arms_chart(evidence)
    with table:
        arms_numbers(evidence, view.settings.answers, ALL_DESCRIBE)
        st.caption(equal_tokens_line(view.found.validation.equal_tokens))


def arms_chart(evidence: Evidence) -> None:
    """Every tuned model as a mark."""
    figure = arms_figure(evidence, arm_titles(evidence), palette())
    alt = "Loss of every tuned model on the held-out examples, by arm"
    show_chart(figure, arms_height(evidence), alt)
    st.caption(
        "A mark is a tuned model, an upright bar the mean of its arm, the grey band all random"
        " selections."
    )


def arms_numbers(evidence: Evidence, has_answers: bool, standing: str) -> None:
    """The numbers of the chart as a table, and the way to the whole pool.

    standing: which of them was named before, and which describe.
    """
    table = arms_table(evidence, has_answers)
    show_table(table, "Arms: loss, and difference from random selections")
    st.caption(f"Below 0: a lower loss than after random selections. {standing}")
    st.caption(way_line(evidence.way), help=WAY_HELP)
    agreement(evidence.agreement)


def arms_table(evidence: Evidence, has_answers: bool) -> pd.DataFrame:
    """A row for each arm: mean loss, difference from random selections, score of its answers."""
    names, titles = [*arms_in_order(evidence), UNTUNED], arm_titles(evidence)
    columns = {
        "Arm": [titles[name] for name in names],
        "Loss": [nats(float(evidence.losses[name].by_example.mean())) for name in names],
        "Against random": [
            "" if name == RANDOM else interval(evidence.differences[name]) for name in names
        ],
    }
    if has_answers:
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
