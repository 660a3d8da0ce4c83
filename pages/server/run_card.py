"""The card in the sidebar: what is being looked at, and the one next step."""

from contextlib import suppress

import streamlit as st

from delift_core.data.example import Dataset
from delift_core.errors import DeliftError
from delift_core.jobs import jobs
from delift_core.runs.run import Run
from delift_core.selection.constraints import Budget, BudgetUnit
from delift_core.selection.outcome import Outcome
from delift_core.wording import PLANS, percent
from pages.server.navigation import go
from pages.session import cache, state
from pages.session.verdicts import agreed_verdicts
from pages.widgets.literal import literal
from pages.widgets.refusals import fragment, refusals_told

EVERY = 2.0  # seconds between two looks at a job that scores
FLOW = ("choose/subset", "inspect/map", "deliver/audit", "deliver/export")
STEPS = {
    "prepare/data": "Load a pool",
    "prepare/model": "Choose a model",
    "prepare/utilities": "Score the utilities",
    "choose/subset": "Choose a subset",
    "inspect/map": "Look at the choice",
    "deliver/audit": "Audit the choice",
    "deliver/export": "Export the subset",
}


def run_card(page: st.Page) -> None:
    """Data, model, kernels, objective and budget of the run, and the primary next step; or what is
    wrong with the run: the page follows all the same.
    """
    with st.sidebar, st.container(border=True), refusals_told():
        try:
            found = state.run()
        except DeliftError:
            state.forget("run")
            raise
        lines, active = (
            [
                *data_lines(),
                *(model_lines(found) if found else []),
            ],
            found is not None and is_scoring(found),
        )
        st.caption("\n\n".join([*lines, *([scoring_line(found)] if found and not active else [])]))
        if active:
            progress(found)
        step = next_step(found, page)
        if step and st.button(
            STEPS[step],
            type="primary",
            width="stretch",
            key="next step",
            icon=":material/arrow_forward:",
        ):
            go(step)


def data_lines() -> list[str]:
    """Rows and fingerprint of every role."""
    given = {role: dataset for role in state.ROLES if (dataset := state.dataset(role)) is not None}
    return [role_line(role, dataset) for role, dataset in given.items()] or ["No data yet."]


def role_line(role: str, dataset: Dataset) -> str:
    return f"**{role.capitalize()}** {len(dataset):,} examples · `{dataset.fingerprint[:8]}`"


def model_lines(run: Run) -> list[str]:
    """The model and the choice."""
    model = run.record["model"]
    plan = (
        []
        if run.plan.is_all
        else [f"**Plan** {PLANS[run.plan.kind][0].lower()}, {percent(run.plan.share)} of all"]
    )
    return [
        f"**Model** {literal(model['name'])} · {model['dtype']} · {run.record['template']}",
        *plan,
        *choice_lines(),
    ]


def is_scoring(run: Run) -> bool:
    """Whether a job scores the run: then its card looks again and again."""
    return (status := jobs.status(jobs.run_job(run.folder, "score"))) is not None and status.active


@fragment(EVERY)
def progress(run: Run) -> None:
    """How far the kernels are, while they are scored."""
    st.caption(scoring_line(run))


def choice_lines() -> list[str]:
    """Objective and budget; nothing where the choice is refused, which the page itself says."""
    with suppress(DeliftError):
        if chosen := state.chosen():
            selection = chosen.selection
            return [
                (
                    f"**Objective** `{selection.objective}` ·"
                    f" {rows_told(len(selection), Budget.parse(state.get('budget')))}"
                ),
                *audit_lines(chosen),
            ]
    return []


def rows_told(rows: int, budget: Budget) -> str:
    """How many were chosen, and the budget where that says something else."""
    return f"{rows:,} row{'' if rows == 1 else 's'}" + (
        "" if budget == Budget(rows, BudgetUnit.ROWS) else f" ({budget})"
    )


def audit_lines(chosen: Outcome) -> list[str]:
    """How many of the chosen were judged; nothing before anybody judged one."""
    run = state.run()
    said = agreed_verdicts(run)
    judged = (
        sum(run.pool[index].id in said for index in chosen.selection.indices.tolist())
        if said
        else 0
    )
    return [f"**Audit** {judged:,} of {len(chosen.selection):,} chosen judged"] if said else []


def scoring_line(run: Run) -> str:
    """How far the kernels are."""
    if (status := jobs.status(jobs.run_job(run.folder, "score"))) and status.active:
        return f"**Utilities** {status.state}, {status.done / max(status.total, 1):.0%}"
    complete = [name for name in run.possible if cache.is_complete(run, name)]
    return f"**Utilities** {len(complete)} of {len(run.possible)} kernels scored"


def next_step(run: Run | None, page: st.Page) -> str | None:
    """The first thing that is missing, or else the page that follows in the flow."""
    here = page.url_path or "start"
    if run is None:
        step = "prepare/model" if state.dataset("pool") else "prepare/data"
    elif any(state.get(role) for role in state.ROLES):
        step = "prepare/model"
    elif not cache.is_scored(run, state.choice()):
        step = "prepare/utilities"
    else:
        places = [place.split("/")[1] for place in FLOW]
        here = "map" if here in ("heatmap", "examples") else here
        following = FLOW[places.index(here) + 1 :] if here in places else FLOW
        step = following[0] if following else None
    return None if step and step.endswith(f"/{here}") else step
