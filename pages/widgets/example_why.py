"""Why an example was chosen, or was not, in a sentence and as the sum its gain is."""

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.analysis.explain import (
    Reason,
    by_gain_alone,
    owner_shares,
    reason_for,
    runner_up,
    why_chosen,
)
from delift_core.analysis.owners import NOBODY
from delift_core.data.example import Dataset
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import KERNELS
from delift_core.selection.choice import positions
from delift_core.selection.objectives import OBJECTIVES
from delift_core.selection.outcome import Outcome
from delift_core.units import counted, ordinal
from pages.session import cache
from pages.widgets.literal import literal
from pages.widgets.previews import prompt_lines
from pages.widgets.table_columns import headings

MOST_PARTS = 1_000  # of a gain that are listed


def why(run: Run, chosen: Outcome, index: int) -> None:
    """The reason of an example of the pool, chosen or not."""
    objective = chosen.objective
    rank = int(chosen.ranks[index])
    if rank:
        reason = why_chosen(objective, chosen.selection, rank)
        st.write(chosen_sentence(reason, rank))
        st.caption(runner_up_sentence(run, chosen, rank))
    else:
        reason = reason_for(objective, chosen.selection.indices, index)
        st.write(rejected_sentence(reason))
        coverers_table(run, chosen, index)
    gain_parts(run, OBJECTIVES[chosen.selection.objective].kernels[0], reason)


def chosen_sentence(reason: Reason, rank: int) -> str:
    """What the example added at its turn."""
    before = f"the {rank - 1} chosen before it" if rank > 1 else "nothing chosen before it"
    modular = ""
    if reason.modular:
        modular = f", and {reason.modular:.4f} of it is its own worth to the target"
    return (
        f"Chosen {ordinal(rank)}: it adds **{reason.gain:.4f}** by covering"
        f" {counted(len(reason.parts), 'example')} better than {before} did{modular}."
    )


def rejected_sentence(reason: Reason) -> str:
    """What the example would add now."""
    return (
        f"Not chosen: beside those that are, it would add **{reason.gain:.4f}**, covering"
        f" {counted(len(reason.parts), 'example')} better."
    )


def runner_up_sentence(run: Run, chosen: Outcome, rank: int) -> str:
    """The runner-up at a turn, and how close it was."""
    selection = chosen.selection
    if rank <= selection.pinned:
        return "It was pinned, so nothing competed with it."
    if not by_gain_alone(selection, chosen.choice.quotas):
        return (
            "Examples competed by gain per token or within quotas, so there is no runner-up by"
            " gain."
        )
    excluded = np.array(positions(run.pool, chosen.choice.excludes), dtype=np.int64)
    next_best = runner_up(chosen.objective, selection, rank, excluded)
    if next_best is None:
        return "Nothing else was left to choose."
    index, gain = next_best
    gap = selection.gains[rank - 1] - gain
    return (
        f"Next best at that turn was {literal(run.pool[index].id)} with {gain:.4f}, {gap:.4f} less."
    )


def coverers_table(run: Run, chosen: Outcome, index: int) -> None:
    """Which chosen examples cover what the example would cover if nothing were chosen."""
    owners, shares = owner_shares(chosen.objective, chosen.selection.indices, index)
    if not len(owners):
        st.caption("It helps with nothing that the objective asks for.")
        return
    st.caption("What it would cover by itself is covered by these:")
    names = [owner_id(run.pool, owner) for owner in owners.tolist()]
    table = pd.DataFrame({"covered by": names, "share": shares / shares.sum()})
    progress = st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        alt="Who covers it instead",
        column_config=headings(table, {"share": progress}),
    )


def gain_parts(run: Run, kernel: str, reason: Reason) -> None:
    """The gain as a sum, and which of its parts rest on imputed pairs."""
    if not len(reason.parts):
        return
    kernel_of_run = cache.kernel(run, kernel)
    imputed = ~kernel_of_run.at(kernel_of_run.requested, reason.answered, reason.index)  # (parts,)
    table = parts_table(run, kernel, reason, imputed)
    part = st.column_config.NumberColumn(format="%.4f", width="small")
    st.dataframe(
        table,
        hide_index=True,
        height=min(38 + 35 * len(table), 280),
        alt="The gain, part by part",
        column_config=headings(table, {"part": part}),
    )
    total = f"The parts sum to {reason.parts.sum():.4f}"
    if reason.modular:
        total += f", with {reason.modular:.4f} of its own to {reason.gain:.4f}"
    if len(reason.parts) > MOST_PARTS:
        total = f"Of {len(reason.parts):,} parts the largest {MOST_PARTS:,} are listed. {total}"
    st.caption(f"{total}.")
    if imputed.any():
        st.caption(
            f":material/filter_alt: {imputed.sum():,} of {len(imputed):,} parts rest on pairs that"
            f" were not scored but inferred, {reason.parts[imputed].sum():.4f} of the gain. Open"
            " such a pair on the Heatmap page to score it exactly."
        )
    weights = cache.kernel(run, kernel).weights
    if weights is not None:
        st.caption(weights_sentence(weights[reason.answered]))


def parts_table(run: Run, kernel: str, reason: Reason, imputed: np.ndarray) -> pd.DataFrame:
    """One row a part, the largest first and at most so many, without flags that hold for none.

    imputed: (parts,) whether a part rests on a pair that was not scored.
    """
    role = KERNELS[kernel][0]
    answered, before = reason.answered[:MOST_PARTS].tolist(), reason.before[:MOST_PARTS].tolist()
    table = pd.DataFrame(
        {
            "part": reason.parts[:MOST_PARTS],
            "answered": [run.datasets[role][index].id for index in answered],
            "previously best": [owner_id(run.pool, owner) for owner in before],
            "capped": reason.capped[:MOST_PARTS],
            "inferred": imputed[:MOST_PARTS],
            "prompt": prompt_lines(run, answered, role),
        }
    )
    empty = [column for column in ("capped", "inferred") if not table[column].any()]
    return table.drop(columns=empty)


def weights_sentence(weights: np.ndarray) -> str:
    """What a part means where answered examples were sampled. weights: (parts,)."""
    return (
        f"Answered examples were sampled: each part counts {weights.min():g} to"
        f" {weights.max():g} times, for the examples that it stands for."
    )


def owner_id(pool: Dataset, owner: int) -> str:
    """The id of the example that covers another, or none."""
    return "none" if owner == NOBODY else pool[owner].id
