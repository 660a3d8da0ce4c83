"""What is measured becomes rows of one table, with the machine it was measured on."""

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


MILLISECONDS, SECONDS, KILOBYTES = (
    Unit(1e3, "{:,.0f} ms"),
    Unit(1.0, "{:,.2f} s"),
    Unit(1e-3, "{:,.1f} KB"),
)


@dataclass(frozen=True)
class Row:
    """One thing measured several times; kept means that the median is within the limit."""

    what: str
    values: Sequence[float]
    unit: Unit
    limit: float | None = None
    beside: str = ""  # what it is natural to compare it with
    load: float = 0.0  # load average of the last minute, before the first time

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def kept(self) -> str:
        return "" if self.limit is None else "yes" if self.median <= self.limit else "**no**"

    def __str__(self) -> str:
        limit = "" if self.limit is None else self.unit(self.limit)
        cells = (
            self.what,
            self.unit(self.median),
            self.unit(max(self.values)),
            str(len(self.values)),
            limit,
            self.kept,
            self.beside,
            f"{self.load:.1f}",
        )
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True)
class Check:
    """Something that is so or is not."""

    what: str
    holds: bool
    found: str

    def __str__(self) -> str:
        return f"| {self.what} | | | | | {'yes' if self.holds else '**no**'} | {self.found} | |"


def load() -> float:
    """Processes that wanted a core, on average over the last minute."""
    return os.getloadavg()[0]


def write_report(
    rows: Iterable[Row | Check], path: Path, title: str = "The dashboard, measured"
) -> None:
    """The table, and where it comes from."""
    path.write_text(
        "\n".join([f"# {title}", "", *facts(), "", *HEAD, *map(str, rows), ""]), encoding="utf-8"
    )


def print_and_keep(lines: Iterable[str], path: Path) -> None:
    """Print a report line by line as it comes, and write the file when it is whole."""
    written = []
    for line in lines:
        print(line, flush=True)
        written.append(line)
    path.write_text("\n".join([*written, ""]), encoding="utf-8")
    print(f"written to {path}")


def facts(maker: str = "make bench") -> list[str]:
    """Commit, machine, versions, date."""
    commit = said("git", "rev-parse", "--short", "HEAD") + (
        " with changes not committed" if said("git", "status", "--porcelain") else ""
    )
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [
        f"- Commit {commit}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"- {processor()}, {os.cpu_count()} cores, {platform.system()}",
        f"- Python {platform.python_version()}, {packages}",
        f"- How to read it: [README.md](README.md). `{maker}` writes this file anew.",
    ]


def said(*command: str) -> str:
    """What a command prints; nothing where it is not there."""
    try:
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def processor() -> str:
    """The processor's name, as far as the system tells it."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
