"""Which examples an audit goes through, in which order, and how far a reviewer is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from delift_core.audit import queues
from delift_core.audit.events import Event, by_reviewer, disputed, standing
from delift_core.audit.queues import Queue, Source
from delift_core.runs.run import Run
from delift_core.scoring.kernel import shown_means
from delift_core.selection.outcome import Outcome
from pages.session import cache, state, verdicts
from pages.widgets.field_filter import filter_control
from pages.widgets.search import search_control

TOLD = {
    Queue.RANK: "The chosen, in order of choice.",
    Queue.LOWEST_GAIN: "The chosen, those that added least first: what would be lost least.",
    Queue.LEAST_HELPFUL: (
        "The whole pool, beginning with what helps the others least when it is shown."
    ),
    Queue.DISAGREEMENT: "What reviewers differ on, then what only others have judged.",
    Queue.RANDOM: "The whole pool in an order drawn by chance.",
    Queue.FILTER: "What a search and a field leave of the pool; also all at once.",
    Queue.BLIND: (
        "Chosen, random and rejected examples, mixed; where each came from is told afterwards."
    ),
}


@dataclass(frozen=True, eq=False)
class Desk:
    """What lies on a reviewer's desk."""

    queue: Queue
    indices: np.ndarray  # (examples,) of the pool
    sources: Mapping[int, tuple[Source, ...]] = field(default_factory=dict)
    name: str = ""  # changes when other examples lie there

    def place(self, index: int | None) -> int | None:
        """Where an example lies; None where it does not."""
        found = np.flatnonzero(self.indices == index) if index is not None else ()
        return int(found[0]) if len(found) else None


def queue_control(run: Run) -> Queue:
    """The queue the address names; without utilities of the pool nothing is known of who helps
    least.
    """
    offered = [
        str(queue)
        for queue in Queue
        if queue is not Queue.LEAST_HELPFUL or cache.is_complete(run, "pool_pool")
    ]
    if state.get("queue") not in offered:
        state.put(queue=str(Queue.RANK))
    state.bound(st.selectbox, "Queue", "queue", offered, format_func=str.capitalize, width=220)
    return Queue(state.get("queue"))


def desk(run: Run, chosen: Outcome, queue: Queue) -> Desk:
    """The examples of a queue, with the controls it needs."""
    if queue is Queue.BLIND:
        each = st.number_input(
            "Of each source", 1, 500, 20, key="blind each", persist_state="session", width=140
        )
        mixed = queues.blind(chosen.selection.indices, len(run.pool), each, seed())
        return Desk(queue, mixed.indices, mixed.sources, f"{queue} {hash(mixed.indices.tobytes())}")
    indices = {
        Queue.RANK: lambda: queues.by_rank(chosen.selection),
        Queue.LOWEST_GAIN: lambda: queues.by_lowest_gain(chosen.selection),
        Queue.LEAST_HELPFUL: lambda: queues.by_least_helpful(helpfulness(run)),
        Queue.DISAGREEMENT: lambda: disagreement(run),
        Queue.RANDOM: lambda: queues.at_random(len(run.pool), seed()),
        Queue.FILTER: lambda: filtered(run),
    }[queue]()  # (examples,)
    return Desk(queue, indices, name=f"{queue} {hash(indices.tobytes())}")


def seed() -> int:
    """What chance starts from; another one on demand."""
    if st.button("Draw anew", icon=":material/casino:", key="draw anew"):
        state.hold("seed", state.held("seed", 0) + 1)
    return state.held("seed", 0)


def helpfulness(run: Run) -> np.ndarray:
    """(pool,) mean utility of each example of the pool as the shown one."""
    return shown_means(cache.kernel(run, "pool_pool"), state.measure())


def disagreement(run: Run) -> np.ndarray:
    """(examples,) what reviewers differ on, then what others have judged and this reviewer has not."""
    said = by_reviewer(verdicts.events(run))
    everybody = {example for own in said.values() for example in own}
    places = [
        {cache.position(run, example) for example in some} - {None}
        for some in (disputed(said), everybody, said.get(verdicts.reviewer(), {}))
    ]
    return queues.by_disagreement(*places)


def filtered(run: Run) -> np.ndarray:
    """(examples,) what a search and the values of a field leave, as in the source."""
    found, (keep, _) = search_control(run, "audit search"), filter_control(run, "audit")
    matches = np.isin(np.arange(len(run.pool)), found) if found is not None else True
    return np.flatnonzero(keep & matches)


def seen(run: Run, desk: Desk) -> set[int]:
    """Examples that this reviewer is done with: judged, or passed over in this queue.

    What is seen blind counts only if it was seen blind.
    """
    own = [
        event
        for event in standing(verdicts.events(run))
        if event.reviewer == verdicts.reviewer() and counts(event, desk.queue)
    ]
    return {cache.position(run, event.example) for event in own} - {None}


def counts(event: Event, queue: Queue) -> bool:
    """Whether something said before settles an example in a queue."""
    same = event.queue == queue
    return same if queue in (Queue.BLIND, Queue.DISAGREEMENT) else same or event.action != "skip"
