"""Nothing that was written is lost, whoever writes at the same time.

SQLite always, PostgreSQL where its programs are installed.
"""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from delift_core.audit.events import Action, Event
from delift_core.audit.location import DATABASE, FILE, has_log
from delift_core.audit.log import open_log
from delift_core.errors import NoDatabase
from delift_core.runs.store import open_demo

WRITER = """
import sys
from pathlib import Path
from delift_core.audit.events import Action, Event
from delift_core.audit.log import open_log
folder, url, name, count = sys.argv[1:]
log = open_log(Path(folder), url or None)
for place in range(int(count)):
    log.append([Event(f"{name}-{place}", f"example {place}", Action.KEEP, name)])
    print(place, flush=True)
"""


def programs():
    """Where PostgreSQL's programs are; None where it is not installed."""
    found = shutil.which("initdb") or next(
        iter(sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), reverse=True)), None
    )
    return Path(found).parent if found else None


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """The URL of a PostgreSQL server of its own, which will not run as root."""
    pytest.importorskip("psycopg", reason='no psycopg: pip install -e ".[postgres]"')
    if (here := programs()) is None:
        (pytest.fail if os.environ.get("POSTGRES_REQUIRED") == "1" else pytest.skip)(
            "no PostgreSQL: apt-get install postgresql"
        )
    folder = Path("/tmp") / f"delift-postgres-{os.getpid()}"
    folder.mkdir(mode=0o777)
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    shutil.chown(folder, "postgres") if user else None
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    try:
        subprocess.run(
            [*user, here / "initdb", "-D", folder / "data", "-U", "delift", "-A", "trust"],
            check=True,
            capture_output=True,
            cwd="/",
        )
        subprocess.run(
            [
                *user,
                here / "pg_ctl",
                "-D",
                folder / "data",
                "-w",
                "-l",
                folder / "log",
                "-o",
                f"-p {port} -k {folder} -h 127.0.0.1",
                "start",
            ],
            check=True,
            capture_output=True,
            cwd="/",
        )
        yield f"postgresql+psycopg://delift@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [*user, here / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"],
            check=False,
            capture_output=True,
            cwd="/",
        )
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """(run folder, URL or None), once for each kind of database."""
    return tmp_path / f"run-{os.urandom(4).hex()}", (
        request.getfixturevalue("postgres") if request.param == "postgresql" else None
    )


@pytest.fixture
def log(place):
    place[0].mkdir()
    return open_log(*place)


def told(*uids, reviewer="anna", **more):
    return [Event(uid, f"example of {uid}", Action.KEEP, reviewer, **more) for uid in uids]


def test_what_is_written_is_read_as_it_was(log):
    event = Event(
        "1",
        "row\u2028 <b>7</b>",
        Action.DROP,
        "Änne",
        ("wrong", "too easy"),
        "a $note$\nin two lines 😀",
        "blind",
        "chosen random",
        "",
        "",
    )
    log.append([event])
    (found,) = log.events()
    assert found.time and Event(**{**vars(found), "time": ""}) == event


def test_another_log_of_the_same_run_reads_it_and_another_run_does_not(log, place, tmp_path):
    log.append(told("1"))
    assert [event.uid for event in open_log(*place).events()] == ["1"]
    (tmp_path / "other").mkdir()
    assert open_log(tmp_path / "other", place[1]).events() == []


def test_what_is_told_twice_is_written_once(log):
    log.append(told("1", "2"))
    log.append(told("2", "3"))
    log.append(told("3"))
    assert [event.uid for event in log.events()] == ["1", "2", "3"]


def test_events_are_numbered_one_after_the_other_so_that_a_reader_asks_for_the_rest(log):
    log.append(told("1", "2", "3"))
    first = log.events()
    log.append(told("4"))
    assert [event.uid for event in log.events(after=len(first))] == ["4"] and log.events(
        after=4
    ) == []


def test_thousands_at_once_are_one_transaction(log):
    log.append(told(*map(str, range(3000)), batch="b"))
    assert len(log.events()) == 3000


def test_guidelines_are_those_written_last(log):
    assert log.guidelines() == ""
    log.write_guidelines("keep what is right", "anna")
    log.write_guidelines("keep what is right and short", "ben")
    assert log.guidelines() == "keep what is right and short"


