"""The card in the sidebar: the data, model and choice of the run, and the next step.

While a job works on the run it is the job's card: how far it is, and no next step.
"""

from contextlib import suppress

import streamlit as st

from delift_core.errors import DeliftError
from delift_core.jobs import jobs
from delift_core.jobs.status import Status
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import role_name
from delift_core.selection.budget import Budget, BudgetUnit
from delift_core.selection.objectives import OBJECTIVES
from delift_core.selection.outcome import Outcome
from delift_core.units import percent, whole_percent
from delift_core.wording import PLANS, plan_amount
from pages.server.navigation import ENTRIES, PAGES, PageEntry, entry_of, go
from pages.session import address, cache, current
from pages.session.verdicts import agreed_verdicts
from pages.widgets.literal import literal
from pages.widgets.refusals import fragment, show_refusals

EVERY = 2.0  # seconds between two looks at a job
JOBS = {
    "cost": "Measuring the cost",
    "score": "Scoring",
    "project": "Drawing the map",
    "unprompted": "Reading the responses",
    "gradients": "Computing gradients",
    "plan_validation": "Planning the validation",
    "validate": "Validating",
    "training_view": "Reading as a trainer",
    "cost_rounds": "Measuring what rounds take",
    "rounds": "Tuning in rounds",
}
CHOICE_STEPS = [entry for entry in PAGES if entry.step and entry.section != "prepare"]


def run_card(page: st.Page) -> None:
    """Draw the card; where the run is broken it says so, and the page follows all the same."""
    with st.sidebar, st.container(border=True, gap="small"), show_refusals():
        try:
            run = current.run()
        except DeliftError:
            address.forget("run")
            raise
        if run is not None and jobs.active_job(run.folder):
            job_card(run)
            return
        step_button(next_step(run, page))  # first: it is on the screen however much is said below
        st.caption("  \n".join(run_lines(run)))


@fragment(EVERY)
def job_card(run: Run) -> None:
    """What works on the run and how far it is, and nothing else to do; anew when it ends."""
    status = jobs.active_job(run.folder)
    if status is None:
        st.rerun()
    st.caption("  \n".join([*data_lines(), job_line(status)]))
    st.progress(share_done(status))


def job_line(status: Status) -> str:
    """Scoring: running, 21 %."""
    title = JOBS.get(status.task, status.task.capitalize())
    return f"**{title}** {status.state}, {whole_percent(share_done(status))}"


def share_done(status: Status) -> float:
    """From 0 to 1."""
    return min(status.done / max(status.total, 1), 1.0)


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


def run_lines(run: Run | None) -> list[str]:
    """What the card says while nothing works on the run."""
    if run is None:
        return data_lines()
    return [*data_lines(), *model_lines(run), *choice_lines(run)]


def data_lines() -> list[str]:
    """The examples of every role, in one line."""
    parts = [
        f"**{role_name(role).capitalize()}** {len(data):,}"
        for role, data in current.datasets().items()
    ]
    return [" · ".join(parts)] if parts else ["No data yet."]


def model_lines(run: Run) -> list[str]:
    """The model, the plan where it leaves pairs out, and kernels that are not scored yet."""
    model = run.record["model"]
    lines = [f"**Model** {literal(model['name'])} · {model['dtype']} · {run.record['template']}"]
    if not run.plan.is_all:
        kind = PLANS[run.plan.kind].title.lower()
        lines.append(f"**Plan** {kind}, {plan_amount(run.plan)}")
    complete = sum(cache.is_complete(run, name) for name in run.possible)
    if complete < len(run.possible):
        lines.append(f"**Scored** {complete} of {len(run.possible)} score matrices")
    return lines


def choice_lines(run: Run) -> list[str]:
    """Goal and budget; none where the choice is refused, which the page itself says."""
    with suppress(DeliftError):
        chosen = current.chosen()
        if chosen is None:
            return []
        budget = Budget.parse(address.get("budget"))
        goal = OBJECTIVES[chosen.selection.objective].title
        size = size_text(len(chosen.selection), budget)
        return [f"**Goal** {goal} · {size}", *audit_lines(run, chosen)]
    return []


def size_text(rows: int, budget: Budget) -> str:
    """How many were chosen, and the budget where that says something else."""
    text = f"{rows:,} chosen"
    if budget == Budget(rows, BudgetUnit.ROWS):
        return text
    amount = percent(budget.amount) if budget.unit is BudgetUnit.FRACTION else str(budget)
    return f"{text} ({amount})"


def audit_lines(run: Run, chosen: Outcome) -> list[str]:
    """How many of the chosen were judged; none before anybody judged one."""
    verdicts = agreed_verdicts(run)
    if not verdicts:
        return []
    indices = chosen.selection.indices.tolist()
    judged = sum(run.pool[index].id in verdicts for index in indices)
    return [f"**Audit** {judged:,} of {len(indices):,} chosen judged"]


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
