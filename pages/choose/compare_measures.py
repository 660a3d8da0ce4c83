"""The measures of every selection in one table, each beside random ones; curves and overlaps."""

import pandas as pd
import streamlit as st

from delift_core.charts.coverage_lines import coverage_lines_figure
from delift_core.charts.overlaps import overlap_figure
from delift_core.comparison.comparison import Cell
from delift_core.comparison.cost import Cost
from delift_core.comparison.measure import SetMeasure
from delift_core.comparison.register import MEASURES
from delift_core.selection.curves import RANDOM_SEEDS
from delift_core.units import counted
from delift_core.validation.statistics import Difference
from delift_core.validation.verdict import interval
from delift_core.wording import STANDINGS, better_line, random_values
from pages.choose.compare_view import CompareView
from pages.session import cached_comparison, cached_validation
from pages.widgets.chart import show_chart
from pages.widgets.literal import literal
from pages.widgets.theme import palette

COLOURS = {True: "blue", False: "orange"}
NO_BREAK = "\u00a0"


def measures_part(view: CompareView) -> None:
    """The table; beside it the curves and what every two share."""
    grid = st.grid(5, min_column_width=170, gap="medium")
    with grid.cell(column_span=3):
        measure_table(view)
    with grid.cell(column_span=2):
        curves_chart(view)
        overlap_chart(view)


def measure_table(view: CompareView) -> None:
    """A row for each measure, a column for each selection."""
    comparison = view.comparison
    columns = {
        f"{look.letter} · {literal(look.title)}": [
            *(cell_text(view, row, column) for row in range(len(comparison.measures))),
            cost_text(comparison.entries[column].cost),
            *validated_texts(view, column),
        ]
        for column, look in enumerate(view.looks)
    }
    titles = [*map(measure_title, comparison.measures), "Cost of choosing"]
    if any(validated_differences(view)):
        titles.append("Validated: loss against random ↓")
    st.table(
        pd.DataFrame(columns, index=pd.Index(titles, name="Measure")),
        border="horizontal",
        alt="Measures of every selection beside random ones",
    )
    st.caption(
        f"Below each number the lowest and highest of {len(RANDOM_SEEDS)} random selections under"
        " the same budget, pins, excludes and quotas. ▲ above all of them, ▼ below all of them;"
        " :blue[blue] is better than chance, :orange[orange] worse. :gray-badge[own] is the measure"
        " that this way of choosing optimises itself: no evidence for it."
    )
    glossary(view)


def glossary(view: CompareView) -> None:
    """Every measure in a sentence, and why others are not there."""
    panel = st.expander(
        "What the measures say", icon=":material/help:", key="glossary", on_change="rerun"
    )
    if not panel.open:
        return
    with panel:
        for measure in view.comparison.measures:
            st.markdown(
                f"**{literal(measure.title)}.** {literal(measure.sentence)}"
                f" {literal(better_line(measure))}"
            )
        for name, sentence in view.comparison.absent.items():
            title = next(measure.title for measure in MEASURES if measure.name == name)
            st.caption(f"{literal(title)} is missing. {literal(sentence)}")


def measure_title(measure: SetMeasure) -> str:
    """The name of a measure, and which way is better."""
    direction = {"higher": "↑", "lower": "↓"}.get(measure.better, "")
    return f"{literal(measure.title)}{NO_BREAK}{direction}"


def cell_text(view: CompareView, row: int, column: int) -> str:
    """The number, where it stands beside chance, and the range of random selections."""
    measure, cell = view.comparison.measures[row], view.comparison.cell(row, column)
    own = view.comparison.entries[column].selection.method in measure.optimised_by
    badge = " :gray-badge[own]" if own else ""
    return f"{value_text(measure, cell)}{badge}  \n:small[:gray[{range_text(measure, cell)}]]"


def value_text(measure: SetMeasure, cell: Cell) -> str:
    """The number, in the colour of better or worse than chance."""
    text = f"**{literal(measure.text(cell.value))}**{STANDINGS[cell.standing]}"
    colour = COLOURS.get(measure.is_better(cell.standing))
    return f":{colour}[{text}]" if colour else text


def range_text(measure: SetMeasure, cell: Cell) -> str:
    """What random selections have."""
    return literal(random_values(measure, cell))


def cost_text(cost: Cost | None) -> str:
    """What choosing takes of the model, from nothing on."""
    if cost is None:
        return "–"
    if not cost.pairs and not cost.passes:
        return "nothing"
    return f"{cost.pairs:,} pairs  \n:small[:gray[and {counted(cost.passes, 'example')} alone]]"


def validated_differences(view: CompareView) -> list[Difference | None]:
    """How each selection differs from random ones after tuning; None where that is not known."""
    return [
        cached_validation.validated_difference(view.run, entry.rows)
        for entry in view.comparison.entries
    ]


def validated_texts(view: CompareView, column: int) -> list[str]:
    """The difference of a selection with its interval; nothing where none is validated."""
    differences = validated_differences(view)
    if not any(differences):
        return []
    difference = differences[column]
    return ["–" if difference is None else literal(interval(difference))]


def curves_chart(view: CompareView) -> None:
    """Coverage of the pool example by example."""
    curves = cached_comparison.curves(view.run, view.gathered)
    if curves is None:
        st.caption("Curves need the utilities of the pool, which are not scored yet.")
        return
    show_chart(
        coverage_lines_figure(curves, view.looks, palette()),
        360,
        "Coverage of the pool against what is chosen, one line a selection",
    )


def overlap_chart(view: CompareView) -> None:
    """What every two selections share, beside what chance has."""
    if len(view.looks) < 2:
        return
    comparison = view.comparison
    st.markdown("**Shared examples** of those that either holds (and by chance)")
    show_chart(
        overlap_figure(
            comparison.jaccard,
            comparison.expected_jaccard,
            comparison.rank_correlation,
            view.looks,
            palette(),
        ),
        50 + 44 * len(view.looks),
        "Share of examples that every two selections hold together",
    )
