"""What showing one example changed for another: in a sentence, and token by token."""

import numpy as np
import streamlit as st

from delift_core.jobs import jobs
from delift_core.jobs.requests import ExplainPairRequest
from delift_core.runs.folders import pair_folder
from delift_core.runs.run import Run
from delift_core.units import number
from pages.session import address, cache, cached_analysis, current
from pages.widgets.job_panel import is_active, job_panel, result_of
from pages.widgets.token_view import SIGNED, token_view


def pair_utility(run: Run, name: str, answered: int, shown: int) -> None:
    """The utility of a pair of a kernel, and the button that explains it."""
    kernel = cache.kernel(run, name)
    if not kernel.requested[answered, shown]:
        imputed_pair(run, name, answered, shown)
        return
    utility, pmi = (float(plane[answered, shown]) for plane in (kernel.values, kernel.pmi))
    st.write(utility_sentence(utility, pmi, float(kernel.alone[answered])))
    if kernel.truncated[answered, shown]:
        st.caption(
            "The pair did not fit the context length, so the shown example was shortened from the"
            " left."
        )
    explanation(run, name, answered, shown, "Explain it token by token")


def imputed_pair(run: Run, name: str, answered: int, shown: int) -> None:
    """A pair outside the plan: what it counts as, and what it is once it is scored by itself."""
    imputed = float(cached_analysis.imputed(run, name, current.measure())[answered])
    counts = "its answered example is not among those sampled, so it counts for nothing by itself"
    if np.isfinite(imputed):
        mean = "the mean of what was scored of its answered example"
        counts = f"it counts as {number(imputed, SIGNED)}, {mean}"
    st.write(
        f":material/filter_alt: **Not scored.** The plan of this run left this pair out; {counts}."
    )
    explanation(run, name, answered, shown, "Score this pair exactly")
    result = jobs.result(pair_folder(run.folder, name, answered, shown))
    if result:
        st.caption(
            f"Scored by itself its utility is {number(result['utility'], SIGNED)}; the score"
            " matrix and the choice stay as they are."
        )


def explanation(run: Run, name: str, answered: int, shown: int, label: str) -> None:
    """The pair token by token; a worker scores it again the first time, and the run keeps it."""
    folder = pair_folder(run.folder, name, answered, shown)
    status = job_panel(folder, "Scoring the pair", "steps")
    result = jobs.result(folder) if status is None else result_of(folder, status)
    if result:
        token_view(result)
        return
    if not is_active(status) and st.button(label, icon=":material/abc:"):
        workspace, device = str(current.workspace()), address.get("device")
        jobs.start(ExplainPairRequest(str(run.folder), name, answered, shown, workspace, device))
        st.rerun()


def utility_sentence(utility: float, pmi: float, alone: float) -> str:
    """What the numbers of a pair say."""
    if np.isnan(utility):
        return "Nothing of this pair could be scored."
    verb = "changes nothing"
    if utility > 0:
        verb = "helps"
    elif utility < 0:
        verb = "hurts"
    return (
        f"Showing it {verb}. Answer error {alone:.4f} → {alone - utility:.4f}, a utility of"
        f" {number(utility, SIGNED)}; each answer token gains {number(pmi, SIGNED)} of"
        " log-probability on average."
    )
