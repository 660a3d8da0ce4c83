"""Measure reading beside an earlier commit and write benchmarks/READING.md.

python -m benchmarks.reading: rows made of phrases of real texts, and every file of ../shared/data.
"""

import io
import json
import os
import statistics
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.processes import ONE_THREAD
from benchmarks.reference_kernels import DATA
from benchmarks.rows import ROOT, facts, print_and_write
from delift_core.data.readers import read_dataset
from delift_core.errors import DeliftError
from delift_core.runs.store import bundled_run

REPORT = Path(__file__).with_name("READING.md")
BUILD = ROOT / "build" / "bench"
BEFORE = "0769a45"  # the last commit that compared every two texts that share a rare word
SIZES = (20_000, 100_000)
PROMPT, RESPONSE = 30, 50  # words
PHRASE = (4, 12)  # words that stand side by side in a real text, at least and at most
REPEATS = 3


def main() -> None:
    print_and_write(report_lines(), REPORT)


def report_lines() -> Iterator[str]:
    """The report, part by part."""
    before = checkout(BEFORE)
    yield from ("# Reading, measured", "", *facts("python -m benchmarks.reading"), "")
    yield f"- Processor seconds of one thread, medians of {REPEATS}; before: commit {BEFORE}"
    yield from ("", "| rows | before | now | times less | memory before | memory now | same |")
    yield "|---:|---:|---:|---:|---:|---:|---|"
    for size in SIZES:
        yield growth_line(before, rows_file(size), size)
    yield from ("", *file_lines(before))


def growth_line(before: Path, file: Path, size: int) -> str:
    """What reading a file takes, before and now by turns."""
    turns = [(read_once(before, file), read_once(ROOT, file)) for _ in range(REPEATS)]
    olds, news = zip(*turns, strict=True)
    old, new = (statistics.median(float(run[0]) for run in runs) for runs in (olds, news))
    memory = [max(float(run[1]) for run in runs) for runs in (olds, news)]
    cells = [
        f"{size:,}",
        f"{old:.2f} s",
        f"{new:.2f} s",
        f"{old / new:.1f}",
        *(f"{most:,.0f} MB" for most in memory),
        "yes" if olds[0][2] == news[0][2] else "**no**",
    ]
    return f"| {' | '.join(cells)} |"


def file_lines(before: Path) -> Iterator[str]:
    """Whether every real file gives the same examples and groups."""
    files = sorted(path for path in DATA.iterdir() if path.is_file()) if DATA.exists() else []
    differing = [
        file.name for file in files if read_once(before, file)[2] != read_once(ROOT, file)[2]
    ]
    yield (
        f"- {len(files)} real files: {len(files) - len(differing)} give the same examples and the"
        " same groups of near-duplicates as before."
    )
    if differing:
        yield f"- Not the same: {', '.join(differing)}"


def checkout(commit: str) -> Path:
    """The files of a commit, in a folder of their own."""
    folder = BUILD / f"commit-{commit}"
    if not folder.exists():
        folder.mkdir(parents=True)
        command = ("git", "archive", commit, "delift_core")
        archive = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
    return folder


def read_once(folder: Path, file: Path) -> list[str]:
    """[processor seconds, MB, digest] of reading a file with the package in a folder."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("read_once.py")), str(file)],
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def rows_file(size: int) -> Path:
    """A JSONL of rows made of phrases, the same whenever it is made of the same texts."""
    file = BUILD / f"rows-{size}.jsonl"
    rng, words = np.random.default_rng(0), real_words()
    with file.open("w", encoding="utf-8") as lines:
        for _ in range(size):
            row = {"instruction": phrases(rng, words, PROMPT), "input": ""}
            row["output"] = phrases(rng, words, RESPONSE)
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return file


def real_words() -> list[str]:
    """The words of the demo and of every real file, text behind text."""
    datasets = [bundled_run().pool]
    for file in sorted(DATA.glob("*.jsonl")):
        try:
            datasets.append(read_dataset(file))
        except DeliftError:
            continue
    return [
        word for dataset in datasets for example in dataset for word in example.response.split()
    ]


def phrases(rng: np.random.Generator, words: list[str], count: int) -> str:
    """So many words, in phrases from anywhere."""
    text: list[str] = []
    while len(text) < count:
        start = rng.integers(len(words) - PHRASE[1])
        text += words[start : start + rng.integers(*PHRASE, endpoint=True)]
    return " ".join(text[:count])


if __name__ == "__main__":
    main()
