"""What to know of a choice before trusting it."""

from collections.abc import Sequence

import streamlit as st

from delift_core.analysis.trust import choice_trust
from delift_core.comparison.planted import planted
from delift_core.runs.run import Run
from delift_core.selection.objectives import OBJECTIVES
from delift_core.selection.outcome import Outcome
from pages.session import cached_analysis
from pages.widgets.kernel_trust import kernel_trust
from pages.widgets.literal import literal

NAMED = 5  # near-duplicates named by id


def trust_panel(run: Run, chosen: Outcome) -> None:
    """Whether the choice follows length, repeats itself, or holds what is known to be wrong.

    It is worked out when the panel is opened.
    """
    panel = st.expander(
        "Before you trust this choice",
        icon=":material/verified_user:",
        key="trust",
        on_change="rerun",
    )
    if not panel.open:
        return
    trust = choice_trust(
        chosen.selection.indices,
        run.alone("pool").response_tokens,
        dict(cached_analysis.duplicate_links(run).tolist()),
    )
    mistakes = planted(run.pool, chosen.selection.indices)
    with panel:
        if mistakes:
            st.markdown(f"**Planted mistakes.** {mistakes.sentence}")
        st.markdown(f"**Length.** {trust.sentence}")
        st.markdown(f"**Repetition.** {repetition_sentence(run, trust.repeats)}")
        kernel_trust(run, OBJECTIVES[chosen.selection.objective].kernels)


def repetition_sentence(run: Run, repeats: Sequence[tuple[int, int]]) -> str:
    """Which of the chosen say the same thing twice."""
    if not repeats:
        return "No chosen example nearly repeats another."
    named = ", ".join(
        f"{literal(run.pool[second].id)} repeats {literal(run.pool[first].id)}"
        for first, second in repeats[:NAMED]
    )
    end = ", …" if len(repeats) > NAMED else "."
    return f"{len(repeats):,} of the chosen nearly repeat another: {named}{end}"
