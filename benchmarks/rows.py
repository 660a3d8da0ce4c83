"""Measurements become rows of one table, with the machine they were taken on."""

import os
import platform
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("streamlit", "plotly", "numpy", "zarr", "umap-learn", "torch")
HEAD = (
    "| what | median | worst | times | limit | kept | beside it | load |",
    "|---|---:|---:|---:|---:|---|---|---:|",
)


@dataclass(frozen=True)
class Unit:
    """What numbers are counted in, and how one is written."""

    scale: float
    spelling: str

    def __call__(self, value: float) -> str:
        return self.spelling.format(value * self.scale)


MILLISECONDS = Unit(1e3, "{:,.0f} ms")
SECONDS = Unit(1.0, "{:,.2f} s")
KILOBYTES = Unit(1e-3, "{:,.1f} KB")
GIGABYTES = Unit(1e-9, "{:,.2f} GB")


@dataclass(frozen=True)
class Row:
    """A quantity measured several times, and the limit of its median."""

    name: str
    values: Sequence[float]
    unit: Unit
    limit: float | None = None
    comparison: str = ""  # a quantity that it is natural to compare it with
    load: float = 0.0  # load average of the last minute, before the first measurement

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def limit_cells(self) -> tuple[str, str]:
        """The limit, and whether the median is within it; empty where there is none."""
        if self.limit is None:
            return "", ""
        return self.unit(self.limit), yes_or_no(self.median <= self.limit)

    def __str__(self) -> str:
        cells = (
            self.name,
            self.unit(self.median),
            self.unit(max(self.values)),
            str(len(self.values)),
            *self.limit_cells,
            self.comparison,
            f"{self.load:.1f}",
        )
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True)
class Check:
    """Something that is true or not, and what was observed."""

    name: str
    holds: bool
    observed: str

    def __str__(self) -> str:
        return f"| {self.name} | | | | | {yes_or_no(self.holds)} | {self.observed} | |"


def yes_or_no(is_good: bool) -> str:
    """A cell of the table; a failure stands out."""
    if is_good:
        return "yes"
    return "**no**"


def load() -> float:
    """Processes that wanted a core, on average over the last minute."""
    return os.getloadavg()[0]


def write_report(
    rows: Iterable[Row | Check], path: Path, title: str = "The dashboard, measured"
) -> None:
    """Write the table, and the machine it was measured on."""
    lines = [f"# {title}", "", *facts(), "", *HEAD, *map(str, rows), ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def print_and_write(lines: Iterable[str], path: Path) -> None:
    """Print a report line by line as it comes, and write the file when it is whole."""
    written = []
    for line in lines:
        print(line, flush=True)
        written.append(line)
    path.write_text("\n".join([*written, ""]), encoding="utf-8")
    print(f"written to {path}")


def facts(maker: str = "make bench") -> list[str]:
    """Commit, machine, versions, date."""
    commit = command_output("git", "rev-parse", "--short", "HEAD")
    if command_output("git", "status", "--porcelain"):
        commit += " with changes not committed"
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [
        f"- Commit {commit}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"- {processor()}, {os.cpu_count()} cores, {platform.system()}",
        f"- Python {platform.python_version()}, {packages}",
        f"- How to read it: [README.md](README.md). `{maker}` writes this file anew.",
    ]


def command_output(*command: str) -> str:
    """What a command prints; empty where it fails or is not installed."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def processor() -> str:
    """The processor's name, as far as the system knows it."""
    file = Path("/proc/cpuinfo")
    if file.exists():
        for line in file.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
