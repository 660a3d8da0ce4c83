"""What is to know of how a run was scored, from `delift run` to the manifest and the report."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from delift_core.cli.main import main
from delift_core.runs.store import open_run
from tests.cli.conftest import events, write_rows

ANSWERS = ("5", "blue", "8", "green", "hello there")
SENTENCE = "The pool's row 2 (id r2) cannot be answered or shown: "


def row_of(number, answer):
    turns = [{"role": "user", "content": f"Say {answer}"}, {"role": "assistant", "content": answer}]
    if number == 2:  # a template that wants the user first refuses it
        turns.insert(0, {"role": "assistant", "content": "Hello"})
    return {"id": f"r{number}", "messages": turns}


@pytest.fixture
def delift(data_folder, tiny_folder):
    """delift(*arguments) -> result of a command that succeeds, on a pool of five rows."""
    write_rows(data_folder / "pool.jsonl", [row_of(*row) for row in enumerate(ANSWERS, 1)])
    model = ["--model", tiny_folder("llama", "strict")]

    def call(command, *arguments):
        chosen = model if command in ("run", "score") else []
        result = CliRunner().invoke(
            main, [command, *map(str, [*arguments, *chosen])], catch_exceptions=False
        )
        assert result.exit_code == 0, result.output
        return result

    return call


def test_a_row_that_the_template_cannot_write_is_told_alike_from_command_to_report(
    delift, data_folder
):
    first = delift("run", "--pool", "pool.jsonl", "--budget", 4, "--out", "s.jsonl")
    (line,) = [line for line in first.stdout.splitlines() if line.startswith(SENTENCE)]
    manifest = json.loads((data_folder / "s.jsonl.manifest.json").read_text())
    assert manifest["notes"] == [{"kind": "unwritable", "sentence": line}]
    chosen = [json.loads(row)["id"] for row in (data_folder / "s.jsonl").read_text().splitlines()]
    assert sorted(chosen) == ["r1", "r3", "r4", "r5"]
    again = delift("run", "--pool", "pool.jsonl", "--budget", 4)
    assert line in again.stdout.splitlines()
    (folder,) = (data_folder / "workspace" / "runs").iterdir()
    delift("report", folder, "--out", "report.html")
    page = (data_folder / "report.html").read_text()
    assert line.split("(Conversation")[0] in page.replace("&#39;", "'")


def test_pairs_of_such_a_row_are_not_a_number_and_the_row_is_chosen_last(delift):
    said = {
        event["event"]: event
        for event in events(delift("run", "--pool", "pool.jsonl", "--budget", 5, "--json"))
    }
    assert said["unwritable"]["rows"] == [2] and said["unwritable"]["role"] == "pool"
    assert said["selected"]["ids"][-1] == "r2"
    unscored = np.isnan(open_run(said["run"]["folder"]).kernel("pool_pool").values)
    assert unscored[1].all() and unscored[:, 1].all() and unscored.sum() == 9
