"""In which order the examples of a kernel are drawn, and in a sentence what that order is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from delift_core.analysis.clusters import CLUSTERED_MOST, OPTIMAL_MOST
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import KERNELS
from delift_core.selection.outcome import Outcome
from pages.session import cached_analysis, state

Indices = tuple[np.ndarray, np.ndarray]  # (answered,) and (shown,)


@dataclass(frozen=True)
class Ordering:
    """One way to order a kernel: its indices, and what it says of itself."""

    indices: Callable[[Run, Outcome, str], Indices]
    told: Callable[[Run, str], str]


def order_control(run: Run, chosen: Outcome, name: str) -> Indices:
    """Pick an order; the sentence says what it is."""
    offered = [word for word in ORDERINGS if word != COVER or KERNELS[name][1] == "pool"]
    word = st.segmented_control(
        "Order",
        offered,
        default=offered[0],
        key=f"order of {name}",
        required=True,
        persist_state="session",
    )
    st.caption(ORDERINGS[word].told(run, name), width="stretch")
    return ORDERINGS[word].indices(run, chosen, name)


def by_rank(run: Run, chosen: Outcome, name: str) -> Indices:
    """The chosen in order of choice, then the others of the pool by the budget at which they would
    enter; other roles as in the source.
    """
    never = len(run.pool) + 1
    # (pool,) both
    chosen_at, enters_at = (
        np.where(ranks > 0, ranks, never) for ranks in (chosen.ranks, chosen.order.ranks)
    )
    pool = np.lexsort((enters_at, chosen_at))  # (pool,) stable
    return tuple(
        pool if role == "pool" else np.arange(length)
        for role, length in zip(KERNELS[name], run.shape(name), strict=True)
    )


def told_cover(run: Run, name: str) -> str:
    columns = (
        "columns come in the same groups, each chosen example at the head of those it covers, so"
        " that help stands in blocks on the diagonal"
        if KERNELS[name][0] == "pool"
        else "the chosen are the first columns, the others come as in the source"
    )
    return (
        f"Rows are grouped by the chosen example that covers them, in order of choice; {columns}."
    )


def told_cluster(run: Run, name: str) -> str:
    most = max(run.shape(name))
    how = (
        "with neighbours as alike as the tree allows"
        if most <= OPTIMAL_MOST
        else (
            "from end to end"
            if most <= CLUSTERED_MOST
            else (
                f"{CLUSTERED_MOST:,} of them evenly spaced, every other one beside the one it"
                " resembles most"
            )
        )
    )
    whom = "help, and are helped by," if len(set(KERNELS[name])) == 1 else "help, or are helped by,"
    return (
        f"Examples that {whom} the same others stand side by side: the leaves of a Ward tree over"
        f" their utilities, {how}."
    )


def told_rank(run: Run, name: str) -> str:
    rest = (
        ""
        if set(KERNELS[name]) == {"pool"}
        else (
            f" The {next(role for role in KERNELS[name] if role != 'pool')} comes as in the source."
        )
    )
    return (
        "The chosen in order of choice, then the rest of the pool by the budget at which it would"
        f" enter.{rest}"
    )


COVER = "cover"
ORDERINGS: Mapping[str, Ordering] = {
    COVER: Ordering(
        lambda run, chosen, name: cached_analysis.by_cover(run, name, chosen), told_cover
    ),
    "cluster": Ordering(
        lambda run, chosen, name: cached_analysis.by_cluster(run, name, state.measure()),
        told_cluster,
    ),
    "rank": Ordering(by_rank, told_rank),
    "source": Ordering(
        lambda run, chosen, name: tuple(np.arange(length) for length in run.shape(name)),
        lambda run, name: "As in the source.",
    ),
}
