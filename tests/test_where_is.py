"""README's "Where is ...?": every file is there and defines the name that is given for it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## Where is ...?\n")[2].partition("\n## ")[0]
ROWS = re.findall(r"^\| (.+?) \| \[[^\]]+\]\((\S+)\).* \| `(\w+)` \|$", SECTION, flags=re.MULTILINE)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def defined_names(file):
    """Functions and classes at any depth, and constants of the module."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, DEFINITIONS):
            yield node.name
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from (ast.unparse(target) for target in node.targets)
        elif isinstance(node, ast.AnnAssign):
            yield ast.unparse(node.target)


@pytest.mark.parametrize(("question", "file", "name"), ROWS, ids=[row[0] for row in ROWS])
def test_the_file_defines_the_name(question, file, name):
    assert name in set(defined_names(ROOT / file))


def test_every_row_of_the_table_is_looked_up():
    lines = [line for line in SECTION.splitlines() if line.startswith("| ")]
    assert len(ROWS) == len(lines) - 1 >= 24
