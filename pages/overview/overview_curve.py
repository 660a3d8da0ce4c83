"""The coverage curve of the overview."""

from delift_core.charts.curves import curve_figure
from delift_core.selection.outcome import Outcome
from pages.widgets.chart import show_chart
from pages.widgets.theme import palette

HEIGHT = 322  # pixels: as high as the map with play


def curve_panel(chosen: Outcome) -> None:
    """Coverage against examples chosen, beside random selections."""
    figure = curve_figure(chosen.curve, chosen.ranks_drawn, len(chosen.selection), palette())
    show_chart(figure, HEIGHT, "Coverage against examples chosen, beside ten random selections")
