"""How an input is tried: it is read, exported, read again and given to the command line, and each
way ends as the case says, to the letter.
"""

import json
from dataclasses import dataclass, field

import numpy as np
import pytest
from click.testing import CliRunner

from delift_core import DeliftError, Selection, export_subset, read_dataset
from delift_core.cli.main import main
from delift_core.selection.constraints import Budget, BudgetUnit
from delift_core.selection.objective_names import ObjectiveName

ROWS = [("What is 2 + 2?", "4"), ("Name a colour.", "Blue"), ("Say hello.", "Hello")]
OBJECTS = [{"prompt": prompt, "response": response} for prompt, response in ROWS]
LINES = "\n".join(map(json.dumps, OBJECTS)) + "\n"
TABLE = "prompt,response\n" + "".join(f"{prompt},{response}\n" for prompt, response in ROWS)


@dataclass(frozen=True)
class Read:
    """An input whose rows are read: exactly these, and a remark on exactly the rows named."""

    content: str | bytes
    rows: list[tuple[str, str]]
    named: list[tuple[int, str]] = field(default_factory=list)  # (row, words of the reason)
    name: str = "pool.jsonl"
    options: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """An input that is refused in one sentence that begins with the file and holds these words."""

    content: str | bytes
    words: str
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
            {"prompt": f"p{place}", "response": response}
            for place, response in enumerate(responses, 1)
        )
    )


def put(folder, case):
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


def everything(dataset):
    """A selection of all examples in their order."""
    count = len(dataset)
    return Selection(
        np.arange(count),
        np.ones(count),
        Budget(max(count, 1), BudgetUnit.ROWS),
        ObjectiveName.FACILITY_LOCATION,
    )


def try_out(case, folder, what, tried):
    """Try a case every way there is, and say how it ended."""
    path = put(folder, case)
    if isinstance(case, Read):
        seen = expect_rows(case, path)
        expect_export(case, path, folder)
    else:
        seen = expect_refusal(case, path)
    tried(what, "read" if isinstance(case, Read) else "refused", seen)


def expect_rows(case, path):
    """Exactly the rows of the case, and a remark on each row it names and on no other."""
    dataset = read_dataset(path, near_duplicates="keep", **case.options)
    assert pairs(dataset) == case.rows
    told = [(problem.row, problem.reason) for problem in dataset.problems]
    assert [row for row, _ in told] == [row for row, _ in case.named], told
    assert all(words in reason for (_, reason), (_, words) in zip(told, case.named)), told
    assert len(dataset.fingerprint) == 64
    return f"{len(dataset)} rows" + "".join(f"; row {row}: {reason}" for row, reason in told)


def expect_export(case, path, folder):
    """What was read is exported and read again as the same rows; with nothing left, the command
    line says so in one line.
    """
    dataset = read_dataset(path, near_duplicates="keep", **case.options)
    if dataset.examples:
        for name in ("exported.jsonl", "exported.csv"):
            exported = export_subset(dataset, everything(dataset), folder / name, shape="messages")
            assert pairs(read_dataset(exported, near_duplicates="keep")) == case.rows
        original = export_subset(dataset, everything(dataset), folder / "original.jsonl")
        assert pairs(read_dataset(original, near_duplicates="keep", **case.options)) == case.rows
    else:
        sentence = one_line(path)
        assert sentence.startswith(
            f"delift: {path}: none of its rows can be used (row {case.named[0][0]}: "
        )


def expect_refusal(case, path):
    """One sentence, the same from the library and on the command line."""
    with pytest.raises(DeliftError) as refusal:
        read_dataset(path)
    sentence = str(refusal.value)
    assert sentence.startswith(f"{path}: ") and case.words in sentence and "\n" not in sentence
    assert one_line(path) == f"delift: {sentence}\n"
    return sentence.removeprefix(f"{path}: ")


def one_line(path):
    """What `delift run` says of a pool it cannot use: one line, and exit code 2."""
    result = CliRunner().invoke(main, ["run", "--pool", str(path)], catch_exceptions=False)
    assert result.exit_code == 2 and result.stderr.count("\n") == 1 and not result.stdout
    return result.stderr


def table_of(cases):
    """The decorator that makes one test, and one row of the table, of every case."""
    return pytest.mark.parametrize(("what", "case"), cases.items(), ids=list(cases))
