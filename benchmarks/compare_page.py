"""Measure the Compare page with six selections of two thousand rows; writes COMPARE_PAGE.md.

python -m benchmarks.compare_page. Every part of the page is changed as a person does: one selection
for another, or another budget for all.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.rows import KILOBYTES, MILLISECONDS, SECONDS, Row, load, write_report
from benchmarks.serving import Server, serving
from benchmarks.synthetic_runs import synthetic_run
from benchmarks.visitor import Rerun, Visitor, moved, visiting
from delift_core.runs.run import Run
from delift_core.selection.methods import methods
from pages.session.compared import CURRENT_TITLE

REPORT = Path(__file__).with_name("COMPARE_PAGE.md")
SIZE = 2_000  # examples
SELECTIONS = ("choice", "longest", "random", "embedding_coverage", "k_center", "herding")
IN_TURN = ("hardest", "easiest", "middle", "mean_helpfulness", "cluster_easy_hard", "unhelped")
PARTS = {
    "measures": ("table", ""),
    "maps": ("plotly_chart", "compared maps"),
    "composition": ("plotly_chart", "compositions"),
    "examples": ("dataframe", "table of left of two"),
}
FIRST_PART = "measures"
SECONDS_MOST, BYTES_MOST = 0.5, 400_000


def measured(server: Server, run: Run) -> Iterator[Row]:
    """Every part of the page, the first time and after changes."""
    for part, (kind, name) in PARTS.items():
        address = {
            "run": run.id,
            "objective": "facility_location",
            "compare": SELECTIONS,
            "compare_part": part,
        }
        with visiting(server.port, "compare", urlencode(address, doseq=True)) as visitor:
            before = load()
            first = visitor.rerun()
            visitor.find(kind, name)
            yield Row(f"{part}: opened", [first.seconds], SECONDS, load=before)
            yield Row(f"{part}: opened, sent", [first.sent], KILOBYTES, BYTES_MOST, load=before)
            if part == FIRST_PART:
                yield from methods_for_the_first_time(visitor)
            yield from changes(visitor, part, kind, name)


def methods_for_the_first_time(visitor: Visitor) -> Iterator[Row]:
    """A method that has to put the whole pool in order before anything can be measured."""
    before = load()
    seconds = [visitor.rerun(other_selection(visitor, name)).seconds for name in IN_TURN]
    yield Row("a method that orders the pool for the first time", seconds, SECONDS, load=before)


def changes(visitor: Visitor, part: str, kind: str, name: str) -> Iterator[Row]:
    """One selection for another, another budget, which measures all anew, and nothing at all."""
    acts: dict[str, Callable[[int], list[WidgetState]]] = {
        "one selection for another": lambda turn: [other_selection(visitor, IN_TURN[turn])],
        "another budget": lambda turn: [other_budget(visitor, part, turn)],
        "nothing": lambda turn: [],
    }
    for title, act in acts.items():
        before, reruns = load(), []
        for turn in range(len(IN_TURN)):
            reruns.append(visitor.rerun(*act(turn)))
            visitor.find(kind, name)
        yield from rows(f"{part}: {title}", reruns, before)


def rows(name: str, reruns: Sequence[Rerun], before: float) -> Iterator[Row]:
    """What reruns took and sent."""
    seconds, sent = [rerun.seconds for rerun in reruns], [rerun.sent for rerun in reruns]
    yield Row(name, seconds, MILLISECONDS, SECONDS_MOST, load=before)
    yield Row(f"{name}, sent", sent, KILOBYTES, BYTES_MOST, load=before)


def other_selection(visitor: Visitor, name: str) -> WidgetState:
    """A method in the place of the last selection."""
    register = methods()
    titles = [register[kept].title for kept in (*SELECTIONS[1:-1], name)]
    state = WidgetState(id=visitor.find("multiselect", "compared selections").id)
    state.string_array_value.data.extend([CURRENT_TITLE, *titles])
    return state


def other_budget(visitor: Visitor, part: str, turn: int) -> WidgetState:
    """The budget slider at a value that no part had before."""
    value = 10 + len(IN_TURN) * list(PARTS).index(part) + turn
    return moved(visitor.find("slider", "budget in fraction"), value)


def main() -> None:
    found = []
    with tempfile.TemporaryDirectory(prefix="delift-bench-") as folder:
        run = synthetic_run(Path(folder), SIZE)
        with serving(Path(folder)) as server:
            for row in measured(server, run):
                print(row, flush=True)
                found.append(row)
    write_report(found, REPORT, "The Compare page, measured")


if __name__ == "__main__":
    main()
