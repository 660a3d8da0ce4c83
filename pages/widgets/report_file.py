"""The report of a choice as a file to download."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from delift_core.runs.projections import Projection
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.session import cache

REPORT = "report.html"


def report_button(run: Run, chosen: Outcome) -> bool:
    """The report of this choice; whether it can be made: it holds a map, which must be drawn."""
    has_map = cache.projection(run, Projection.EMBEDDING) is not None
    st.download_button(
        REPORT,
        partial(report, run, chosen),
        REPORT,
        on_click="ignore",
        disabled=not has_map,
        icon=":material/newspaper:",
        help=(
            "One page to show to others: map, curve, heatmap, every chosen example with the reason,"
            " figures to judge it by. It opens with a double click, without a network."
        ),
    )
    return has_map


def report(run: Run, chosen: Outcome) -> bytes:
    """The report of a choice, made when it is downloaded."""
    # loads a template engine, which the first page has no use for
    from delift_core.report.document import write_report

    def write(path: Path) -> Path:
        return write_report(
            run,
            chosen.choice,
            path,
            kernel=lambda name: cache.kernel(run, name),
            objective=chosen.objective,
        )

    return written(REPORT, write)


def written(name: str, write: Callable[[Path], Path]) -> bytes:
    """The content of a file that a function writes, whose path it returns."""
    with tempfile.TemporaryDirectory() as folder:
        return write(Path(folder) / name).read_bytes()
