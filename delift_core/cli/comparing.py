"""A comparison as tables in a terminal, or as one JSON line."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from delift_core.cli.console import Reporter
from delift_core.errors import printable
from delift_core.units import duration, number, whole_percent

if TYPE_CHECKING:
    from rich.table import Table

    from delift_core.comparison.comparison import Cell, Comparison
    from delift_core.comparison.composition import Composition
    from delift_core.comparison.cost import Cost
    from delift_core.comparison.measure import SetMeasure
    from delift_core.data.example import Dataset

OWN = "*"
CAPTION = (
    f"▲ above and ▼ below all random selections; {OWN} what the method of that column optimises"
    " itself"
)


def say_comparison(reporter: Reporter, pool: "Dataset", comparison: "Comparison") -> None:
    """Print the tables of a comparison, then what is missing from it and why."""
    from delift_core.comparison.record import comparison_record
    from delift_core.comparison.register import MEASURES

    reporter.show("compared", lambda: tables(comparison), **comparison_record(pool, comparison))
    for name, sentence in comparison.refused.items():
        reporter.say("refused", f"{name}: {sentence}", method=name, reason=sentence)
    titles = {measure.name: measure.title for measure in MEASURES}
    for name, sentence in comparison.absent.items():
        reporter.say("absent", f"{titles[name]}: {sentence}", measure=name, reason=sentence)


def tables(comparison: "Comparison") -> Iterator["Table"]:
    """Measures and costs, overlap, and the composition by each field."""
    yield measure_table(comparison)
    if len(comparison.entries) > 1:
        yield overlap_table(comparison)
        yield order_table(comparison)
    for composition in comparison.compositions:
        yield composition_table(comparison, composition)


def measure_table(comparison: "Comparison") -> "Table":
    """A line a measure, a column an entry; last what random selections have.

    Where entries differ in their constraints, random values stand in each cell.
    """
    from delift_core.comparison.measures.coverage import HELD_OUT_COVERAGE

    shared = len({id(draws) for draws in comparison.draws}) == 1
    table = new_table("", comparison)
    if shared:
        table.add_column("ten random", justify="right", no_wrap=True)
    table.add_column("better")
    table.add_row("Examples", *(f"{len(entry.rows):,}" for entry in comparison.entries))
    for row, measure in enumerate(comparison.measures):
        table.add_row(measure.title, *measure_texts(comparison, row, shared), better_text(measure))
        if measure == HELD_OUT_COVERAGE:
            table.add_row("  standard deviations", *deviation_texts(comparison, row))
    for title, texts in cost_rows([entry.cost for entry in comparison.entries]):
        table.add_row(title, *texts)
    table.caption = CAPTION
    return table


def measure_texts(comparison: "Comparison", row: int, shared: bool) -> Iterator[str]:
    """The cells of a measure; where random selections are shared, what those have comes last."""
    from delift_core.wording import random_values

    measure = comparison.measures[row]
    for column, entry in enumerate(comparison.entries):
        cell = comparison.cell(row, column)
        mark = OWN if entry.selection.method in measure.optimised_by else ""
        text = f"{cell_text(measure, cell)}{mark}"
        yield text if shared else f"{text}\n{random_values(measure, cell)}"
    if shared:
        yield random_values(measure, comparison.cell(row, 0))


def deviation_texts(comparison: "Comparison", row: int) -> Iterator[str]:
    """How many standard deviations of random selections each entry is above their mean."""
    for column in range(len(comparison.entries)):
        yield number(comparison.cell(row, column).z, "+.1f").replace("+nan", "–")


def cell_text(measure: "SetMeasure", cell: "Cell") -> str:
    """A value, and whether it lies outside the random ones."""
    from delift_core.wording import STANDINGS

    return measure.text(cell.value) + STANDINGS[cell.standing]


def better_text(measure: "SetMeasure") -> str:
    """higher, lower, or nothing."""
    from delift_core.comparison.measure import Better

    return "" if measure.better is Better.NEITHER else measure.better


def cost_rows(costs: list["Cost | None"]) -> Iterator[tuple[str, list[str]]]:
    """(title, text of each entry) of what choosing costs."""
    yield "Pairs scored", ["" if cost is None else f"{cost.pairs:,}" for cost in costs]
    yield "Passes alone", ["" if cost is None else f"{cost.passes:,}" for cost in costs]
    yield (
        "Choosing",
        ["" if cost is None or cost.seconds is None else seconds(cost.seconds) for cost in costs],
    )


def seconds(elapsed: float) -> str:
    """< 0.01 s, 0.02 s, 12 s."""
    if elapsed < 0.01:
        return "< 0.01 s"
    return f"{elapsed:.2f} s" if elapsed < 1 else duration(elapsed)


def overlap_table(comparison: "Comparison") -> "Table":
    """Examples in both of what is in either, and in brackets for random selections as large."""
    table = new_table("shared (by chance)", comparison)
    for row, entry in enumerate(comparison.entries):
        pairs = zip(comparison.jaccard[row], comparison.expected_jaccard[row])
        texts = [f"{whole_percent(found)} ({whole_percent(expected)})" for found, expected in pairs]
        texts[row] = ""
        table.add_row(printable(entry.name), *texts)
    return table


def order_table(comparison: "Comparison") -> "Table":
    """Spearman's correlation of the ranks of what every two entries both hold."""
    table = new_table("order of what is shared", comparison)
    for row, entry in enumerate(comparison.entries):
        texts = [number(value, "+.2f") for value in comparison.rank_correlation[row]]
        texts = ["" if text == "+nan" else text for text in texts]
        texts[row] = ""
        table.add_row(printable(entry.name), *texts)
    return table


def composition_table(comparison: "Comparison", composition: "Composition") -> "Table":
    """Examples of every value of a field: of each entry, and of the pool."""
    table = new_table(printable(composition.field), comparison)
    table.add_column("pool", justify="right")
    for row, value in enumerate(composition.values):
        counts = [*composition.chosen[:, row], composition.pool[row]]
        table.add_row(printable(value), *(f"{count:,}" for count in counts))
    return table


def new_table(title: str, comparison: "Comparison") -> "Table":
    """A table with a column for every entry."""
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(box=SIMPLE, pad_edge=False, caption_justify="left")
    table.add_column(title)
    for entry in comparison.entries:
        table.add_column(printable(entry.name), justify="right", overflow="fold")
    return table
