"""An audit at work: what the card tells is written down, and the next card comes.

Nothing advances before it is on disk.
"""

import numpy as np
import streamlit as st

from delift_core.audit.events import Action, Event, agreed, by_reviewer
from delift_core.audit.queues import Queue, first_open
from delift_core.data.example import Example
from delift_core.errors import DeliftError
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from delift_core.workflow.reselect import after_audit, change
from pages.deliver import audit_card
from pages.deliver.audit_card import Asked, asked
from pages.deliver.audit_queue import Desk, seen
from pages.session import cache, state, verdicts
from pages.widgets.literal import literal
from pages.widgets.refusals import fragment
from pages.widgets.theme import is_dark

# examples of a pool up to which what replaces a dropped one is worked out at once
MOST_REPLACED = 3_000
MOVES = {"previous": -1, "next": 1}


@fragment()
def work(run: Run, chosen: Outcome, desk: Desk) -> None:
    """The card at the place the reviewer has come to, and below it what an example just dropped
    would be replaced by.
    """
    if state.held("desk") != (here := (desk.name, verdicts.reviewer())):
        for name, value in {
            "desk": here,
            "place": first_open(desk.indices, seen(run, desk)),
            "said": "",
            "dropped": None,
            "trouble": None,
        }.items():
            state.hold(name, value)
    audit_card.audit_card(card_data(run, chosen, desk), lambda: answer(run, desk))
    # it would tell that the example was chosen
    if (dropped := state.held("dropped")) and desk.queue is not Queue.BLIND:
        replaced(run, chosen, dropped)


def answer(run: Run, desk: Desk) -> None:
    """Do what the card asks for, once, and remember that it was done."""
    act = asked()
    if act is None or act.uid == state.held("answered"):
        return
    try:
        perform(run, desk, act)
    except DeliftError as refusal:
        state.hold("trouble", str(refusal))
        return
    state.hold("trouble", None)
    state.hold("answered", act.uid)


def perform(run: Run, desk: Desk, act: Asked) -> None:
    """Move, undo, or write a verdict and go on from its example."""
    state.hold("dropped", None)
    if written := next((event for event in verdicts.events(run) if event.uid == act.uid), None):
        return go_on(run, desk, written)
    if act.act == Action.UNDO:
        return undone(run, desk, act)
    index = cache.position(run, act.example)
    here = desk.place(index)
    if here is None:  # the card was left for another queue meanwhile
        here = state.held("place", 0) if act.act != "previous" else len(desk.indices)
    if act.act not in MOVES:
        verdicts.write(run, [event_of(desk, act, index)])
        state.hold("said", f"{verdicts.PAST[Action(act.act)]} {act.example}. U takes it back.")
        state.hold("dropped", act.example if act.act == Action.DROP else None)
    go_to(run, desk, here + MOVES.get(act.act, 1))


def go_on(run: Run, desk: Desk, written: Event) -> None:
    """Where an act leads that was written before, by a server that could not answer any more."""
    if (place := desk.place(cache.position(run, written.example))) is not None:
        go_to(run, desk, place + (written.action is not Action.UNDO))


def event_of(desk: Desk, act: Asked, index: int) -> Event:
    """A verdict, or that the example was passed over, as the log keeps it."""
    return Event(
        act.uid,
        act.example,
        Action(act.act),
        verdicts.reviewer(),
        act.reasons,
        act.note,
        str(desk.queue),
        " ".join(desk.sources.get(index, ())),
    )


def undone(run: Run, desk: Desk, act: Asked) -> None:
    """Take back the last act and return to its card."""
    taken = verdicts.undo(run, act.uid)
    if not taken:
        return state.hold("said", "Nothing of yours is left to undo.")
    many = (
        f"{len(taken):,} verdicts given at once"
        if len(taken) > 1
        else f"{taken[-1].action} of {taken[-1].example}"
    )
    state.hold("said", f"Undone: {many}.")
    if (place := desk.place(cache.position(run, taken[-1].example))) is not None:
        go_to(run, desk, place)


