"""A folder of tests that prints a table: one test is one thing tried, one row says how it ended,
totals stand below.

A test of a folder in FOLDERS asks for the fixture `tried` and says once what was tried, how it
ended in a word or two, and what was seen:

    def test_a_file_of_zero_bytes_is_refused(tried):
        ...
        tried("zero bytes", "refused", sentence)

A test that says nothing has a row all the same, with its own name, and one that fails is a row that
says so: the rows are exactly the tests, which is how `collected` can count them without running
any.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {"tests/hostile": "input", "tests/faults": "fault", "tests/security": "attack"}
NAME_WIDTH, ROW_WIDTH = 48, 200
OUTCOMES = {"failed": "FAILED", "error": "FAILED", "skipped": "skipped", "passed": "as it must"}


@pytest.fixture
def tried(request):
    """tried(what, ended, seen) -> None: the row of this test. `ended` is what the totals count:
    "read", "refused", "resumed".
    """

    def say(what: str, ended: str, seen: str = "") -> None:
        assert "tried" not in dict(request.node.user_properties), "one test is one row"
        request.node.user_properties.append(("tried", [what, ended, seen]))

    return say


def pytest_terminal_summary(terminalreporter):
    """The table of every folder that ran."""
    for folder, noun in FOLDERS.items():
        rows = [
            _row(outcome, report)
            for outcome in OUTCOMES
            for report in terminalreporter.stats.get(outcome, ())
            if report.nodeid.startswith(f"{folder}/")
        ]
        if rows:
            _print_table(terminalreporter, folder, noun, sorted(rows))


def _row(outcome, report):
    """(file, what was tried, how it ended, what was seen); a test that failed has no other end."""
    file, _, name = report.nodeid.partition("::")
    what, ended, seen = dict(getattr(report, "user_properties", ())).get(
        "tried", [name.removeprefix("test_").replace("_", " "), "", ""]
    )
    failed = OUTCOMES[outcome] if outcome != "passed" else ""
    return file, _line(what), failed or ended or OUTCOMES[outcome], _line(seen)


def _line(text):
    """Text on one line, whatever is in it: nothing tried here reaches the terminal as anything but
    letters.
    """
    return re.sub(r"[^\x20-\x7e]", lambda letter: letter[0].encode("unicode_escape").decode(), text)


def _print_table(reporter, folder, noun, rows):
    reporter.section(f"{folder}: every {noun} tried")
    width = max(len(ended) for _, _, ended, _ in rows)
    for _, what, ended, seen in [("", noun, "ended", "what happened"), *rows]:
        reporter.write_line(
            f"{what:<{NAME_WIDTH}} | {ended:<{width}} | {seen}"[:ROW_WIDTH].rstrip(" |")
        )
    counts = Counter(ended for _, _, ended, _ in rows)
    reporter.write_line(
        f"{folder}: {len(rows)} {noun}s tried:"
        f" {', '.join(f'{count} {ended}' for ended, count in sorted(counts.items()))}"
    )


def collected(folder: str) -> int:
    """How many rows the whole folder has, counted by pytest without running it."""
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return sum("::" in line for line in found.stdout.splitlines())
