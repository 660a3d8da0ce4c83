"""The card in the sidebar: the data, model, kernels and choice of the run, and the next step."""

from contextlib import suppress

import streamlit as st

from delift_core.data.example import Dataset
from delift_core.errors import DeliftError
from delift_core.jobs import jobs
from delift_core.jobs.requests import score_folder
from delift_core.jobs.status import Status
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import role_name
from delift_core.selection.budget import Budget, BudgetUnit
from delift_core.selection.outcome import Outcome
from delift_core.units import counted
from delift_core.wording import PLANS, plan_amount
from pages.server.navigation import ENTRIES, PAGES, PageEntry, entry_of, go
from pages.session import address, cache, current
from pages.session.verdicts import agreed_verdicts
from pages.widgets.literal import literal
from pages.widgets.refusals import fragment, show_refusals

EVERY = 2.0  # seconds between two looks at a job that scores
CHOICE_STEPS = [entry for entry in PAGES if entry.step and entry.section != "prepare"]


def run_card(page: st.Page) -> None:
    """Draw the card; where the run is broken it says so, and the page follows all the same."""
    with st.sidebar, st.container(border=True), show_refusals():
        try:
            run = current.run()
        except DeliftError:
            address.forget("run")
            raise
        run_lines(run)
        step_button(next_step(run, page))


def run_lines(run: Run | None) -> None:
    """What the card says; the progress of a job that scores is drawn again by itself."""
    if run is None:
        st.caption("\n\n".join(data_lines()))
        return
    lines = [*data_lines(), *model_lines(run)]
    if scoring_status(run) is None:
        st.caption("\n\n".join([*lines, scoring_line(run)]))
        return
    st.caption("\n\n".join(lines))
    progress(run)


def step_button(step: PageEntry | None) -> None:
    """The button that leads to the next step."""
    if step and st.button(
        step.step,
        type="primary",
        width="stretch",
        key="next step",
        icon=":material/arrow_forward:",
    ):
        go(step.address)


def data_lines() -> list[str]:
    """Rows and fingerprint of every role."""
    lines = [role_line(role, data) for role, data in current.datasets().items()]
    return lines or ["No data yet."]


def role_line(role: str, dataset: Dataset) -> str:
    """Rows and fingerprint of one role."""
    title, examples = role_name(role).capitalize(), counted(len(dataset), "example")
    return f"**{title}** {examples} · `{dataset.fingerprint[:8]}`"


def model_lines(run: Run) -> list[str]:
    """The model, the plan where it leaves pairs out, and the choice."""
    model = run.record["model"]
    lines = [f"**Model** {literal(model['name'])} · {model['dtype']} · {run.record['template']}"]
    if not run.plan.is_all:
        kind = PLANS[run.plan.kind].title.lower()
        lines.append(f"**Plan** {kind}, {plan_amount(run.plan)}")
    return lines + choice_lines(run)


def choice_lines(run: Run) -> list[str]:
    """Objective and budget; none where the choice is refused, which the page itself says."""
    with suppress(DeliftError):
        chosen = current.chosen()
        if chosen is None:
            return []
        selection = chosen.selection
        budget = Budget.parse(address.get("budget"))
        rows = rows_text(len(selection), budget)
        objective = f"**Objective** `{selection.objective}` · {rows}"
        return [objective, *audit_lines(run, chosen)]
    return []


def rows_text(rows: int, budget: Budget) -> str:
    """How many were chosen, and the budget where that says something else."""
    text = counted(rows, "row")
    return text if budget == Budget(rows, BudgetUnit.ROWS) else f"{text} ({budget})"


def audit_lines(run: Run, chosen: Outcome) -> list[str]:
    """How many of the chosen were judged; none before anybody judged one."""
    verdicts = agreed_verdicts(run)
    if not verdicts:
        return []
    indices = chosen.selection.indices.tolist()
    judged = sum(run.pool[index].id in verdicts for index in indices)
    return [f"**Audit** {judged:,} of {len(indices):,} chosen judged"]


def scoring_status(run: Run) -> Status | None:
    """The job that scores the run, while it works."""
    status = jobs.status(score_folder(run.folder))
    return status if status and status.active else None


@fragment(EVERY)
def progress(run: Run) -> None:
    """How far the kernels are, while they are scored."""
    st.caption(scoring_line(run))


def scoring_line(run: Run) -> str:
    """How far the kernels are."""
    status = scoring_status(run)
    if status:
        return f"**Scoring** {status.state}, {status.done / max(status.total, 1):.0%}"
    complete = [name for name in run.possible if cache.is_complete(run, name)]
    return f"**Scoring** {len(complete)} of {len(run.possible)} score matrices"


def next_step(run: Run | None, page: st.Page) -> PageEntry | None:
    """The first thing that is missing, or else the step that follows; None on its own page."""
    here = entry_of(page)
    missing = missing_step(run)
    if missing is not None:
        step = ENTRIES[missing]
        return None if step == here else step
    passed = PAGES.index(here) if here else 0
    return next((step for step in CHOICE_STEPS if PAGES.index(step) > passed), None)


def missing_step(run: Run | None) -> str | None:
    """The address of the page where the first thing that is missing is made."""
    if run is None:
        return "prepare/model" if current.dataset("pool") else "prepare/data"
    if current.is_changed():
        return "prepare/model"
    if not cache.is_scored(run, current.choice()):
        return "prepare/scoring"
    return None
