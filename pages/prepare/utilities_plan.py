"""Which pairs are scored: every plan with its predicted cost, before anything is scored."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from delift_core.runs.run import Run
from delift_core.runs.store import create_run
from delift_core.scoring.plan import Plan, PlanKind, best_within
from delift_core.units import duration, size
from delift_core.wording import PLANS, percent
from pages.session import address, current, widget_state

USUAL_SHARE = 0.2  # of the pairs, until another share is picked


def plan_choice(run: Run, costs: Sequence[Mapping]) -> Plan:
    """The plan picked; that of the run until another is.

    costs: what each offered plan would take, as the cost job returns it.
    """
    plans = [offered_plan(run, cost) for cost in costs]
    if not any(plan.same_pairs_as(run.plan) for plan in plans):
        return run.plan  # it was made elsewhere, with an amount of its own
    minutes_field(run, plans, [cost["seconds"] for cost in costs])
    kind = kind_control(run, plans)
    amount = amount_control(run, kind, [amount_of(plan) for plan in plans if plan.kind == kind])
    costs_table(plans, costs)
    return next(plan for plan in plans if (plan.kind, amount_of(plan)) == (kind, amount))


def offered_plan(run: Run, cost: Mapping) -> Plan:
    """The plan of a cost; one of the run's kind keeps the run's seed."""
    seed = run.plan.seed if cost["kind"] == run.plan.kind else 0
    # no number in what an earlier version predicted
    return Plan(cost["kind"], cost["share"], seed, number=cost.get("number"))


def amount_of(plan: Plan) -> float:
    """The share of the pairs that a plan scores, below 1, or their number an example, above."""
    return plan.number or plan.share


def kind_key(run: Run) -> str:
    """The key of the control that picks the kind of plan."""
    return f"plan of {run.id}"


def share_key(run: Run, kind: str) -> str:
    """The key of the control that picks how many pairs are scored."""
    return f"share of {run.id} {kind}"


def kind_control(run: Run, plans: Sequence[Plan]) -> str:
    """One card for each kind of plan."""
    kinds = list(dict.fromkeys(str(plan.kind) for plan in plans))
    return st.radio(
        "Which pairs are scored?",
        kinds,
        index=kinds.index(run.plan.kind),
        key=kind_key(run),
        horizontal=True,
        format_func=lambda kind: PLANS[PlanKind(kind)].title,
        captions=[" ".join(PLANS[PlanKind(kind)][1:]) for kind in kinds],
    )


def amount_control(run: Run, kind: str, amounts: Sequence[float]) -> float:
    """The share or number of pairs, where a kind of plan is offered with several."""
    if len(amounts) == 1:
        return amounts[0]
    preferred = (amount_of(run.plan), USUAL_SHARE, amounts[0])
    return st.segmented_control(
        "Of the pairs",
        amounts,
        default=next(amount for amount in preferred if amount in amounts),
        key=share_key(run, kind),
        format_func=amount_text,
        required=True,
    )


def amount_text(amount: float) -> str:
    """20 %, or 64 an example."""
    return percent(amount) if amount <= 1 else f"{amount:,} an example"


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
        best = best_within(plans, seconds, minutes)
        st.button(
            "Pick the best that fits",
            icon=":material/timer:",
            disabled=best is None,
            on_click=pick_plan,
            args=(run, best),
            help=(
                "Every pair if there is time for it, otherwise as many nearest pairs as there is"
                " time for."
            ),
        )
    if best is None:
        st.caption(f"Nothing fits: the shortest takes about {duration(min(seconds))}.")


def pick_plan(run: Run, plan: Plan) -> None:
    """Show a plan as picked."""
    widget_state.put(kind_key(run), str(plan.kind))
    widget_state.put(share_key(run, plan.kind), amount_of(plan))


def costs_table(plans: Sequence[Plan], costs: Sequence[Mapping]) -> None:
    """What each plan would take."""
    table = pd.DataFrame(
        [
            {
                "plan": PLANS[plan.kind].title,
                "of the pairs": amount_text(amount_of(plan)),
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
    """The run of the same data, model and template with a plan; opened where it is another one."""
    if plan.same_pairs_as(run.plan):
        return run
    other = create_run(
        current.workspace(), run.datasets, run.record["model"], run.record["template"], plan
    )
    address.put(run=other.id)
    return other
