"""A run whose data file has changed goes on with its own copy and says so."""

import json

import pytest

from delift_core.cli.main import main
from delift_core.data.readers import read_dataset
from delift_core.runs.integrity import missing_work
from delift_core.runs.sources import changed_sources
from delift_core.runs.store import create_run, list_runs, open_run
from delift_core.workflow.score import score_missing

ROWS = [
    {"prompt": f"Add {number} and {number}", "response": str(2 * number)} for number in range(5)
]


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "pool.jsonl"
    file.write_text("\n".join(map(json.dumps, ROWS)))
    return file


@pytest.fixture
def scored(source, tmp_path, tiny):
    run = create_run(tmp_path / "work", {"pool": read_dataset(source)}, tiny().record, "chat")
    list(score_missing(missing_work(run, ["pool_pool"]), tiny()))
    return run


def says(capsys, *words):
    """(exit code, what a command prints and complains of)"""
    with pytest.raises(SystemExit) as end:
        main([*map(str, words)], prog_name="delift")
    told = capsys.readouterr()
    return end.value.code, told.out + told.err


def test_select_and_export_say_that_the_file_is_another_and_go_on_with_the_examples_of_the_run(
    scored, source, tmp_path, capsys, tried
):
    assert "not what this run read" not in says(capsys, "select", scored.folder, "--budget", "2")[1]
    source.write_text("\n".join(map(json.dumps, ROWS[::-1][:3])))
    for words in (
        ("select", scored.folder, "--budget", "3"),
        ("export", scored.folder, "--out", tmp_path / "subset.jsonl"),
    ):
        code, told = says(capsys, *words)
        assert (
            code == 0
            and f"{source}: the file is not what this run read as its pool" in told
            and "the 5 examples it keeps" in told
        )
    exported = [json.loads(line) for line in (tmp_path / "subset.jsonl").read_text().splitlines()]
    assert len(exported) == 3 and all(row in ROWS for row in exported)
    tried(
        "the data file changed since",
        "told",
        next(changed_sources(open_run(scored.folder))).removeprefix(f"{tmp_path}/"),
    )


def test_the_changed_file_makes_a_run_of_its_own_and_leaves_the_first_as_it_is(
    scored, source, tiny, tried
):
    source.write_text(
        "\n".join(map(json.dumps, [*ROWS[:4], {"prompt": "Add 9 and 9", "response": "18"}]))
    )
    other = create_run(
        scored.folder.parents[1], {"pool": read_dataset(source)}, tiny().record, "chat"
    )
    assert other.folder != scored.folder and {
        run.id for run in list_runs(scored.folder.parents[1])
    } == {scored.id, other.id}
    assert (
        open_run(scored.folder).pool[4].response == "8"
        and other.pool[4].response == "18"
        and other.missing("pool_pool")
    )
    tried("delift run on the changed file", "kept apart", "another run, and the first is as it was")


@pytest.mark.parametrize("what", ["gone", "a folder", "touched"])
def test_where_nothing_can_be_told_nothing_is_said(scored, source, what, tried):
    if what == "touched":
        source.touch()
    else:
        source.unlink()
        source.mkdir() if what == "a folder" else None
    assert (
        list(changed_sources(open_run(scored.folder))) == []
        and len(open_run(scored.folder).pool) == 5
    )
    tried(f"the data file {what}", "read", "nothing is said, the run keeps its examples")
