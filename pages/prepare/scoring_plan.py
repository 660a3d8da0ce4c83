"""Which pairs are scored: every plan with its predicted cost, before anything is scored."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from delift_core.runs.run import Run
from delift_core.runs.store import create_run
from delift_core.scoring.kernel_names import is_square
from delift_core.scoring.plan import Plan, PlanKind, best_within
from delift_core.units import duration, percent, size
from delift_core.wording import PLANS, reading_line
from pages.session import address, current, widget_state
from pages.widgets.literal import literal

USUAL_SHARE = 0.2  # of the pairs, until another share is picked


def plan_choice(run: Run, predicted: Mapping) -> Plan:
    """The plan picked, that of the run until another is; with what it will take.

    predicted: as the cost job returns it, with what each plan on offer would take.
    """
    plans = offered_plans(run, predicted)
    if not plans:
        cost_metrics(predicted, predicted)
        return run.plan
    picked = plan_controls(run, plans)
    cost_metrics(predicted["plans"][picked], predicted)
    return plans[picked]


def offered_plans(run: Run, predicted: Mapping) -> list[Plan]:
    """The plans on offer; none for a run that was made elsewhere, with an amount of its own."""
    plans = [offered_plan(run, cost) for cost in predicted.get("plans", ())]
    return plans if any(plan.same_pairs_as(run.plan) for plan in plans) else []


def plan_controls(run: Run, plans: Sequence[Plan]) -> int:
    """The position of the plan that is picked by kind and amount."""
    with st.container(horizontal=True):
        kind = kind_control(run, plans)
        amounts = [amount_of(plan) for plan in plans if plan.kind == kind]
        amount = amount_control(run, kind, amounts)
    st.caption(" ".join(PLANS[PlanKind(kind)][1:]))
    keys = [(plan.kind, amount_of(plan)) for plan in plans]
    return keys.index((kind, amount))


def cost_metrics(cost: Mapping, measured: Mapping) -> None:
    """Time, pairs, tokens, memory and disk of a plan.

    measured: what is the same for every plan: memory that is free, and how the model is read.
    """
    with st.container(horizontal=True):
        st.metric(
            "Time",
            f"about {duration(cost['seconds'])}",
            help="At the speed of this machine, measured just before on a few pairs.",
        )
        st.metric("Pairs", f"{cost['pairs']:,}", help="Still to score: one example shown to one.")
        st.metric("Tokens", f"{cost['tokens']:,}", help="That the model reads for these pairs.")
        free = f"{size(measured['free'])} are free."
        st.metric("Memory", size(cost["memory"]), help=f"While it scores. {free}")
        st.metric("Disk, at most", size(cost["disk"]), help="Before the scores are compressed.")
    sentence = reading_line(measured.get("obstacle", ""))
    if sentence:
        st.caption(literal(sentence))


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
    """One choice for each kind of plan."""
    kinds = list(dict.fromkeys(str(plan.kind) for plan in plans))
    return st.segmented_control(
        "Which pairs are scored?",
        kinds,
        default=str(run.plan.kind),
        key=kind_key(run),
        required=True,
        format_func=lambda kind: PLANS[PlanKind(kind)].title,
        help="Fewer pairs take less time; what is not scored is inferred from what is.",
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
        help="How many pairs are scored behind every shown example, as a share or a number.",
    )


def amount_text(amount: float) -> str:
    """20 %, or 64 an example."""
    return percent(amount) if amount <= 1 else f"{amount:,} an example"


def plan_offers(run: Run, kernels: Sequence[str], predicted: Mapping) -> None:
    """What every plan would take, and the best of those that fit into a time budget."""
    plans = offered_plans(run, predicted)
    if not plans:
        return
    costs = predicted["plans"]
    with st.expander("What every plan would take", expanded=True, icon=":material/table:"):
        time_budget(run, plans, [cost["seconds"] for cost in costs])
        costs_table(run, kernels, plans, costs)


def time_budget(run: Run, plans: Sequence[Plan], seconds: Sequence[float]) -> None:
    """A field of minutes and the button that picks the best plan that fits."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        minutes = minutes_field(run)
        best = best_within(plans, seconds, minutes)
        st.button(
            "Choose plan",
            icon=":material/timer:",
            disabled=best is None,
            on_click=pick_plan,
            args=(run, best),
            help=(
                "The best plan that fits into the time: every pair if there is time for it,"
                " otherwise as many nearest pairs as there is time for."
            ),
        )
    if best is None:
        st.caption(f"Nothing fits: the shortest takes about {duration(min(seconds))}.")


def minutes_field(run: Run) -> float:
    """The minutes that scoring may take."""
    return st.number_input(
        "Time budget (min)",
        0.0,
        None,
        30.0,
        step=5.0,
        format="%g",
        key=f"minutes of {run.id}",
        width=160,
        help="How long scoring may take on this machine.",
    )


def pick_plan(run: Run, plan: Plan) -> None:
    """Show a plan as picked."""
    widget_state.put(kind_key(run), str(plan.kind))
    widget_state.put(share_key(run, plan.kind), amount_of(plan))


def costs_table(
    run: Run, kernels: Sequence[str], plans: Sequence[Plan], costs: Sequence[Mapping]
) -> None:
    """What each plan would take: pairs are those of the whole plan, time is of what is left."""
    rows = [plan_row(run, kernels, plan, cost) for plan, cost in zip(plans, costs, strict=True)]
    table = pd.DataFrame(rows)
    if table["Pairs"].equals(table["Left to score"]):
        table = table.drop(columns="Left to score")
    number = st.column_config.NumberColumn(format="localized")
    st.dataframe(
        table,
        hide_index=True,
        height=min(38 + 35 * len(table), 440),
        alt="What every plan would take",
        column_config={"Pairs": number, "Left to score": number},
    )


def plan_row(run: Run, kernels: Sequence[str], plan: Plan, cost: Mapping) -> dict:
    """A plan in one row of the table."""
    shapes = [(*run.shape(name), is_square(name)) for name in kernels]
    scored = {answered: plan.per_column(answered, square) for answered, _, square in shapes}
    return {
        "Plan": PLANS[plan.kind].title,
        "Of the pairs": amount_text(amount_of(plan)),
        "Behind each shown example": ", ".join(
            f"{count:,} of {answered:,}" for answered, count in scored.items()
        ),
        "Pairs": sum(plan.pairs(*shape) for shape in shapes),
        "Left to score": cost["pairs"],
        "Time": f"about {duration(cost['seconds'])}",
        "Disk, at most": size(cost["disk"]),
    }


def run_with(run: Run, plan: Plan) -> Run:
    """The run of the same data, model and template with a plan; opened where it is another one."""
    if plan.same_pairs_as(run.plan):
        return run
    other = create_run(
        current.workspace(), run.datasets, run.record["model"], run.record["template"], plan
    )
    address.put(run=other.id)
    return other
