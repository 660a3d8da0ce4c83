"""Where verdicts are kept: SQLite in the run folder, or one database for several reviewers; rows
are added and never changed.

The number of an event is one more than the last of its run, and unique: whoever comes second to the
same number tries again. So what was read up to a number is complete, whoever writes at the same
time, and a reader only ever asks for what came after.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sql
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from delift_core.audit.engines import (
    create_tables,
    first_line,
    is_empty,
    own_engine,
    refuse_other_version,
    shared_engine,
    spoken,
)
from delift_core.audit.events import Action, Event
from delift_core.audit.location import DATABASE, FILE, address_of, is_writable
from delift_core.errors import NoDatabase

TRIES = 100
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
    place: str  # where it is, as a person is told
    closed: bool = False  # the run folder cannot be written

    def append(self, events: Sequence[Event]) -> None:
        """Write events in one transaction, on disk when this returns; what was written before under
        the same uid is passed over.
        """
        written = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._add(EVENTS, [_row(replace(event, time=written)) for event in events])

    def events(self, after: int = 0) -> list[Event]:
        """Everything after a number, in the order it was written; the numbers are 1, 2, 3 ..."""
        asked = (
            sql.select(EVENTS)
            .where(EVENTS.c.run == self.run, EVENTS.c.number > after)
            .order_by(EVENTS.c.number)
        )
        with self._reading() as connection:
            return [_event(row._mapping) for row in connection.execute(asked)]

    def guidelines(self) -> str:
        """What the reviewers of this run go by, as written last."""
        asked = (
            sql.select(GUIDELINES.c.text)
            .where(GUIDELINES.c.run == self.run)
            .order_by(GUIDELINES.c.number.desc())
            .limit(1)
        )
        with self._reading() as connection:
            return connection.execute(asked).scalar() or ""

    def write_guidelines(self, text: str, reviewer: str) -> None:
        """The guidelines from now on; earlier ones stay in the database."""
        self._add(
            GUIDELINES,
            [
                {
                    "text": text,
                    "reviewer": reviewer,
                    "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                }
            ],
        )

    @contextmanager
    def _reading(self) -> Iterator[sql.Connection]:
        try:
            with self.engine.connect().execution_options(reading=True) as connection:
                yield connection
        except (SQLAlchemyError, ValueError, TypeError) as reason:
            raise NoDatabase(
                f"{self.place}: verdicts cannot be read ({first_line(reason)}). Try again when it"
                " is there; if it is damaged, put a copy in its place."
            ) from reason

    def _add(self, table: sql.Table, rows: list[dict]) -> None:
        """Number rows on from the last one and insert them; anew when another writer took the same
        numbers.
        """
        if self.closed:
            raise NoDatabase(
                f"{self.place}: nothing can be written, the run folder is closed for writing. Open"
                " it, or work in a copy of the run."
            )
        for _ in range(TRIES):
            try:
                with self.engine.begin() as connection:
                    return self._insert(connection, table, rows)
            except IntegrityError:
                continue
            except SQLAlchemyError as reason:
                raise NoDatabase(
                    f"{self.place}: nothing was written ({first_line(reason)}), and all there was"
                    " is unchanged. Mend that, such as by making room, then try again."
                ) from reason
        raise NoDatabase(
            f"{self.place}: other reviewers kept writing for {TRIES} tries. Try again."
        )

    def _insert(self, connection: sql.Connection, table: sql.Table, rows: list[dict]) -> None:
        last = connection.execute(
            sql.select(sql.func.coalesce(sql.func.max(table.c.number), 0)).where(
                table.c.run == self.run
            )
        ).scalar_one()
        if "uid" in table.c:
            known = self._known(connection, [row["uid"] for row in rows])
            # of the same uid the first
            rows = list(
                {row["uid"]: row for row in reversed(rows) if row["uid"] not in known}.values()
            )[::-1]
        if rows:
            connection.execute(
                table.insert(),
                [
                    row | {"run": self.run, "number": last + place}
                    for place, row in enumerate(rows, start=1)
                ],
            )

    def _known(self, connection: sql.Connection, uids: list[str]) -> set[str]:
        """Which of these were written already; asked for some hundred at a time, since databases
        bound a question's length.
        """
        parts = [uids[start : start + 500] for start in range(0, len(uids), 500)]
        asked = (
            sql.select(EVENTS.c.uid).where(EVENTS.c.run == self.run, EVENTS.c.uid.in_(part))
            for part in parts
        )
        return {uid for question in asked for uid in connection.execute(question).scalars()}


def open_log(folder: Path, url: str | None = None) -> AuditLog:
    """The log of the run in a folder: in the database at `url` or $DELIFT_DATABASE, or else in the
    folder's own file.

    In a folder that cannot be written, what is there can still be read. Raises NoDatabase when it
    cannot be reached, is damaged, or is another version's.
    """
    own, shared = Path(folder) / FILE, url or os.environ.get(DATABASE)
    place, closed, fresh = (
        spoken(shared) if shared else str(own),
        not shared and not is_writable(folder),
        not own.exists(),
    )
    try:
        engine = shared_engine(shared) if shared else own_engine(own, closed)
        if fresh or not closed:
            create_tables(engine, TABLES)
        refuse_other_version(engine, TABLES)
    except (SQLAlchemyError, ImportError, OSError, ValueError) as reason:
        advice = (
            f"Give ${DATABASE} the URL of a database that is there, or leave it out to keep them in"
            " the run folder."
            if shared
            else (
                "Make room for it and the folder writable; if the file is damaged, move it away or"
                " put a copy in its place."
            )
        )
        if fresh and is_empty(own):  # such as on a full disk
            own.unlink()
        raise NoDatabase(
            f"{place}: verdicts cannot be kept there ({first_line(reason)}). {advice}"
        ) from reason
    return AuditLog(engine, address_of(folder), place, closed)


def _row(event: Event) -> dict:
    return asdict(event) | {"action": str(event.action), "reasons": json.dumps(event.reasons)}


def _event(row: dict) -> Event:
    told = {name: row[name] for name in Event.__dataclass_fields__}
    return Event(
        **told | {"action": Action(row["action"]), "reasons": tuple(json.loads(row["reasons"]))}
    )
