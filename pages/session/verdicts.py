"""Verdicts of the run being looked at: read once, then only new ones; written as acts.

An act is what one undo takes back: one verdict, or one verdict for many examples.
"""

import getpass
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st

from delift_core.audit.events import Action, Event, agreed, by_reviewer, last_act, standing
from delift_core.audit.location import has_log, is_writable
from delift_core.runs.run import Run
from pages.session import address
from pages.session.person import login_name

if TYPE_CHECKING:
    from delift_core.audit.log import AuditLog

PAST = {
    Action.KEEP: "Kept",
    Action.DROP: "Dropped",
    Action.FLAG: "Flagged",
    Action.SKIP: "Skipped",
    Action.EDIT: "Edited",
    Action.UNDO: "Undone",
}


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
    """The log of the run in a folder; opened anew when the folder's permission to write changes."""
    return _ledger(folder, is_writable(folder))


@st.cache_resource(max_entries=32, show_spinner=False)
def _ledger(folder: Path, writable: bool) -> Ledger:
    # loads SQLAlchemy, which the first page has no use for
    from delift_core.audit.log import open_log

    return Ledger(open_log(folder))


def events(run: Run) -> tuple[Event, ...]:
    """All events of a run; none, and no log is opened, while nobody has given a verdict."""
    return ledger(run.folder).events() if has_log(run.folder) else ()


def agreed_verdicts(run: Run) -> Mapping[str, Action]:
    """Example id -> what the reviewers agree on, flag where they differ."""
    return agreed(by_reviewer(events(run)))


def pool_verdicts(run: Run) -> list[str | None] | None:
    """(pool,) keep, drop, flag or None; flag where reviewers differ. None where none was given."""
    agreement = agreed_verdicts(run)
    if not agreement:
        return None
    verdicts = [agreement.get(example.id) for example in run.pool]
    return [None if verdict is None else str(verdict) for verdict in verdicts]


def reviewer() -> str:
    """The name verdicts are written under.

    Whoever is logged in, else the name typed on the Audit page, else this machine's user.
    """
    return str(login_name() or address.get("reviewer") or getpass.getuser())


def write(run: Run, new: Iterable[Event]) -> None:
    """Write events; they are on disk when this returns. Raises NoDatabase when they are not."""
    ledger(run.folder).log.append(list(new))


def judge(run: Run, indices: Iterable[int], verdict: str, queue: str = "") -> None:
    """One verdict for many examples, as one act."""
    act = uuid.uuid4().hex
    action = Action(verdict)
    judged = [run.pool[int(index)].id for index in indices]
    write(
        run,
        [Event(uuid.uuid4().hex, id, action, reviewer(), queue=queue, batch=act) for id in judged],
    )
    st.toast(
        f"{PAST[action]} {len(judged):,} examples. Undo on the Audit page takes all of it back."
    )


def reset(run: Run) -> int:
    """Take back every act of every reviewer that stands; how many there were."""
    acts = {event.act: event for event in standing(events(run))}
    undone = [
        Event(uuid.uuid4().hex, event.example, Action.UNDO, reviewer(), undoes=act)
        for act, event in acts.items()
    ]
    if undone:
        write(run, undone)
    return len(undone)


def undo(run: Run, uid: str = "") -> list[Event]:
    """Take back the latest act of this reviewer that stands; its events, none when none is left."""
    taken = last_act(events(run), reviewer())
    if taken:
        undone = Event(
            uid or uuid.uuid4().hex,
            taken[-1].example,
            Action.UNDO,
            reviewer(),
            undoes=taken[-1].act,
        )
        write(run, [undone])
    return taken
