"""The table at the end of a run has a row for every test, and pytest's own line stays the last."""

import shutil
import subprocess
import sys

import pytest

from tests.tables import ROOT, list_tests

TRIED = r"""
import pytest

def test_a_file_of_nothing(tried):
    tried("zero bytes\n\x1b[31m", "refused", "the file is empty \u2028")

def test_that_says_nothing():
    pass

def test_that_fails_behind_its_row(tried):
    tried("a bomb", "refused")
    assert 0

def test_with_two_rows(tried):
    tried("one", "read")
    tried("two", "read")

@pytest.mark.skip
def test_that_is_skipped():
    pass

@pytest.mark.parametrize("case", ["x y", "z"])
def test_of(case):
    pass
"""


@pytest.fixture(scope="module", params=[[], ["-n", "2"]], ids=["one process", "two processes"])
def printed(request, tmp_path_factory):
    """What pytest prints of a folder of such tests."""
    root = tmp_path_factory.mktemp("root")
    (root / "tests" / "hostile").mkdir(parents=True)
    (root / "tests" / "conftest.py").write_text(
        "from tables import pytest_terminal_summary, tried\n"
    )
    shutil.copy(ROOT / "tests" / "tables.py", root)
    (root / "tests" / "hostile" / "test_made.py").write_text(TRIED)
    (root / "pytest.ini").write_text(
        "[pytest]\naddopts = -q --import-mode=importlib\npythonpath = .\n"
    )
    return subprocess.run(
        [sys.executable, "-m", "pytest", *request.param, "tests/hostile"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    ).stdout


def test_every_test_is_a_row_and_what_it_says_is_only_letters(printed):
    rows = [line.split(" | ") for line in printed.splitlines() if " | " in line]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["input", "ended", "what happened"],
        ["a bomb", "FAILED"],
        ["of[x y]", "as it must"],
        ["of[z]", "as it must"],
        ["one", "FAILED"],
        ["that is skipped", "skipped"],
        ["that says nothing", "as it must"],
        ["zero bytes\\n\\x1b[31m", "refused", "the file is empty \\u2028"],
    ]


def test_the_totals_stand_below_and_pytest_s_own_line_is_the_last(printed):
    lines = printed.splitlines()
    assert "tests/hostile: 7 inputs tried: 2 FAILED, 3 as it must, 1 refused, 1 skipped" in lines
    assert lines[-1].startswith("2 failed, 4 passed, 1 skipped")


def test_the_rows_of_a_folder_are_counted_without_running_it():
    folder = "tests/hostile/test_encodings.py"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert f"tests/hostile: {len(list_tests(folder))} inputs tried" in done
