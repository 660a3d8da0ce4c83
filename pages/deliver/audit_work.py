"""An audit at work: the acts of the card are written down, and the next card comes.

Nothing advances before it is on disk.
"""

import numpy as np

from delift_core.audit.events import Action, Event
from delift_core.audit.queues import first_open
from delift_core.errors import DeliftError
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.deliver.audit_card import CardAct, audit_card, card_act
from pages.deliver.audit_card_data import card_data
from pages.deliver.audit_queue import AuditQueue, finished
from pages.deliver.audit_replacement import replacement_note
from pages.session import address, cache, current, verdicts
from pages.widgets.refusals import fragment

MOVES = {"previous": -1, "next": 1}


@fragment()
def work(run: Run, chosen: Outcome, queue: AuditQueue) -> None:
    """The card the reviewer has come to, and what would replace an example just dropped."""
    start_queue(run, queue)
    audit_card(card_data(run, chosen, queue), lambda: answer(run, queue))
    dropped = current.recall("dropped")
    if dropped and not queue.is_blind:  # it would tell that the example was chosen
        replacement_note(run, chosen, dropped)


def start_queue(run: Run, queue: AuditQueue) -> None:
    """Begin another queue, or another reviewer's, at its first example that is not finished."""
    opened = (queue.key, verdicts.reviewer())
    if current.recall("queue") == opened:
        return
    current.remember("queue", opened)
    current.remember("position", first_open(queue.indices, finished(run, queue)))
    current.remember("message", "")
    current.remember("dropped", None)
    current.remember("refusal", None)


def answer(run: Run, queue: AuditQueue) -> None:
    """Do what the card asks for, once, and remember that it was done."""
    act = card_act()
    if act is None or act.uid == current.recall("answered"):
        return
    try:
        perform(run, queue, act)
    except DeliftError as refusal:
        current.remember("refusal", str(refusal))
        return
    current.remember("refusal", None)
    current.remember("answered", act.uid)


def perform(run: Run, queue: AuditQueue, act: CardAct) -> None:
    """Move, undo, or write a verdict and go on from its example."""
    current.remember("dropped", None)
    written = next((event for event in verdicts.events(run) if event.uid == act.uid), None)
    if written:
        resume(run, queue, written)
    elif act.act == Action.UNDO:
        undo(run, queue, act)
    elif act.act == Action.EDIT:
        edit(run, queue, act)
    elif act.act in MOVES:
        go_to(run, queue, act_position(run, queue, act) + MOVES[act.act])
    else:
        judge(run, queue, act)


def act_position(run: Run, queue: AuditQueue, act: CardAct) -> int:
    """The position of the act's example.

    Where the card was left for another queue meanwhile: the current one, or the end for a step
    back.
    """
    position = queue.position(cache.position(run, act.example))
    if position is not None:
        return position
    return len(queue) if act.act == "previous" else current.recall("position", 0)


def resume(run: Run, queue: AuditQueue, written: Event) -> None:
    """Go where an act leads that was written by a server that could not answer any more."""
    position = queue.position(cache.position(run, written.example))
    if position is not None:
        moves_on = written.action not in (Action.UNDO, Action.EDIT)
        go_to(run, queue, position + moves_on)


def judge(run: Run, queue: AuditQueue, act: CardAct) -> None:
    """Write a verdict, or that the example was passed over, and go on."""
    position = act_position(run, queue, act)
    index = cache.position(run, act.example)
    event = Event(
        act.uid,
        act.example,
        Action(act.act),
        verdicts.reviewer(),
        act.reasons,
        act.note,
        str(queue.kind),
        " ".join(queue.sources.get(index, ())),
    )
    verdicts.write(run, [event])
    current.remember("message", f"{verdicts.PAST[event.action]} {act.example}. U takes it back.")
    current.remember("dropped", act.example if event.action == Action.DROP else None)
    go_to(run, queue, position + 1)


def edit(run: Run, queue: AuditQueue, act: CardAct) -> None:
    """Write another response of an example, and stay at its card."""
    event = Event(
        act.uid,
        act.example,
        Action.EDIT,
        verdicts.reviewer(),
        note=act.response,
        queue=str(queue.kind),
    )
    verdicts.write(run, [event])
    current.remember("message", f"Edited {act.example}. U takes it back; the original is kept.")


def undo(run: Run, queue: AuditQueue, act: CardAct) -> None:
    """Take back the last act and return to its card."""
    undone = verdicts.undo(run, act.uid)
    if not undone:
        current.remember("message", "Nothing of yours is left to undo.")
        return
    last = undone[-1]
    summary = f"{last.action} of {last.example}"
    if len(undone) > 1:
        summary = f"{len(undone):,} verdicts given at once"
    current.remember("message", f"Undone: {summary}.")
    position = queue.position(cache.position(run, last.example))
    if position is not None:
        go_to(run, queue, position)


def go_to(run: Run, queue: AuditQueue, position: int) -> None:
    """Show the example at a position, or the end of the queue; every page opens that example."""
    position = int(np.clip(position, 0, len(queue)))
    current.remember("position", position)
    if position < len(queue):
        address.put(example=run.pool[int(queue.indices[position])].id)
