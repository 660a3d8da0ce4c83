"""Which pairs are scored: every plan with its predicted cost and what it gives up, before anything
is scored.
"""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from delift_core.runs.run import Run
from delift_core.runs.store import create_run
from delift_core.scoring.plan import Plan, PlanKind, best_within
from delift_core.units import duration, size
from delift_core.wording import PLANS, percent, plan_line
from pages.session import state

USUAL = 0.2  # of the pairs, until another share is picked


def plan_choice(run: Run, costs: Sequence[Mapping]) -> Plan:
    """The plan picked; that of the run until another is.

    costs: what each offered plan would take, as the cost job tells.
    """
    plans = [
        Plan(cost["kind"], cost["share"], run.plan.seed if cost["kind"] == run.plan.kind else 0)
        for cost in costs
    ]
    if not any(plan.same_pairs_as(run.plan) for plan in plans):
        return run.plan  # it was made elsewhere, with a share of its own
    kinds = list(dict.fromkeys(str(plan.kind) for plan in plans))
    minutes_field(run, plans, [cost["seconds"] for cost in costs])
    kind = st.radio(
        "Which pairs are scored?",
        kinds,
        index=kinds.index(run.plan.kind),
        key=f"plan of {run.id}",
        horizontal=True,
        format_func=lambda kind: PLANS[PlanKind(kind)][0],
        captions=[" ".join(PLANS[PlanKind(kind)][1:]) for kind in kinds],
    )
    shares = [plan.share for plan in plans if plan.kind == kind]
    if len(shares) > 1:
        default = next(share for share in (run.plan.share, USUAL, shares[0]) if share in shares)
        share = st.segmented_control(
            "Of the pairs",
            shares,
            default=default,
            key=f"share of {run.id} {kind}",
            format_func=percent,
            required=True,
        )
    else:
        share = shares[0]
    costs_table(plans, costs)
    return next(plan for plan in plans if (plan.kind, plan.share) == (kind, share))


def minutes_field(run: Run, plans: Sequence[Plan], seconds: Sequence[float]) -> None:
    """Minutes there are, and the button that picks the best plan that fits into them."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        minutes = st.number_input(
            "Minutes there are",
            0.0,
            None,
            30.0,
            step=5.0,
            format="%g",
            key=f"minutes of {run.id}",
            width=160,
        )
        found = best_within(plans, seconds, minutes)
        st.button(
            "Pick the best that fits",
            icon=":material/timer:",
            disabled=found is None,
            on_click=pick,
            args=(run, found),
            help=(
                "Every pair if there is time for it, otherwise as many nearest pairs as there is"
                " time for."
            ),
        )
    if found is None:
        st.caption(f"Nothing fits: the shortest takes about {duration(min(seconds))}.")


def pick(run: Run, plan: Plan) -> None:
    """Show a plan as picked."""
    st.session_state[f"plan of {run.id}"] = str(plan.kind)
    st.session_state[f"share of {run.id} {plan.kind}"] = plan.share


def costs_table(plans: Sequence[Plan], costs: Sequence[Mapping]) -> None:
    """What each plan would take."""
    table = pd.DataFrame(
        [
            {
                "plan": PLANS[plan.kind][0],
                "of the pairs": percent(plan.share),
                "pairs": cost["pairs"],
                "time": f"about {duration(cost['seconds'])}",
                "disk, at most": size(cost["disk"]),
            }
            for plan, cost in zip(plans, costs, strict=True)
        ]
    )
    st.dataframe(
        table,
        hide_index=True,
        height=min(38 + 35 * len(table), 260),
        alt="What every plan would take",
        column_config={"pairs": st.column_config.NumberColumn(format="localized")},
    )


def run_with(run: Run, plan: Plan) -> Run:
    """The run of the same data, model and template after a plan; it is opened where it is another
    one.
    """
    if plan.same_pairs_as(run.plan):
        return run
    other = create_run(
        state.workspace(), run.datasets, run.record["model"], run.record["template"], plan
    )
    state.put(run=other.id)
    return other


def plan_told(run: Run) -> None:
    """What a run leaves out, where it leaves anything out."""
    if not run.plan.is_all:
        st.caption(f":material/filter_alt: {plan_line(run.plan)}")
