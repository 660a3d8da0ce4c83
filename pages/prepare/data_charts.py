"""What the examples of a role hold, as small charts: lengths, categories, languages."""

from collections import Counter

import streamlit as st

from delift_core.charts.histograms import length_figure, value_figure
from delift_core.data.example import Dataset
from pages.session import cached_contents
from pages.widgets.chart import show_chart
from pages.widgets.literal import literal
from pages.widgets.theme import palette

HEIGHT = 190  # pixels of a chart


def content_charts(role: str, dataset: Dataset) -> None:
    """Prompt and response lengths, and how often each category or language comes."""
    lengths = cached_contents.lengths(role, dataset)
    columns = iter(st.columns(3, gap="medium"))
    for title, values in (("Prompt", lengths.prompts), ("Response", lengths.responses)):
        with next(columns):
            st.caption(
                f"**{title} length** · {int(values.min()):,} to {int(values.max()):,}"
                f" {lengths.unit}"
            )
            figure = length_figure(values, lengths.unit, palette())
            show_chart(figure, HEIGHT, f"{role} {title} length")
    with next(columns):
        value_chart(role, dataset)


def value_chart(role: str, dataset: Dataset) -> None:
    """How often each value of a field comes; the language is the last to be offered."""
    language, members = cached_contents.languages(dataset)
    fields = [*cached_contents.categories(dataset), language]
    field = fields[0]
    if len(fields) > 1:
        field = st.selectbox(
            "Count by",
            fields,
            key=f"{role} counted by",
            label_visibility="collapsed",
            format_func=lambda field: f"Examples by {field}",
            help="A field whose values name groups, or the language at first sight.",
        )
    else:
        st.caption(f"**Examples by {literal(field)}**")
    counts = Counter(members) if field == language else cached_contents.values_of(dataset, field)
    show_chart(value_figure(counts, palette()), HEIGHT, f"{role} values")
