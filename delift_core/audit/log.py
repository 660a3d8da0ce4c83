"""The log of verdicts, append-only: SQLite in the run folder, or a database of several reviewers.

The number of an event is one more than the last of its run, and unique: a writer that comes second
to a number tries again. What was read up to a number is therefore complete, whoever writes at the
same time, and a reader asks only for what came after.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from delift_core.audit.engines import (
    create_tables,
    database_message,
    is_empty,
    own_engine,
    refuse_other_version,
    shared_engine,
    url_without_password,
)
from delift_core.audit.events import Action, Event
from delift_core.audit.location import DATABASE, FILE, address_of, is_writable
from delift_core.errors import NoDatabase

TRIES = 100  # to number events while others write
SHARED_ADVICE = (
    f"Give ${DATABASE} the URL of a database that is there, or leave it out to keep them in the run"
    " folder."
)
OWN_ADVICE = (
    "Make room for it and the folder writable; if the file is damaged, move it away or put a copy"
    " in its place."
)
QUERY_MOST = 500  # uids of one query, since databases bound its length
TABLES = sql.MetaData()
EVENTS = sql.Table(
    "delift_events",
    TABLES,
    sql.Column("run", sql.String(64), primary_key=True),
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("uid", sql.String(64), nullable=False),
    sql.Column("example", sql.Text, nullable=False),
    sql.Column("action", sql.String(8), nullable=False),
    sql.Column("reviewer", sql.Text, nullable=False),
    sql.Column("reasons", sql.Text, nullable=False),
    sql.Column("note", sql.Text, nullable=False),
    sql.Column("queue", sql.Text, nullable=False),
    sql.Column("source", sql.Text, nullable=False),
    sql.Column("batch", sql.String(64), nullable=False),
    sql.Column("undoes", sql.String(64), nullable=False),
    sql.Column("time", sql.String(40), nullable=False),
    sql.UniqueConstraint("run", "uid"),
)
GUIDELINES = sql.Table(
    "delift_guidelines",
    TABLES,
    sql.Column("run", sql.String(64), primary_key=True),
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("text", sql.Text, nullable=False),
    sql.Column("reviewer", sql.Text, nullable=False),
    sql.Column("time", sql.String(40), nullable=False),
)


@dataclass(frozen=True)
class AuditLog:
    """The events and guidelines of one run in a database."""

    engine: sql.Engine
    run: str
    address: str  # path or URL as it is shown
    closed: bool = False  # the run folder cannot be written

    def append(self, events: Sequence[Event]) -> None:
        """Write events in one transaction, on disk when this returns.

        Events whose uid was written before are passed over.
        """
        now = _now()
        self._add(EVENTS, [_row(replace(event, time=now)) for event in events])

    def events(self, after: int = 0) -> list[Event]:
        """Events after a number, in the order they were written; the numbers are 1, 2, 3 ..."""
        query = (
            sql.select(EVENTS)
            .where(EVENTS.c.run == self.run, EVENTS.c.number > after)
            .order_by(EVENTS.c.number)
        )
        with self._reading() as connection:
            return [_event(row._asdict()) for row in connection.execute(query)]

    def guidelines(self) -> str:
        """The guidelines of the reviewers of this run, as written last."""
        query = (
            sql.select(GUIDELINES.c.text)
            .where(GUIDELINES.c.run == self.run)
            .order_by(GUIDELINES.c.number.desc())
            .limit(1)
        )
        with self._reading() as connection:
            return connection.execute(query).scalar() or ""

    def write_guidelines(self, text: str, reviewer: str) -> None:
        """The guidelines from now on; earlier ones stay in the database."""
        self._add(GUIDELINES, [{"text": text, "reviewer": reviewer, "time": _now()}])

    @contextmanager
    def _reading(self) -> Iterator[sql.Connection]:
        try:
            with self.engine.connect().execution_options(reading=True) as connection:
                yield connection
        except (SQLAlchemyError, ValueError, TypeError) as error:
            raise NoDatabase(
                f"{self.address}: verdicts cannot be read ({database_message(error)}). Try again"
                " when it is there; if it is damaged, put a copy in its place."
            ) from error

    def _add(self, table: sql.Table, rows: list[dict]) -> None:
        """Number rows on from the last one and insert them.

        Tries again where another writer took the same numbers.
        """
        if self.closed:
            raise NoDatabase(
                f"{self.address}: nothing can be written, the run folder is closed for writing."
                " Open it, or work in a copy of the run."
            )
        for _ in range(TRIES):
            try:
                with self.engine.begin() as connection:
                    return self._insert(connection, table, rows)
            except IntegrityError:
                continue
            except SQLAlchemyError as error:
                raise NoDatabase(
                    f"{self.address}: nothing was written ({database_message(error)}), and all"
                    " there was is unchanged. Mend that, such as by making room, then try again."
                ) from error
        raise NoDatabase(
            f"{self.address}: other reviewers kept writing for {TRIES} tries. Try again."
        )

    def _insert(self, connection: sql.Connection, table: sql.Table, rows: list[dict]) -> None:
        last = connection.execute(
            sql.select(sql.func.coalesce(sql.func.max(table.c.number), 0)).where(
                table.c.run == self.run
            )
        ).scalar_one()
        if "uid" in table.c:
            known = self._known(connection, [row["uid"] for row in rows])
            rows = _new_rows(rows, known)
        if rows:
            numbered = [
                row | {"run": self.run, "number": number}
                for number, row in enumerate(rows, start=last + 1)
            ]
            connection.execute(table.insert(), numbered)

    def _known(self, connection: sql.Connection, uids: list[str]) -> set[str]:
        """Which of these uids were written already."""
        known: set[str] = set()
        for start in range(0, len(uids), QUERY_MOST):
            part = uids[start : start + QUERY_MOST]
            query = sql.select(EVENTS.c.uid).where(EVENTS.c.run == self.run, EVENTS.c.uid.in_(part))
            known.update(connection.execute(query).scalars())
        return known


def open_log(folder: Path, url: str | None = None) -> AuditLog:
    """The log of the run in a folder: in a shared database, or else in the folder's own file.

    In a folder that cannot be written, what is there can still be read.

    url: of the shared database; $DELIFT_DATABASE by default.
    Raises NoDatabase where it cannot be reached, is damaged, or is another version's.
    """
    shared = url or os.environ.get(DATABASE)
    own = Path(folder) / FILE
    fresh, closed = not own.exists(), not shared and not is_writable(folder)
    address = url_without_password(shared) if shared else str(own)
    try:
        engine = shared_engine(shared) if shared else own_engine(own, closed)
        if fresh or not closed:
            create_tables(engine, TABLES)
        refuse_other_version(engine, TABLES)
    except (SQLAlchemyError, ImportError, OSError, ValueError) as error:
        if fresh and is_empty(own):  # such as on a full disk
            own.unlink()
        advice = SHARED_ADVICE if shared else OWN_ADVICE
        raise NoDatabase(
            f"{address}: verdicts cannot be kept there ({database_message(error)}). {advice}"
        ) from error
    return AuditLog(engine, address_of(folder), address, closed)


def _now() -> str:
    """UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _new_rows(rows: list[dict], known: set[str]) -> list[dict]:
    """The first row of every uid that is not known."""
    new: dict[str, dict] = {}
    for row in rows:
        if row["uid"] not in known:
            new.setdefault(row["uid"], row)
    return list(new.values())


def _row(event: Event) -> dict:
    """An event as a row of the table."""
    return asdict(event) | {"action": str(event.action), "reasons": json.dumps(event.reasons)}


def _event(row: Mapping[str, Any]) -> Event:
    """The event in a row of the table."""
    values = {name: row[name] for name in Event.__dataclass_fields__}
    values["action"] = Action(row["action"])
    values["reasons"] = tuple(json.loads(row["reasons"]))
    return Event(**values)
