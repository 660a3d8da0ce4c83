"""An audit at work: the acts of the card are written down, and the next card comes.

Nothing advances before it is on disk.
"""

import numpy as np

from delift_core.audit.events import Action, Event, by_reviewer
from delift_core.audit.queues import Queue, first_open
from delift_core.data.example import Example
from delift_core.errors import DeliftError
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.deliver.audit_card import CardAct, audit_card, card_act
from pages.deliver.audit_queue import AuditQueue, finished
from pages.deliver.audit_replacement import replacement_note
from pages.session import address, cache, current, verdicts
from pages.widgets.refusals import fragment
from pages.widgets.theme import is_dark

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
        go_to(run, queue, position + (written.action is not Action.UNDO))


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


def card_data(run: Run, chosen: Outcome, queue: AuditQueue) -> dict:
    """What audit_card.js shows now."""
    position = current.recall("position", 0)
    done = finished(run, queue)
    card = None
    if position < len(queue):
        card = example_data(run, chosen, queue, int(queue.indices[position]))
    return {
        "card": card,
        "queue": str(current.recall("queue")),
        "position": position + 1,
        "total": len(queue),
        "judged": sum(index in done for index in queue.indices.tolist()),
        "answered": current.recall("answered"),
        "message": current.recall("message", ""),
        "refusal": current.recall("refusal"),
        "dark": is_dark(),
    }


def example_data(run: Run, chosen: Outcome, queue: AuditQueue, index: int) -> dict:
    """An example of the pool on the card, with what this reviewer said of it before."""
    example = run.pool[index]
    data = {
        "id": example.id,
        "turns": turns(example),
        "facts": example_facts(run, chosen, queue, index),
        "verdict": "",
        "reasons": [],
        "note": "",
    }
    verdict = own_verdict(run, queue, example.id)
    if verdict:
        data["verdict"] = str(verdict.action)
        data["reasons"] = list(verdict.reasons)
        data["note"] = verdict.note
    return data


def own_verdict(run: Run, queue: AuditQueue, id: str) -> Event | None:
    """What this reviewer said of an example; in a blind queue only what was said blind."""
    own = by_reviewer(verdicts.events(run)).get(verdicts.reviewer(), {}).get(id)
    if own and queue.is_blind and own.queue != Queue.BLIND:
        return None
    return own


def turns(example: Example) -> list[dict]:
    """Every turn of the prompt, and the response."""
    prompt = [{"role": turn.role, "text": turn.content} for turn in example.turns]
    return [*prompt, {"role": "response", "text": example.response, "scored": True}]


def example_facts(run: Run, chosen: Outcome, queue: AuditQueue, index: int) -> str:
    """What is known of an example beside its text; in a blind queue not whether it was chosen."""
    facts = [run.pool[index].id]
    if not queue.is_blind:
        facts.append(rank_fact(chosen, index))
    alone = run.alone("pool")
    if alone:
        facts.append(f"{alone.response_tokens[index]:,} response tokens")
    return " · ".join(facts)


def rank_fact(chosen: Outcome, index: int) -> str:
    """Rank and gain of an example in the choice."""
    rank = int(chosen.ranks[index])
    if not rank:
        return "not chosen"
    selection = chosen.selection
    return f"rank {rank} of {len(selection):,}, gain {selection.gains[rank - 1]:.4f}"
