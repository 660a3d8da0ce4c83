"""Chosen against pool: by the groups of the rows, by length, and by language."""

import numpy as np
import streamlit as st

from delift_core.charts.compositions import shares_figure, shares_height
from delift_core.comparison.composition import Composition, composition_by, length_composition
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.session import cached_contents, cached_groups, widget_state
from pages.widgets.chart import show_chart
from pages.widgets.literal import literal
from pages.widgets.theme import palette

LENGTH = "length"


def composition_panel(run: Run, chosen: Outcome) -> None:
    """What the chosen are made of beside the pool, by one of the fields."""
    field = field_control(run)
    shares_chart(shares_of(run, field, chosen.selection.indices))


def pool_panel(run: Run) -> None:
    """What the pool is made of, where its rows have groups."""
    way = cached_groups.likely(run)
    if way:
        st.markdown(f"**The pool by {literal(way)}**")
        shares_chart(composition_by(way, cached_groups.group_of(run, way), [], []))


def field_control(run: Run) -> str:
    """By what: groups, length, or the language where there are several."""
    offered = fields_of(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Chosen against pool**", width="content")
        return widget_state.pick(
            st.segmented_control,
            "Chosen against pool by",
            "compose_by",
            offered,
            offered[0],
            format_func=literal,
            required=True,
            label_visibility="collapsed",
        )


def fields_of(run: Run) -> list[str]:
    """What the chosen can be set against the pool by; the most telling first."""
    way, (language, members) = cached_groups.likely(run), cached_contents.languages(run.pool)
    several = language != way and len(set(members)) > 1
    return [*([way] if way else []), LENGTH, *([language] if several else [])]


def shares_of(run: Run, field: str, rows: np.ndarray) -> Composition:
    """The composition of some rows. rows: (chosen,)."""
    if field == LENGTH:
        return length_composition(run.alone("pool").response_tokens, [rows])
    if field == cached_groups.likely(run):
        return composition_by(field, cached_groups.group_of(run, field), [rows], [[]])
    return composition_by(field, cached_contents.languages(run.pool)[1], [rows], [[]])


def shares_chart(shares: Composition) -> None:
    """The share of every value in the pool, and in the chosen."""
    figure = shares_figure(shares, palette())
    show_chart(figure, shares_height(shares), "Shares in the pool and among the chosen")
