"""Which examples an audit goes through, in which order, and how far a reviewer is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from delift_core.audit import queues
from delift_core.audit.events import Action, Event, by_reviewer, disputed, standing
from delift_core.audit.queues import Queue, Source
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.session import address, cache, current, filters, verdicts, widget_state
from pages.widgets.filter_bar import filter_controls, filter_pills

KERNEL = "pool_pool"
QUEUE_SENTENCES = {
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
class AuditQueue:
    """The examples that a reviewer goes through."""

    kind: Queue
    indices: np.ndarray  # (examples,) of the pool
    sources: Mapping[int, tuple[Source, ...]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Changes when the queue holds other examples, or the same in another order."""
        return f"{self.kind} {hash(self.indices.tobytes())}"

    @property
    def is_blind(self) -> bool:
        """Whether nothing may be shown that would tell where an example came from."""
        return self.kind is Queue.BLIND

    def __len__(self) -> int:
        return len(self.indices)

    def position(self, index: int | None) -> int | None:
        """The position of an example of the pool; None where the queue does not hold it."""
        if index is None:
            return None
        matches = np.flatnonzero(self.indices == index)
        return int(matches[0]) if len(matches) else None


def queue_control(run: Run) -> Queue:
    """The kind of queue the address names."""
    offered = [str(kind) for kind in Queue]
    if not cache.is_complete(run, KERNEL):
        offered.remove(Queue.LEAST_HELPFUL)  # nothing is known of who helps least
    if address.get("queue") not in offered:
        address.put(queue=str(Queue.RANK))
    # no select box: what has the keyboard there would take the keys of the card
    widget_state.bound(
        st.segmented_control,
        "Queue",
        "queue",
        offered,
        format_func=str.capitalize,
        required=True,
        help="Which examples are judged, in which order; a verdict belongs to the example.",
    )
    return Queue(address.get("queue"))


def audit_queue(run: Run, chosen: Outcome, kind: Queue) -> AuditQueue:
    """The examples of a queue, with the controls it needs."""
    if kind is Queue.BLIND:
        return blind_queue(run, chosen)
    builders = {
        Queue.RANK: lambda: queues.by_rank(chosen.selection),
        Queue.LOWEST_GAIN: lambda: queues.by_lowest_gain(chosen.selection),
        Queue.LEAST_HELPFUL: lambda: queues.by_least_helpful(helpfulness(run)),
        Queue.DISAGREEMENT: lambda: disagreement(run),
        Queue.RANDOM: lambda: queues.at_random(len(run.pool), seed()),
        Queue.FILTER: lambda: filtered(run),
    }
    return AuditQueue(kind, builders[kind]())


def blind_queue(run: Run, chosen: Outcome) -> AuditQueue:
    """Chosen, random and rejected examples, mixed."""
    each = st.number_input(
        "Per group",
        1,
        500,
        20,
        key="blind each",
        persist_state="session",
        width=140,
        help="So many chosen, so many random and so many rejected examples are mixed.",
    )
    mixed = queues.blind(chosen.selection.indices, len(run.pool), each, seed())
    return AuditQueue(Queue.BLIND, mixed.indices, mixed.sources)


def seed() -> int:
    """The seed of a random order; another one on demand."""
    if st.button("Reshuffle", icon=":material/casino:", key="reshuffle"):
        current.remember("seed", current.recall("seed", 0) + 1)
    return current.recall("seed", 0)


def helpfulness(run: Run) -> np.ndarray:
    """(pool,) mean utility of each example of the pool as the shown one."""
    return cache.kernel(run, KERNEL).shown_means(current.measure())


def disagreement(run: Run) -> np.ndarray:
    """(examples,) what reviewers differ on, then what only others have judged."""
    by_name = by_reviewer(verdicts.events(run))
    judged = {example for own in by_name.values() for example in own}
    own = by_name.get(verdicts.reviewer(), {})
    return queues.by_disagreement(
        indices_of(run, disputed(by_name)), indices_of(run, judged), indices_of(run, own)
    )


def indices_of(run: Run, examples: Iterable[str]) -> set[int]:
    """The indices of ids that the pool has."""
    indices = {cache.position(run, example) for example in examples}
    return {index for index in indices if index is not None}


def filtered(run: Run) -> np.ndarray:
    """(examples,) what the filters keep, as in the source."""
    filter_controls(run)
    filter_pills(run)
    return np.flatnonzero(filters.kept(run))


def finished(run: Run, queue: AuditQueue) -> set[int]:
    """Indices of examples that this reviewer has judged, or passed over in this queue.

    What is judged blind counts only if it was judged in a blind queue.
    """
    reviewer = verdicts.reviewer()
    own = [event for event in standing(verdicts.events(run)) if event.reviewer == reviewer]
    judged = [event for event in own if event.action is not Action.EDIT]
    return indices_of(run, {event.example for event in judged if settles(event, queue.kind)})


def settles(event: Event, kind: Queue) -> bool:
    """Whether an earlier event settles an example in a queue."""
    if event.queue == kind:
        return True
    return kind not in (Queue.BLIND, Queue.DISAGREEMENT) and event.action != "skip"