def writers(place, *names, count=40):
    place[0].mkdir(exist_ok=True)
    return [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(place[0]), place[1] or "", name, str(count)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]


def test_two_reviewers_at_once_keep_everything_both_said(place):
    for writer in writers(place, "anna", "ben"):
        assert (
            writer.communicate()[0].split() == [str(number) for number in range(40)]
            and writer.returncode == 0
        )
    found = open_log(*place).events()
    assert [
        [event.uid for event in found if event.reviewer == name] for name in ("anna", "ben")
    ] == [[f"{name}-{number}" for number in range(40)] for name in ("anna", "ben")]


def test_a_writer_that_is_killed_loses_nothing_it_had_reported(place):
    (writer,) = writers(place, "anna", count=5000)
    seen = [writer.stdout.readline() for _ in range(25)]
    writer.send_signal(signal.SIGKILL)
    seen += writer.stdout.read().split()
    writer.wait()
    found = [event.uid for event in open_log(*place).events()]
    assert len(seen) <= len(found) <= len(seen) + 1 and found == [
        f"anna-{number}" for number in range(len(found))
    ]


def test_a_run_without_verdicts_needs_no_file(tmp_path, monkeypatch):
    monkeypatch.delenv(DATABASE, raising=False)
    assert not has_log(tmp_path)
    open_log(tmp_path)
    assert has_log(tmp_path) and (tmp_path / FILE).exists()


def test_the_file_is_written_ahead_and_to_disk(tmp_path):
    log = open_log(tmp_path)
    log.append(told("1"))
    with log.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_the_environment_moves_verdicts_to_another_database(tmp_path, monkeypatch):
    monkeypatch.setenv(DATABASE, f"sqlite:///{tmp_path / 'shared.sqlite'}")
    (tmp_path / "run").mkdir()
    open_log(tmp_path / "run").append(told("1"))
    assert not (tmp_path / "run" / FILE).exists() and has_log(tmp_path / "run")
    rows = (
        sqlite3.connect(tmp_path / "shared.sqlite")
        .execute("select run, uid from delift_events")
        .fetchall()
    )
    assert rows == [("run", "1")]


def test_a_run_is_known_by_its_record_however_its_folder_is_named_or_spelt(tmp_path, monkeypatch):
    run = open_demo(tmp_path)
    open_log(run.folder).append(told("1"))
    copy = shutil.copytree(run.folder, tmp_path / "what?x#y & copy")
    monkeypatch.chdir(copy)
    assert all(
        [event.uid for event in open_log(place).events()] == ["1"]
        for place in (run.folder, copy, Path("."))
    )
    assert sorted(file.name for file in tmp_path.iterdir()) == ["runs", "what?x#y & copy"]


def test_the_same_uid_twice_in_one_act_is_written_once(log):
    log.append([*told("1"), Event("1", "another", Action.DROP, "anna")])
    assert [(event.uid, event.example) for event in log.events()] == [("1", "example of 1")]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://anna:secret@127.0.0.1:1/none",
        "nonsense",
        "mysterious://x",
        "sqlite:////nowhere/at/all.db",
    ],
)
def test_a_database_that_is_not_there_is_refused_in_a_sentence_without_its_password(tmp_path, url):
    with pytest.raises(NoDatabase, match="verdicts cannot be kept there") as refusal:
        open_log(tmp_path, url)
    assert (
        "secret" not in str(refusal.value)
        and DATABASE in str(refusal.value)
        and "\n" not in str(refusal.value)
    )


def test_a_log_that_cannot_be_written_says_so(tmp_path):
    log = open_log(tmp_path)
    with log.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE delift_events")
    with pytest.raises(NoDatabase, match="nothing was written .*then try again"):
        log.append(told("1"))
    with pytest.raises(NoDatabase, match="cannot be read"):
        log.events()


def test_a_damaged_file_is_refused_with_what_to_do(tmp_path):
    (tmp_path / FILE).write_bytes(b"no database " * 100)
    with pytest.raises(NoDatabase, match="not a database.*if the file is damaged, move it away"):
        open_log(tmp_path)