def go_to(run: Run, desk: Desk, place: int) -> None:
    """Put a place of the queue, or its end, before the reviewer; the example becomes the one that
    every page shows.
    """
    place = int(np.clip(place, 0, len(desk.indices)))
    state.hold("place", place)
    if place < len(desk.indices):
        state.put(example=run.pool[int(desk.indices[place])].id)


def card_data(run: Run, chosen: Outcome, desk: Desk) -> dict:
    """What the card shows now."""
    place, done = state.held("place", 0), seen(run, desk)
    card = None
    if place < len(desk.indices):
        index = int(desk.indices[place])
        own = by_reviewer(verdicts.events(run)).get(verdicts.reviewer(), {}).get(run.pool[index].id)
        told = own if own and (desk.queue is not Queue.BLIND or own.queue == Queue.BLIND) else None
        card = {
            "id": run.pool[index].id,
            "turns": turns(run.pool[index]),
            "facts": facts(run, chosen, desk, index),
            "verdict": str(told.action) if told else "",
            "reasons": list(told.reasons) if told else [],
            "note": told.note if told else "",
        }
    return {
        "card": card,
        "desk": str(state.held("desk")),
        "place": place + 1,
        "total": len(desk.indices),
        "judged": sum(index in done for index in desk.indices.tolist()),
        "answered": state.held("answered"),
        "said": state.held("said", ""),
        "trouble": state.held("trouble"),
        "dark": is_dark(),
    }


def turns(example: Example) -> list[dict]:
    """Every turn of the prompt, and the response."""
    return [
        *({"role": turn.role, "text": turn.content} for turn in example.turns),
        {"role": "response", "text": example.response, "scored": True},
    ]


def facts(run: Run, chosen: Outcome, desk: Desk, index: int) -> str:
    """What is known of an example beside its text; nothing that would tell where it came from in a
    blind queue.
    """
    told = [run.pool[index].id]
    if desk.queue is not Queue.BLIND:
        rank = int(chosen.ranks[index])
        told.append(
            f"rank {rank} of {len(chosen.selection):,}, gain {chosen.selection.gains[rank - 1]:.4f}"
            if rank
            else "not chosen"
        )
    if alone := run.alone("pool"):
        told.append(f"{alone.response_tokens[index]:,} response tokens")
    return " · ".join(told)


def replaced(run: Run, chosen: Outcome, dropped: str) -> None:
    """Which example would take the place of one that was dropped, all else as audited so far."""
    index = cache.position(run, dropped)
    if index is None or not chosen.ranks[index] or len(run.pool) > MOST_REPLACED:
        return
    said = dict(agreed(by_reviewer(verdicts.events(run))))
    without = {example: verdict for example, verdict in said.items() if example != dropped}
    try:
        before, after = (
            cache.outcome(
                run, after_audit(chosen.choice, run.pool, chosen.selection, some)
            ).selection
            for some in (without, said)
        )
    except DeliftError as refusal:
        st.caption(f"Nothing can take its place: {literal(str(refusal))}")
        return
    found = change(before, after)
    came, gone = (
        [literal(run.pool[place].id) for place in places.tolist() if place != index]
        for places in (found.came, found.went)
    )
    if came:
        st.markdown(replacement(literal(dropped), came, gone))


def replacement(dropped: str, came: list[str], gone: list[str]) -> str:
    """What a dropped example leaves to others; where more than one of them changes, why."""
    whole = (
        f"**{dropped}**, and with it **{', '.join(gone)}**, are" if gone else f"**{dropped}** is"
    )
    why = (
        " Every example is chosen beside those before it, so that one that goes changes others."
        if gone
        else ""
    )
    return (
        f"{whole} replaced by **{', '.join(came)}**.{why} The Re-select tab takes all such changes"
        " at once."
    )
