"""A run folder of another version is read as it was meant or refused, never changed."""

import json
import sqlite3
from dataclasses import asdict

import pytest

from delift_core.audit.events import Action, Event
from delift_core.audit.log import open_log
from delift_core.errors import ChangedScoring, DamagedRun, NoDatabase, NotARun
from delift_core.files import digest, write_json
from delift_core.jobs import jobs
from delift_core.jobs.status import State, Status
from delift_core.runs.integrity import missing_work
from delift_core.runs.selections import read_selection, save_selection
from delift_core.runs.store import list_runs, open_run
from delift_core.runs.tables import read_table, write_table
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose
from delift_core.workflow.score import score_missing
from tests.faults.conftest import contents

CHOICE = Choice(objective="facility_location", budget="2")


@pytest.fixture
def scored(new_run, score):
    run = new_run("pool", "known")
    score(run)
    return run


def of_version(run, **changed):
    """The same run as another version would have left it: its record and its name."""
    record = {**run.record, **changed}
    folder = run.folder.with_name(digest(record)[:16])
    run.folder.rename(folder)
    write_json(record, folder / "run.json")
    return folder


@pytest.mark.parametrize("layout", [0, 2, "old", None])
def test_another_layout_is_refused_by_name_and_left_alone(layout, scored, tmp_path, tried):
    folder = of_version(scored, layout=layout)
    before = contents(folder)
    with pytest.raises(
        NotARun,
        match=(
            f"{folder}: written in layout {layout}, this version reads layout 1. Open it with the"
            " version that wrote it"
        ),
    ) as refusal:
        open_run(folder)
    assert list(list_runs(tmp_path)) == [] and contents(folder) == before
    tried(
        f"a run of layout {layout}", "refused", str(refusal.value).removeprefix(f"{folder.parent}/")
    )


def test_what_was_scored_in_another_way_is_read_but_nothing_is_added_to_it(scored, tiny, tried):
    run = open_run(of_version(scored, scoring=0))
    assert run.kernel("pool_pool").values.shape == (6, 6) and len(choose(run, CHOICE)[1]) == 2
    with pytest.raises(
        ChangedScoring,
        match=(
            "scored by version 0 of scoring, and this is version 1: what is missing would not be"
            " comparable"
        ),
    ) as refusal:
        list(score_missing(missing_work(run, ["pool_known"]), tiny()))
    assert run.missing("pool_known") == run.tiles("pool_known")
    tried(
        "a run of scoring version 0",
        "read, not added to",
        str(refusal.value).removeprefix(f"{run.folder}: "),
    )


def test_tiles_cut_in_another_way_are_refused_by_name_rather_than_put_together_wrongly(
    scored, tiny, tried
):
    file = scored.kernel_folder("pool_pool") / "zarr.json"
    told = json.loads(file.read_text())
    # as many numbers, in another order
    told["chunk_grid"]["configuration"]["chunk_shape"] = [3, 4, 6]
    file.write_text(json.dumps(told))
    before = contents(scored.folder)
    for use in (
        lambda: open_run(scored.folder).kernel("pool_pool"),
        lambda: list(score_missing(missing_work(scored, ["pool_pool"]), tiny())),
    ):
        with pytest.raises(
            DamagedRun,
            match=(
                "it describes another array than this version writes. Open the run with the version"
                " that wrote it"
            ),
        ) as refusal:
            use()
    assert contents(scored.folder) == before
    tried(
        "a kernel in tiles of another shape",
        "refused",
        str(refusal.value).removeprefix(f"{scored.folder}/"),
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record["choice"].update(temperature=1),
        lambda record: record.pop("budget"),
        lambda record: record.update(objective="log_det"),
        lambda record: record.update(budget="plenty"),
    ],
)
def test_a_selection_of_another_version_is_refused_by_name(change, scored, tried):
    path = save_selection(scored, CHOICE, choose(scored, CHOICE)[1])
    table = read_table(path)
    record = json.loads(table.schema.metadata[b"selection"])
    change(record)
    write_table(table.replace_schema_metadata({"selection": json.dumps(record)}), path)
    with pytest.raises(
        DamagedRun, match=f"{path}: it cannot be read .*Choose again with the same options"
    ) as refusal:
        read_selection(path)
    tried(
        "a selection of another version",
        "refused",
        str(refusal.value).removeprefix(f"{scored.folder}/"),
    )


def test_tables_written_before_they_had_checksums_are_read(scored, tried):
    import pyarrow.parquet as pq

    pool, alone = scored.pool, scored.alone("pool")
    for file in (scored.folder / "pool").glob("*.parquet"):
        table = pq.read_table(file)
        told = {
            key: value for key, value in (table.schema.metadata or {}).items() if key != b"checksum"
        }
        pq.write_table(table.replace_schema_metadata(told), file)
    run = open_run(scored.folder)
    assert run.pool == pool and (run.alone("pool").distance == alone.distance).all()
    tried("tables of a version without checksums", "read", "the same examples and numbers")


@pytest.mark.parametrize("lost", ["pid", "left", "doing", "rate"])
def test_a_status_of_another_version_counts_as_an_interruption(lost, tmp_path, tried):
    record = asdict(Status(State.RUNNING, "score", done=3, total=9, pid=1))
    record.pop(lost)
    write_json({**record, "colour": "green"}, tmp_path / "status.json")
    found = jobs.status(tmp_path)
    assert found.state == State.INTERRUPTED and "Start again" in found.error
    tried(f"a status without {lost}", "read", found.error.removeprefix(f"{tmp_path}/"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("ALTER TABLE delift_events DROP COLUMN note", "lacks note"),
        ("ALTER TABLE delift_events ADD COLUMN mood TEXT", "has mood"),
        ("ALTER TABLE delift_guidelines RENAME COLUMN text TO words", "lacks text"),
    ],
)
def test_a_database_of_another_version_is_refused_by_name_and_left_alone(
    change, told, tmp_path, monkeypatch, tried
):
    monkeypatch.delenv("DELIFT_DATABASE", raising=False)
    log = open_log(tmp_path)
    log.append([Event("1", "a", Action.KEEP, "anna")])
    log.engine.dispose()
    with sqlite3.connect(tmp_path / "audit.sqlite") as connection:
        connection.execute(change)
    connection.close()
    with pytest.raises(
        NoDatabase,
        match=(
            "another version of delift wrote it: its table delift_(events|guidelines) (lacks|has)"
            f" {told.split()[1]}|{told}"
        ),
    ) as refusal:
        open_log(tmp_path)
    with sqlite3.connect(tmp_path / "audit.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM delift_events").fetchone() == (1,)
    connection.close()
    tried("verdicts of another version", "refused", str(refusal.value).removeprefix(f"{tmp_path}/"))
