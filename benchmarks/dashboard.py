"""Measure the dashboard and write benchmarks/DASHBOARD.md.

python -m benchmarks.dashboard, or make bench.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.browser import in_a_browser
from benchmarks.inprocess import cancel, large_map
from benchmarks.pages import (
    cold_start,
    empty_page,
    heatmap_page,
    map_page,
    overview_page,
    subset_page,
)
from benchmarks.rows import Check, Row, write_report
from benchmarks.serving import serving
from benchmarks.synthetic_runs import synthetic_run

REPORT = Path(__file__).with_name("DASHBOARD.md")
SMALL, MIDDLE, LARGE = 2_000, 5_000, 10_000  # examples
# how often an order is worked out; that of ten thousand takes most of a minute
ORDERS = {SMALL: 7, LARGE: 1}


def measured(workspace: Path) -> Iterator[Row | Check]:
    """Every row, one heavy thing at a time."""
    yield from cold_start()
    runs = {size: synthetic_run(workspace, size) for size in (SMALL, MIDDLE, LARGE)}
    empty = empty_page(workspace)
    with serving(workspace) as server:
        yield from subset_page(server, runs[SMALL], empty, ORDERS[SMALL])
        yield from in_a_browser(server, runs[SMALL])
        yield from heatmap_page(server, runs[MIDDLE], empty)
        yield from subset_page(server, runs[LARGE], empty, ORDERS[LARGE])
        yield from map_page(server, runs[LARGE], empty)
        yield from overview_page(server, runs[LARGE])
    yield from large_map()
    yield from cancel(workspace)


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory(prefix="delift-bench-") as folder:
        for row in measured(Path(folder)):
            print(row, flush=True)
            rows.append(row)
    write_report(rows, REPORT)
    print(f"written to {REPORT}")


if __name__ == "__main__":
    main()
