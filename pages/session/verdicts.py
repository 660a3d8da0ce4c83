"""Verdicts of the run being looked at: read once, then only what is new; written as acts that one
undo takes back.
"""

import getpass
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st

from delift_core.audit.events import Action, Event, agreed, by_reviewer, last_act
from delift_core.audit.location import has_log, is_writable
from delift_core.runs.run import Run
from pages.server.login import login_name
from pages.session import state

if TYPE_CHECKING:
    from delift_core.audit.log import AuditLog


@dataclass
class Ledger:
    """The log of a run and what was read of it so far."""

    log: "AuditLog"
    read: list[Event] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def events(self) -> tuple[Event, ...]:
        """Everything written up to now, by whomever."""
        with self.lock:
            self.read += self.log.events(after=len(self.read))
            return tuple(self.read)


def ledger(folder: Path) -> Ledger:
    """The log of the run in a folder; opened anew when the folder becomes writable, or stops being
    so.
    """
    return _ledger(folder, is_writable(folder))


@st.cache_resource(max_entries=32, show_spinner=False)
def _ledger(folder: Path, writable: bool) -> Ledger:
    from delift_core.audit.log import (
        open_log,  # loads SQLAlchemy, which the first page has no use for
    )

    return Ledger(open_log(folder))


def events(run: Run) -> tuple[Event, ...]:
    """All events of a run; none, and nothing opened, while nobody has said anything."""
    return ledger(run.folder).events() if has_log(run.folder) else ()


def agreed_verdicts(run: Run) -> Mapping[str, Action]:
    """Example id -> what the reviewers say of it together."""
    return agreed(by_reviewer(events(run)))


def verdicts(run: Run) -> list[str | None]:
    """(pool,) keep, drop, flag or None; flag where reviewers differ."""
    said = agreed_verdicts(run)
    return [str(said[example.id]) if example.id in said else None for example in run.pool]


def reviewer() -> str:
    """In whose name verdicts are written: whoever is logged in, else the name given on the Audit
    page, or that of this machine's user.
    """
    return str(login_name() or state.get("reviewer") or getpass.getuser())


def write(run: Run, said: Iterable[Event]) -> None:
    """Write events; they are on disk when this returns. Raises NoDatabase when they are not."""
    ledger(run.folder).log.append(list(said))


def judge(run: Run, indices: Iterable[int], verdict: str, queue: str = "") -> None:
    """One verdict for many examples, as one act that one undo takes back."""
    act, indices = uuid.uuid4().hex, [int(index) for index in indices]
    write(
        run,
        [
            Event(
                uuid.uuid4().hex,
                run.pool[index].id,
                Action(verdict),
                reviewer(),
                queue=queue,
                batch=act,
            )
            for index in indices
        ],
    )
    st.toast(
        f"{PAST[Action(verdict)]} {len(indices):,} examples. Undo on the Audit page takes all of it"
        " back."
    )


def undo(run: Run, uid: str = "") -> list[Event]:
    """Take back the latest act of this reviewer that stands; what it was, nothing when none is
    left.
    """
    taken = last_act(events(run), reviewer())
    if taken:
        write(
            run,
            [
                Event(
                    uid or uuid.uuid4().hex,
                    taken[-1].example,
                    Action.UNDO,
                    reviewer(),
                    undoes=taken[-1].act,
                )
            ],
        )
    return taken


PAST = {
    Action.KEEP: "Kept",
    Action.DROP: "Dropped",
    Action.FLAG: "Flagged",
    Action.SKIP: "Skipped",
    Action.UNDO: "Undone",
}
