"""The README is true: its Python runs, its commands run, its table of commands is complete."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tables import count_tests

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAPERS = [
    ROOT / "README.md",
    ROOT / "benchmarks" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder that looks like the checkout but takes what the examples write."""
    (tmp_path / "delift_core").symlink_to(ROOT / "delift_core")
    bundled = tmp_path / "bundled"
    shutil.copytree(ROOT / "delift_core" / "data" / "bundled", bundled)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DELIFT_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path


@pytest.mark.model
@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_runs(code, checkout):
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len((checkout / "subset.jsonl").read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.model
def test_the_commands_run(checkout):
    for command in "".join(blocks("sh")).splitlines():
        own = command.replace("delift_core/data/bundled", "bundled").removeprefix("delift ")
        done = subprocess.run(
            f"{sys.executable} -m delift_core.cli {own}",
            shell=True,
            cwd=checkout,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    assert (checkout / "subset.jsonl").exists() and (checkout / "chosen.csv").exists()


@pytest.mark.parametrize(
    "words, folder",
    [
        ("hostile inputs", "tests/hostile"),
        ("attacks", "tests/security"),
        ("faults", "tests/faults"),
    ],
)
def test_what_is_tried_is_as_much_as_it_says(words, folder):
    pytest.importorskip("playwright", reason='some of it needs a browser: pip install -e ".[e2e]"')
    assert int(re.search(rf"(\d+) {words}", README)[1]) == count_tests(folder)


def test_every_command_is_in_the_table():
    from delift_core.cli.main import main

    assert set(re.findall(r"^\| `delift (\w+)", README, flags=re.MULTILINE)) == set(main.commands)


def test_every_file_the_map_names_is_there():
    tree = blocks("")[-1]
    for name in re.findall(r"^(?:  )?([\w./]+)  ", tree, flags=re.MULTILINE):
        assert (ROOT / name).exists() or (ROOT / "delift_core" / name).exists(), name


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(paper):
    links = re.findall(r"\]\(([^)\s]+)\)", paper.read_text(encoding="utf-8"))
    relative = [link.partition("#")[0] for link in links if not re.match(r"\w+:|#", link)]
    assert [link for link in relative if not (paper.parent / link).is_file()] == []
