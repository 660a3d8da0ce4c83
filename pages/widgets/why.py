"""Why an example was chosen, or was not, in a sentence and as the sum its gain is."""

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.analysis.explain import (
    Reason,
    by_gain_alone,
    reason_for,
    runner_up,
    who_covers,
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
from pages.widgets.previews import prompt_line


def why(run: Run, chosen: Outcome, index: int) -> None:
    """The reason of an example of the pool, whichever way it went."""
    kernel = OBJECTIVES[chosen.selection.objective].kernels[0]
    if rank := int(chosen.ranks[index]):
        reason = why_chosen(chosen.objective, chosen.selection, rank)
        st.write(gained(reason, rank))
        st.caption(next_best(run, chosen, rank))
    else:
        reason = reason_for(chosen.objective, chosen.selection.indices, index)
        st.write(lost(reason))
        instead(run, chosen, index)
    parts(run, kernel, reason)


def gained(reason: Reason, rank: int) -> str:
    """What the example added at its turn."""
    before = f"the {rank - 1} chosen before it" if rank > 1 else "nothing chosen before it"
    own = (
        f", and {reason.modular:.4f} of it is its own worth to the target" if reason.modular else ""
    )
    return (
        f"Chosen {ordinal(rank)}: it adds **{reason.gain:.4f}** by covering"
        f" {counted(len(reason.parts), 'example')} better than {before} did{own}."
    )


def lost(reason: Reason) -> str:
    """What the example would add now."""
    return (
        f"Not chosen: beside those that are, it would add **{reason.gain:.4f}**, covering"
        f" {counted(len(reason.parts), 'example')} better."
    )


def next_best(run: Run, chosen: Outcome, rank: int) -> str:
    """The runner-up at a turn, and how close it was."""
    if rank <= chosen.selection.pinned:
        return "It was pinned, so nothing competed with it."
    if not by_gain_alone(chosen.selection, chosen.choice.quotas):
        return (
            "Examples competed by gain per token or within quotas, so there is no runner-up by"
            " gain."
        )
    excluded = np.array(positions(run.pool, chosen.choice.excludes), dtype=np.int64)
    if (other := runner_up(chosen.objective, chosen.selection, rank, excluded)) is None:
        return "Nothing else was left to choose."
    index, gain = other
    gap = chosen.selection.gains[rank - 1] - gain
    return (
        f"Next best at that turn was {literal(run.pool[index].id)} with {gain:.4f}, {gap:.4f} less."
    )


def instead(run: Run, chosen: Outcome, index: int) -> None:
    """Who covers what the example would cover if nothing were chosen."""
    found, shares = who_covers(chosen.objective, chosen.selection.indices, index)
    if not len(found):
        st.caption("It helps with nothing that the objective asks for.")
        return
    st.caption("What it would cover by itself is covered by these:")
    names = [name(run.pool, owner) for owner in found.tolist()]
    st.dataframe(
        pd.DataFrame({"covered by": names, "share": shares / shares.sum()}),
        hide_index=True,
        height="content",
        alt="Who covers it instead",
        column_config={
            "share": st.column_config.ProgressColumn(
                "Share", format="percent", min_value=0, max_value=1
            )
        },
    )


def parts(run: Run, kernel: str, reason: Reason) -> None:
    """The gain as a sum, the largest parts first."""
    if not len(reason.parts):
        return
    role = KERNELS[kernel][0]
    ids = [run.datasets[role][place].id for place in reason.answered.tolist()]
    guessed = ~cache.kernel(run, kernel).requested[reason.answered, reason.index]  # (parts,)
    table = pd.DataFrame(
        {
            "part": reason.parts,
            "answered": ids,
            "covered before by": [name(run.pool, owner) for owner in reason.before.tolist()],
            "capped": reason.capped,
            "inferred": guessed,
            "prompt": [prompt_line(run, place, role) for place in reason.answered.tolist()],
        }
    )
    st.dataframe(
        table.drop(
            columns=[column for column in ("capped", "inferred") if not table[column].any()]
        ),
        hide_index=True,
        height=min(38 + 35 * len(table), 280),
        alt="The gain, part by part",
        column_config={"part": st.column_config.NumberColumn("Part", format="%.4f", width="small")},
    )
    st.caption(
        f"The parts sum to {reason.parts.sum():.4f}"
        + (
            f", with {reason.modular:.4f} of its own to {reason.gain:.4f}."
            if reason.modular
            else "."
        )
    )
    if guessed.any():
        st.caption(
            f":material/filter_alt: {guessed.sum():,} of {len(guessed):,} parts rest on pairs that"
            f" were not scored but inferred, {reason.parts[guessed].sum():.4f} of the gain. Open"
            " such a pair on the Heatmap page to score it exactly."
        )
    if weights := standing_for(run, kernel, reason):
        st.caption(weights)


def standing_for(run: Run, kernel: str, reason: Reason) -> str | None:
    """What a part means where answered examples were sampled."""
    weights = cache.kernel(run, kernel).weights
    if weights is None:
        return None
    each = weights[reason.answered]  # (parts,)
    return (
        f"Answered examples were sampled: each part counts {each.min():g} to {each.max():g} times,"
        " for the examples that it stands for."
    )


def name(pool: Dataset, owner: int) -> str:
    return "nobody" if owner == NOBODY else pool[owner].id
