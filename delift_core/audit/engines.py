"""SQLAlchemy engines of a database of verdicts: shared, in a run folder, or read-only."""

import sqlite3
import time
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sql
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, SQLAlchemyError

from delift_core.audit.location import DATABASE

LOCK_TIMEOUT = 30  # seconds to wait for another writer
CREATION_TIMEOUT = 1  # seconds to wait for whoever just made an empty file


def shared_engine(url: str) -> sql.Engine:
    """The database of several reviewers."""
    address = sql.make_url(url)
    if address.get_backend_name() == "sqlite":
        return _writable_sqlite(address)
    return sql.create_engine(address, pool_pre_ping=True)


def own_engine(file: Path, closed: bool) -> sql.Engine:
    """The file in a run folder.

    closed: the folder cannot be written. Raises ValueError where the file is damaged, and leaves it
    as it is.
    """
    if is_empty(file) and not _is_filled_soon(file):
        raise ValueError("it is empty, and a database that was ever written is not")
    if closed and not file.exists():
        return _empty_engine()
    if closed:
        engine = _read_only_sqlite(file)
    else:
        engine = _writable_sqlite(sql.URL.create("sqlite", database=str(file)))
    if file.exists():
        _check_integrity(engine)
    return engine


def _check_integrity(engine: sql.Engine) -> None:
    """Raise ValueError with what SQLite says of a damaged file."""
    with engine.connect().execution_options(reading=True) as connection:
        result = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if result != "ok":
        raise ValueError(result)


def is_empty(file: Path) -> bool:
    """Whether a file is there and has nothing in it."""
    return file.exists() and not file.stat().st_size


def _is_filled_soon(file: Path) -> bool:
    """Whether another process that just made a file writes to it."""
    end = time.monotonic() + CREATION_TIMEOUT
    while is_empty(file) and time.monotonic() < end:
        time.sleep(0.02)
    return not is_empty(file)


def _writable_sqlite(address: sql.URL) -> sql.Engine:
    """A SQLite file that several processes write."""
    engine = sql.create_engine(address, connect_args={"timeout": LOCK_TIMEOUT})
    sql.event.listen(engine, "connect", _set_durability)
    return _with_own_transactions(engine)


def _read_only_sqlite(file: Path) -> sql.Engine:
    """A SQLite file in a folder that cannot be written."""
    engine = sql.create_engine(
        "sqlite://", creator=lambda: _read_only_connection(file), poolclass=sql.NullPool
    )
    return _with_own_transactions(engine)


def _with_own_transactions(engine: sql.Engine) -> sql.Engine:
    """The engine, whose transactions begin where `_begin` says."""
    sql.event.listen(engine, "connect", _disable_transactions)
    sql.event.listen(engine, "begin", _begin)
    return engine


def _read_only_connection(file: Path) -> sqlite3.Connection:
    """A connection that makes no file beside the database.

    The write-ahead log is read where one is there with what was written last.
    """
    log = file.with_name(f"{file.name}-wal")
    address = f"file:{quote(str(file))}?mode=ro"
    if not (log.exists() and log.stat().st_size):
        address += "&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


def _empty_engine() -> sql.Engine:
    """A database in memory, for a folder without one that cannot be written."""
    return sql.create_engine(
        "sqlite://", poolclass=sql.StaticPool, connect_args={"check_same_thread": False}
    )


def create_tables(engine: sql.Engine, tables: sql.MetaData) -> None:
    """Create the tables that are missing; again where another process created them meanwhile."""
    try:
        tables.create_all(engine)
    except (IntegrityError, OperationalError, ProgrammingError):
        tables.create_all(engine)


def refuse_other_version(engine: sql.Engine, tables: sql.MetaData) -> None:
    """Raise ValueError where a table has other columns than this version reads and writes."""
    with engine.connect().execution_options(reading=True) as connection:
        inspector = sql.inspect(connection)
        for name, table in tables.tables.items():
            columns = {column["name"] for column in inspector.get_columns(name)}
            different = sorted(columns ^ set(table.columns.keys()))
            if different:
                verb = "has" if different[0] in columns else "lacks"
                raise ValueError(
                    f"another version of delift wrote it: its table {name} {verb} {different[0]}"
                )


def _disable_transactions(connection, _) -> None:
    """The driver begins no transaction by itself."""
    connection.isolation_level = None


def _set_durability(connection, _) -> None:
    """Readers beside one writer, each event on disk before its transaction ends."""
    for setting in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {setting}").close()


def _begin(connection: sql.Connection) -> None:
    """Begin a transaction; a writer's takes the write lock before it reads the last number.

    Two writers then queue rather than fail.
    """
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def url_without_password(url: str | sql.URL) -> str:
    """A URL as it may be shown."""
    try:
        return sql.make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return DATABASE


def database_message(error: Exception) -> str:
    """The first line of what the database says, or the name of the error where it says nothing."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
