"""Tables of what was tried, printed at the end of a run: a row for each test, and totals.

A test of a folder in FOLDERS asks for the fixture `tried` and says once what was tried, how it
ended in a word or two, and what was seen:

    def test_a_file_of_zero_bytes_is_refused(tried):
        ...
        tried("zero bytes", "refused", sentence)

A test that says nothing has a row all the same, with its own name, and one that fails is a row that
says so: the rows are exactly the tests, so `list_tests` finds them without running any. Rows
travel in `user_properties`, which reports bring from the processes of pytest-xdist as well.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {
    "tests/hostile": "input",
    "tests/faults": "fault",
    "tests/security": "attack",
    "tests/templates": "conversation",
}
NAME_WIDTH, ROW_WIDTH = 48, 200
OUTCOMES = {"failed": "FAILED", "error": "FAILED", "skipped": "skipped", "passed": "as it must"}


@pytest.fixture
def tried(request):
    """tried(subject, ended, seen) writes the row of this test.

    The totals count `ended`: "read", "refused", "resumed".
    """

    def add_row(subject: str, ended: str, seen: str = "") -> None:
        assert "tried" not in dict(request.node.user_properties), "one test is one row"
        request.node.user_properties.append(("tried", [subject, ended, seen]))

    return add_row


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
    unsaid = [name.removeprefix("test_").replace("_", " "), "", ""]
    subject, ended, seen = dict(getattr(report, "user_properties", ())).get("tried", unsaid)
    if outcome != "passed" or not ended:
        ended = OUTCOMES[outcome]
    return file, _line(subject), ended, _line(seen)


def _line(text):
    """Text on one line in printable ASCII: nothing that was tried reaches the terminal raw."""
    return re.sub(r"[^\x20-\x7e]", lambda letter: letter[0].encode("unicode_escape").decode(), text)


def _print_table(reporter, folder, noun, rows):
    reporter.section(f"{folder}: every {noun} tried")
    width = max(len(ended) for _, _, ended, _ in rows)
    for _, subject, ended, seen in [("", noun, "ended", "what happened"), *rows]:
        row = f"{subject:<{NAME_WIDTH}} | {ended:<{width}} | {seen}"
        reporter.write_line(row[:ROW_WIDTH].rstrip(" |"))
    counts = Counter(ended for _, _, ended, _ in rows)
    totals = ", ".join(f"{count} {ended}" for ended, count in sorted(counts.items()))
    reporter.write_line(f"{folder}: {len(rows)} {noun}s tried: {totals}")


def list_tests(*paths: str) -> list[str]:
    """The tests of files or folders, which are the rows of their tables; none is run."""
    listed = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in listed.stdout.splitlines() if "::" in line]
