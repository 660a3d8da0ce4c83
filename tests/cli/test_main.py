"""Every mistake ends in one line and exit code 2, before anything is scored."""

import pytest

from tests.cli.conftest import write_rows

MISTAKES = {
    "no command": ((), "Missing command"),
    "an unknown command": (("choose",), "No such command 'choose'"),
    "an unknown option": (("run", "--pool", "pool.jsonl", "--size", "3"), "No such option"),
    "no pool": (("run",), "Missing option '--pool'"),
    "a file that is not there": (("run", "--pool", "nothing.jsonl"), "nothing.jsonl"),
    "an unreadable file": (("run", "--pool", "broken.jsonl"), "broken.jsonl"),
    "rows without a response": (("run", "--pool", "mute.jsonl"), "none of its rows can be used"),
    "a layout nobody knows": (("run", "--pool", "odd.jsonl"), "columns"),
    "a column that is not there": (
        ("run", "--pool", "pool.jsonl", "--columns", "prompt=question,response=response"),
        "question",
    ),
    "a mapping that is none": (
        ("run", "--pool", "pool.jsonl", "--columns", "question"),
        "Write prompt=COLUMN,response=COLUMN",
    ),
    "a budget that is none": (
        ("run", "--pool", "pool.jsonl", "--budget", "many"),
        "The budget 'many' cannot be read",
    ),
    "a budget larger than the pool": (("run", "--pool", "pool.jsonl", "--budget", "9"), "8"),
    "an objective without its role": (
        ("run", "--pool", "pool.jsonl", "--objective", "flcg"),
        "needs a known set. Give one with --known",
    ),
    "a pin that is not there": (
        ("run", "--pool", "pool.jsonl", "--pin", "r99"),
        "No example of the pool has the id 'r99'",
    ),
    "a group field that is not there": (
        ("run", "--pool", "pool.jsonl", "--group-by", "topic", "--quota", "a=1"),
        "no field 'topic'",
    ),
    "a quota that is none": (("run", "--pool", "pool.jsonl", "--quota", "a"), "Write GROUP=N"),
    "a quota of another script": (
        ("run", "--pool", "pool.jsonl", "--quota", "a=\u00b2"),
        "Write GROUP=N",
    ),
    "a quota without end": (
        ("run", "--pool", "pool.jsonl", "--quota", f"a={'9' * 5000}"),
        "Write GROUP=N",
    ),
    "a share of next to nothing": (
        ("run", "--pool", "pool.jsonl", "--pairs", "1e-310"),
        "A share of 1e-310 of the pairs is not one",
    ),
    "a kind of file nobody writes": (
        ("run", "--pool", "pool.jsonl", "--out", "subset.xlsx"),
        ".xlsx",
    ),
    "a negative weight": (
        ("run", "--pool", "pool.jsonl", "--target", "target.jsonl", "--eta", "-1"),
        "eta is -1",
    ),
    "a limit of nothing": (
        ("run", "--pool", "pool.jsonl", "--limit", "0"),
        "0 is not in the range",
    ),
    "a folder that is no run": (("select", "."), "not a run folder"),
}


@pytest.mark.parametrize("arguments, sentence", MISTAKES.values(), ids=MISTAKES)
def test_every_mistake_ends_in_one_clear_line_and_exit_code_2(
    arguments, sentence, delift, data_folder
):
    (data_folder / "broken.jsonl").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    write_rows(data_folder / "mute.jsonl", [{"prompt": "a", "response": ""}])
    write_rows(data_folder / "odd.jsonl", [{"x": 1, "y": 2}])
    result = delift(*arguments, model=arguments[:1] == ("run",))
    assert result.exit_code == 2, result.output
    assert (
        sentence in result.stderr
        and result.stderr.startswith("delift: ")
        and result.stderr.count("\n") == 1
    )
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (("--model", "no/such-model"), "no/such-model: not in the local cache and not loadable"),
        (("--model", "./nowhere"), "./nowhere: no such folder"),
        (("--model", "."), "the folder lacks config.json"),
    ],
)
def test_a_model_that_cannot_be_had_is_one_line_too(arguments, sentence, delift, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    result = delift("run", "--pool", "pool.jsonl", *arguments, model=False)
    assert result.exit_code == 2 and sentence in result.stderr and result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--out", "x.xlsx"),
        ("--budget", "many"),
        ("--budget", "9"),
        ("--objective", "flcg"),
        ("--pin", "r99"),
        ("--eta", "-1"),
        ("--quota", "a=1", "--group-by", "topic"),
        ("--exclude", "r0", "--pin", "r0"),
        ("--plan", "nearest", "--diagonal", "kept"),
    ],
)
def test_nothing_is_scored_before_every_option_is_checked(arguments, delift, data_folder):
    assert delift("run", "--pool", "pool.jsonl", *arguments).exit_code == 2
    assert not (data_folder / "workspace").exists()
