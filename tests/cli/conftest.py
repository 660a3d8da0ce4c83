"""A folder with data, the `delift` command with a tiny model, and the events it prints."""

import json

import pytest
from click.testing import CliRunner

from delift_core.cli.main import main

ROWS = [
    {
        "id": f"r{row}",
        "source": "sums" if row % 2 else "colours",
        "prompt": prompt,
        "response": response,
    }
    for row, (prompt, response) in enumerate(
        [
            ("Add 2 and 3", "5"),
            ("Name a colour", "blue"),
            ("Add 4 and 4", "8"),
            ("What is the sky?", "The sky is blue"),
            ("Add 1 and 1", "2"),
            ("Name another colour", "green is one"),
            ("Say hello", "hello there"),
            ("Say goodbye", "goodbye now"),
        ]
    )
]


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    """An empty folder with a pool, a target and a workspace of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DELIFT_WORKSPACE", "workspace")
    write_rows(tmp_path / "pool.jsonl", ROWS)
    write_rows(tmp_path / "target.jsonl", [{"prompt": "Add 5 and 5", "response": "10"}])
    return tmp_path


def write_rows(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def delift(data_folder, tiny):
    """delift(*arguments) -> result of the command with the tiny model"""

    def call(*arguments, model=True):
        return CliRunner().invoke(
            main,
            [*map(str, arguments), *(["--model", tiny().name] if model else [])],
            catch_exceptions=False,
        )

    return call


def events(result):
    return [json.loads(line) for line in result.stdout.splitlines()]
