"""What the pointer shows of an example on a map: id, rank, and the lines that tell it apart."""

from collections.abc import Callable

from delift_core.charts.hover import point_text
from delift_core.charts.maps import POINTS_MOST
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.session import cached_analysis
from pages.widgets.previews import prompt_line, response_line

LINE = 60  # characters of a prompt and of a response


def texts_of_points(run: Run, chosen: Outcome) -> Callable[[int], str]:
    """Index in the pool -> what the pointer shows.

    The lines of a pool that is drawn point by point are worked out once.
    """

    def lines_of(index: int) -> str:
        return f"{prompt_line(run, index, most=LINE)}\n{response_line(run, index, most=LINE)}"

    known = lines_of
    if len(run.pool) <= POINTS_MOST:
        known = cached_analysis.of_every_example(run, "lines of points", lines_of).__getitem__
    return lambda index: point_text(run.pool[index].id, known(index), int(chosen.ranks[index]))
