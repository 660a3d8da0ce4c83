"""In which order the examples of a kernel are drawn, and a sentence about that order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from delift_core.analysis.clusters import CLUSTERED_MOST, OPTIMAL_MOST
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import KERNELS
from delift_core.selection.outcome import Outcome
from pages.session import cache, cached_analysis, cached_owners, current, widget_state
from pages.session.cached_analysis import Indices


@dataclass(frozen=True)
class Ordering:
    """One way to order a kernel: its name, its indices, and its sentence."""

    title: str
    indices: Callable[[Run, Outcome, str], Indices]
    sentence: Callable[[Run, str], str]


def order_control(run: Run, chosen: Outcome, name: str) -> Indices:
    """Pick an order; returns (answered,) and (shown,) indices."""
    offered = list(ORDERINGS)
    if KERNELS[name][1] != "pool":
        offered.remove(COVER)
    if cache.kernel(run, name).is_sparse:  # two examples have hardly a scored pair in common
        offered.remove(CLUSTER)
    picked = widget_state.pick(
        st.selectbox,
        "Sort",
        "order",
        offered,
        offered[0],
        format_func=lambda way: ORDERINGS[way].title,
        clears=["box"],  # of the order before
        help="  \n".join(
            f"{ORDERINGS[way].title}: {ORDERINGS[way].sentence(run, name)}" for way in offered
        ),
        width=220,
    )
    return ORDERINGS[picked].indices(run, chosen, name)


def cover_order(run: Run, chosen: Outcome, name: str) -> Indices:
    """What the same chosen example covers, side by side."""
    return cached_owners.cover_order(run, name, chosen)


def cluster_order(run: Run, chosen: Outcome, name: str) -> Indices:
    """Those with like utilities, side by side."""
    return cached_analysis.cluster_order(run, name, current.measure())


def rank_order(run: Run, chosen: Outcome, name: str) -> Indices:
    """The chosen in order of choice, then the rest of the pool by the budget at which it enters.

    Other roles come as in the source.
    """
    never = len(run.pool) + 1
    ranks, entries = chosen.ranks, chosen.order.ranks  # (pool,) each, 0 for never
    enters_at = np.where(entries > 0, entries, never)
    chosen_at = np.where(ranks > 0, ranks, never)
    pool = np.lexsort((enters_at, chosen_at))  # (pool,) stable
    answered, shown = (
        pool if role == "pool" else np.arange(length)
        for role, length in zip(KERNELS[name], run.shape(name), strict=True)
    )
    return answered, shown


def source_order(run: Run, chosen: Outcome, name: str) -> Indices:
    """As in the source."""
    answered, shown = map(np.arange, run.shape(name))
    return answered, shown


def cover_sentence(run: Run, name: str) -> str:
    """What the order by coverage is."""
    columns = "the chosen are the first columns, the others come in their original order"
    if KERNELS[name][0] == "pool":
        columns = (
            "columns come in the same groups, each chosen example at the head of those it covers,"
            " so that help stands in blocks on the diagonal"
        )
    return (
        f"Rows are grouped by the chosen example that covers them, in order of choice; {columns}."
    )


def cluster_sentence(run: Run, name: str) -> str:
    """What the order by clusters is."""
    verb = "help, or are helped by,"
    if is_square(name):
        verb = "help, and are helped by,"
    return (
        f"Examples that {verb} the same others stand side by side: the leaves of a Ward tree over"
        f" their utilities, {leaves_order(max(run.shape(name)))}."
    )


def leaves_order(examples: int) -> str:
    """How the leaves of the tree are ordered, which depends on how many there are."""
    if examples <= OPTIMAL_MOST:
        return "with neighbours as alike as the tree allows"
    if examples <= CLUSTERED_MOST:
        return "from end to end"
    return (
        f"{CLUSTERED_MOST:,} of them evenly spaced, every other one beside the one it resembles"
        " most"
    )


def rank_sentence(run: Run, name: str) -> str:
    """What the order by rank is."""
    sentence = (
        "The chosen in order of choice, then the rest of the pool by the budget at which it would"
        " enter."
    )
    for role in KERNELS[name]:
        if role != "pool":
            return f"{sentence} The {role} comes in its original order."
    return sentence


def source_sentence(run: Run, name: str) -> str:
    """What the order of the source is."""
    return "As the rows came."


def is_square(name: str) -> bool:
    """Whether both sides of a kernel are the same examples."""
    return len(set(KERNELS[name])) == 1


COVER, CLUSTER = "cover", "cluster"
ORDERINGS: Mapping[str, Ordering] = {
    COVER: Ordering("by covering example", cover_order, cover_sentence),
    CLUSTER: Ordering("by cluster", cluster_order, cluster_sentence),
    "rank": Ordering("selection rank", rank_order, rank_sentence),
    "source": Ordering("original order", source_order, source_sentence),
}
