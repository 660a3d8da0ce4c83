"""How a database of verdicts is opened: with care for what is in it, and in a folder that cannot be
written only to be read.
"""

import sqlite3
import time
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sql
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, SQLAlchemyError

from delift_core.audit.location import DATABASE

PATIENCE = 30  # seconds to wait for another writer


def shared_engine(url: str) -> sql.Engine:
    """The database of several reviewers."""
    asked = sql.make_url(url)
    if asked.get_backend_name() == "sqlite":
        return _for_writing(sql.create_engine(asked, connect_args={"timeout": PATIENCE}))
    return sql.create_engine(asked, pool_pre_ping=True)


def own_engine(file: Path, closed: bool) -> sql.Engine:
    """The file in a run folder. closed: the folder cannot be written.

    Raises ValueError where the file is damaged, and leaves it as it is.
    """
    if is_empty(file) and not _fills(file):
        raise ValueError("it is empty, and a database that was ever written is not")
    if not closed:
        engine = _for_writing(
            sql.create_engine(
                sql.URL.create("sqlite", database=str(file)), connect_args={"timeout": PATIENCE}
            )
        )
    elif file.exists():
        engine = _begun_by_hand(
            sql.create_engine("sqlite://", creator=lambda: _read_only(file), poolclass=sql.NullPool)
        )
    else:
        return _nothing()
    if file.exists():
        with engine.connect().execution_options(reading=True) as connection:
            if (found := connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()) != "ok":
                raise ValueError(found)
    return engine


def is_empty(file: Path) -> bool:
    """Whether a file is there and has nothing in it."""
    return file.exists() and not file.stat().st_size


def _fills(file: Path) -> bool:
    """Whether somebody who made a file in this moment writes to it."""
    end = time.monotonic() + 1
    while is_empty(file) and time.monotonic() < end:
        time.sleep(0.02)
    return not is_empty(file)


def _for_writing(engine: sql.Engine) -> sql.Engine:
    sql.event.listen(engine, "connect", _careful)
    return _begun_by_hand(engine)


def _begun_by_hand(engine: sql.Engine) -> sql.Engine:
    sql.event.listen(engine, "connect", _without_transactions)
    sql.event.listen(engine, "begin", _lock_at_once)
    return engine


def _read_only(file: Path) -> sqlite3.Connection:
    """A connection that asks for no file beside the database, unless one is there with what was
    written last.
    """
    ahead = file.with_name(f"{file.name}-wal")
    still = "" if ahead.exists() and ahead.stat().st_size else "&immutable=1"
    return sqlite3.connect(
        f"file:{quote(str(file))}?mode=ro{still}", uri=True, check_same_thread=False
    )


def _nothing() -> sql.Engine:
    """A database that holds nothing and will be written by nobody."""
    return sql.create_engine(
        "sqlite://", poolclass=sql.StaticPool, connect_args={"check_same_thread": False}
    )


def create_tables(engine: sql.Engine, tables: sql.MetaData) -> None:
    """Make what is not there; once more when somebody else made it in the same moment."""
    try:
        tables.create_all(engine)
    except (IntegrityError, OperationalError, ProgrammingError):
        tables.create_all(engine)


def refuse_other_version(engine: sql.Engine, tables: sql.MetaData) -> None:
    """Raise ValueError where a table has other columns than this version reads and writes."""
    with engine.connect().execution_options(reading=True) as connection:
        found = sql.inspect(connection)
        for name, table in tables.tables.items():
            columns = {column["name"] for column in found.get_columns(name)}
            if odd := sorted(columns ^ set(table.columns.keys())):
                raise ValueError(
                    f"another version of delift wrote it: its table {name}"
                    f" {'has' if odd[0] in columns else 'lacks'} {odd[0]}"
                )


def _without_transactions(connection, _) -> None:
    """Transactions begin where `_lock_at_once` says."""
    connection.isolation_level = None


def _careful(connection, _) -> None:
    """Readers beside one writer, each event on disk before its transaction ends."""
    for setting in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {setting}").close()


def _lock_at_once(connection: sql.Connection) -> None:
    """Take SQLite's write lock before a writer reads the last number, so that two writers queue
    rather than fail.
    """
    connection.exec_driver_sql(
        "BEGIN" if connection.get_execution_options().get("reading") else "BEGIN IMMEDIATE"
    )


def spoken(url: str | sql.URL) -> str:
    """A URL without its password."""
    try:
        return sql.make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return DATABASE


def first_line(reason: Exception) -> str:
    """What an error says first."""
    return (
        str(getattr(reason, "orig", None) or reason).strip().splitlines() or [type(reason).__name__]
    )[0]
