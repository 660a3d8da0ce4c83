"""Checks of one input: it is read, exported, read again and given to the command line.

Each way ends as the case says, to the letter.
"""

import json
from dataclasses import dataclass, field

import numpy as np
import pytest
from click.testing import CliRunner

from delift_core import DeliftError, Selection, export_subset, read_dataset
from delift_core.cli.main import main
from delift_core.selection.budget import Budget, BudgetUnit
from delift_core.selection.objective_names import ObjectiveName

ROWS = [("What is 2 + 2?", "4"), ("Name a colour.", "Blue"), ("Say hello.", "Hello")]
OBJECTS = [{"prompt": prompt, "response": response} for prompt, response in ROWS]
LINES = "\n".join(map(json.dumps, OBJECTS)) + "\n"
TABLE = "prompt,response\n" + "".join(f"{prompt},{response}\n" for prompt, response in ROWS)


@dataclass(frozen=True)
class Read:
    """An input whose rows are read: exactly these, and a problem of exactly the rows named."""

    content: str | bytes
    rows: list[tuple[str, str]]
    problems: list[tuple[int, str]] = field(default_factory=list)  # (row, part of the reason)
    name: str = "pool.jsonl"
    options: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """An input that is refused in one sentence that begins with the file and holds a phrase."""

    content: str | bytes
    phrase: str
    name: str = "pool.jsonl"


def jsonl(*rows) -> str:
    """Objects, or text as it is, one per line."""
    return "".join(
        (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n"
        for row in rows
    )


def answers(*responses) -> str:
    """One row per response, the prompts p1, p2, ..."""
    return jsonl(
        *(
            {"prompt": f"p{number}", "response": response}
            for number, response in enumerate(responses, 1)
        )
    )


def write_input(folder, case):
    """The input as a file."""
    path = folder / case.name
    path.write_bytes(
        case.content
        if isinstance(case.content, bytes)
        else case.content.encode("utf-8", "surrogatepass")
    )
    return path


def pairs(dataset):
    return [(example.prompt, example.response) for example in dataset]


def select_all(dataset):
    """A selection of all examples in their order."""
    count = len(dataset)
    return Selection(
        np.arange(count),
        np.ones(count),
        Budget(max(count, 1), BudgetUnit.ROWS),
        ObjectiveName.FACILITY_LOCATION,
    )


def check_every_way(case, folder, subject, tried):
    """Read, export and refuse as the case says; adds the row of the test to the table."""
    path = write_input(folder, case)
    if isinstance(case, Read):
        tried(subject, "read", check_rows(case, path))
        check_export(case, path, folder)
    else:
        tried(subject, "refused", check_refusal(case, path))


def check_rows(case, path):
    """Exactly the rows of the case, and its problems and no others; returns them as a sentence."""
    dataset = read_dataset(path, near_duplicates="keep", **case.options)
    assert pairs(dataset) == case.rows
    problems = [(problem.row, problem.reason) for problem in dataset.problems]
    assert [row for row, _ in problems] == [row for row, _ in case.problems], problems
    phrases = [phrase for _, phrase in case.problems]
    assert all(phrase in reason for (_, reason), phrase in zip(problems, phrases)), problems
    assert len(dataset.fingerprint) == 64
    return f"{len(dataset)} rows" + "".join(f"; row {row}: {reason}" for row, reason in problems)


def check_export(case, path, folder):
    """What was read is exported and read again as the same rows.

    With nothing left, the command line says so in one line.
    """
    dataset = read_dataset(path, near_duplicates="keep", **case.options)
    if dataset.examples:
        for name in ("exported.jsonl", "exported.csv"):
            exported = export_subset(dataset, select_all(dataset), folder / name, shape="messages")
            assert pairs(read_dataset(exported, near_duplicates="keep")) == case.rows
        original = export_subset(dataset, select_all(dataset), folder / "original.jsonl")
        assert pairs(read_dataset(original, near_duplicates="keep", **case.options)) == case.rows
    else:
        sentence = refusal_of_run(path)
        assert sentence.startswith(
            f"delift: {path}: none of its rows can be used (row {case.problems[0][0]}: "
        )


def check_refusal(case, path):
    """One sentence, the same from library and command line; returns it without the file."""
    with pytest.raises(DeliftError) as refusal:
        read_dataset(path)
    sentence = str(refusal.value)
    assert sentence.startswith(f"{path}: ") and case.phrase in sentence and "\n" not in sentence
    assert refusal_of_run(path) == f"delift: {sentence}\n"
    return sentence.removeprefix(f"{path}: ")


def refusal_of_run(path):
    """The line of `delift run` about a pool it cannot use; its exit code is 2."""
    result = CliRunner().invoke(main, ["run", "--pool", str(path)], catch_exceptions=False)
    assert result.exit_code == 2 and result.stderr.count("\n") == 1 and not result.stdout
    return result.stderr


def for_each_case(cases):
    """The decorator that makes one test, and one row of the table, of every (subject, case)."""
    return pytest.mark.parametrize(("subject", "case"), cases.items(), ids=list(cases))
