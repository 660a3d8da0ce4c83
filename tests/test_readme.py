"""The README is true: its Python runs, its commands run, its table of commands is complete."""

import doctest
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tables import FOLDERS, list_tests

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAPERS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
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


def test_what_python_prints_is_what_it_says():
    import delift_core

    (session,) = blocks("pycon")
    example = doctest.DocTestParser().get_doctest(
        session, {"delift": delift_core}, "README", "README.md", 0
    )
    assert doctest.DocTestRunner().run(example) == (0, 1)


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


@pytest.fixture(scope="module")
def tried():
    """The tests of every folder that prints a table."""
    pytest.importorskip("playwright", reason='some of it needs a browser: pip install -e ".[e2e]"')
    return list_tests(*FOLDERS)


@pytest.mark.parametrize(
    ("noun", "folder"),
    [
        ("hostile inputs", "tests/hostile"),
        ("attacks", "tests/security"),
        ("faults", "tests/faults"),
    ],
)
def test_as_much_is_tried_as_it_says(noun, folder, tried):
    count = sum(test.startswith(f"{folder}/") for test in tried)
    assert int(re.search(rf"(\d+) {noun}", README)[1]) == count


def test_every_command_is_in_the_table():
    from delift_core.cli.main import main

    assert set(re.findall(r"^\| `delift (\w+)", README, flags=re.MULTILINE)) == set(main.commands)


def test_every_file_the_map_names_is_there():
    section = README.partition("## Map of the code")[2]
    tree = section.split("```")[1]
    names = re.findall(r"^(?:  )?([\w./]+)  ", tree, flags=re.MULTILINE)
    homes = (ROOT, ROOT / "delift_core", ROOT / "pages")
    assert len(names) > 25
    assert [name for name in names if not any((home / name).exists() for home in homes)] == []


def test_every_room_is_in_the_map():
    tree = README.partition("## Map of the code")[2].split("```")[1]
    folders = [*(ROOT / "delift_core").glob("[a-z]*/"), *(ROOT / "pages").glob("[a-z]*/")]
    rooms = {folder.name for folder in folders if folder.name != "__pycache__" and folder.is_dir()}
    assert rooms <= set(re.findall(r"^  (\w+)/  ", tree, flags=re.MULTILINE))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(paper):
    links = re.findall(r"\]\(([^)\s]+)\)", paper.read_text(encoding="utf-8"))
    relative = [link.partition("#")[0] for link in links if not re.match(r"\w+:|#", link)]
    assert [link for link in relative if not (paper.parent / link).is_file()] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_every_module_named_is_there(paper):
    folders = ("delift_core", "pages", "tests", "benchmarks")
    modules = [ROOT / "app.py", *(file for name in folders for file in (ROOT / name).rglob("*.py"))]
    paths = [f"/{module.relative_to(ROOT).as_posix()}" for module in modules]
    named = re.findall(r"`([\w/]+\.py)`", paper.read_text(encoding="utf-8"))
    assert [name for name in named if not any(path.endswith(f"/{name}") for path in paths)] == []
