"""What the card of an audit shows: an example, what was said of it, and why it was chosen."""

import numpy as np

from delift_core.analysis.explain import reason_for, why_chosen
from delift_core.audit.events import Event, by_reviewer, edits_of
from delift_core.audit.queues import Queue
from delift_core.data.example import Example
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from delift_core.units import number
from pages.deliver.audit_queue import AuditQueue, finished
from pages.session import cached_search, current, verdicts
from pages.widgets.example_why import chosen_sentence, rejected_sentence
from pages.widgets.theme import is_dark


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
        "turns": turns(example, edits_of(verdicts.events(run)).get(example.id)),
        "facts": example_facts(run, chosen, queue, index),
        "folds": [] if queue.is_blind else folds(run, chosen, index),
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


def turns(example: Example, edit: str | None) -> list[dict]:
    """Every turn of the prompt, and the response, as it was edited where it was."""
    prompt = [{"role": turn.role, "text": turn.content} for turn in example.turns]
    response = {"role": "response", "text": example.response, "scored": True}
    if edit is None:
        return [*prompt, response]
    return [
        *prompt,
        response | {"role": "response, edited", "text": edit, "original": example.response},
    ]


def folds(run: Run, chosen: Outcome, index: int) -> list[dict]:
    """What can be unfolded below the example: its reason, and the chosen example most like it."""
    parts = [{"title": "Why", "text": reason_text(chosen, index)}]
    neighbour = nearest_chosen(run, chosen, index)
    if neighbour is not None:
        other, cosine = neighbour
        example = run.pool[other]
        rank = int(chosen.ranks[other])
        similarity = f"text similarity {number(cosine, '.2f')}"
        parts.append(
            {
                "title": f"Nearest chosen: {example.id}, rank {rank}, {similarity}",
                "turns": turns(example, None),
            }
        )
    return parts


def reason_text(chosen: Outcome, index: int) -> str:
    """Why an example was chosen, or was not, in a sentence without markup."""
    rank = int(chosen.ranks[index])
    if rank:
        sentence = chosen_sentence(why_chosen(chosen.objective, chosen.selection, rank), rank)
    else:
        reason = reason_for(chosen.objective, chosen.selection.indices, index)
        sentence = rejected_sentence(reason)
    return sentence.replace("**", "")


def nearest_chosen(run: Run, chosen: Outcome, index: int) -> tuple[int, float] | None:
    """(the other chosen example whose text is most like an example's, their cosine).

    None where no other is chosen, or the model has not read the pool.
    """
    others = chosen.selection.indices[chosen.selection.indices != index]
    if not len(others) or not cached_search.has_embeddings(run):
        return None
    cosines = cached_search.likeness_to(run, np.array([index]))[others]  # (others,)
    best = int(cosines.argmax())
    return int(others[best]), float(cosines[best])


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
