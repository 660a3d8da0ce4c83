"""How much may be chosen, in rows, percent of the pool or response tokens."""

import streamlit as st

from delift_core.errors import DeliftError
from delift_core.runs.run import Run
from delift_core.selection.choice import constraints
from delift_core.selection.constraints import Budget, BudgetUnit, most_rows
from delift_core.workflow.choose import costs
from pages.session import state

UNITS = {BudgetUnit.ROWS: "rows", BudgetUnit.FRACTION: "%", BudgetUnit.TOKENS: "tokens"}


def budget_controls(run: Run) -> None:
    """A unit and a slider; the slider's end is what pins, excludes and quotas leave."""
    budget = current(run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.session_state.get("budget unit") != str(budget.unit):
            st.session_state["budget unit"] = str(budget.unit)
        st.segmented_control(
            "Budget in",
            [str(unit) for unit in UNITS],
            key="budget unit",
            format_func=UNITS.get,
            required=True,
            on_change=change_unit,
            args=(run, budget),
        )
        least, most = limits(run, budget.unit)
        place = f"budget in {budget.unit}"
        amount = round(budget.amount * 100) if budget.unit is BudgetUnit.FRACTION else budget.amount
        shown, ends = min(max(amount, least), most), (least, most)
        if (st.session_state.get(place), st.session_state.get("ends of the budget")) != (
            shown,
            ends,
        ):
            # other ends make another slider
            st.session_state[place], st.session_state["ends of the budget"] = shown, ends
        st.slider(
            f"Budget ({UNITS[budget.unit]})",
            least,
            max(most, least + 1),
            key=place,
            on_change=lambda: state.put(budget=written(st.session_state[place], budget.unit)),
        )


def change_unit(run: Run, budget: Budget) -> None:
    """About the same budget in the unit picked; a field drawn in a run that was cut short can come
    back without one.
    """
    if unit := st.session_state["budget unit"]:
        state.put(budget=converted(run, budget, BudgetUnit(unit)))


def current(run: Run) -> Budget:
    """The budget asked for; one that cannot be read, as an address may hold, is replaced by the
    usual one.
    """
    try:
        return Budget.parse(state.get("budget"))
    except DeliftError:
        state.forget("budget")
        return Budget.parse(state.get("budget"))


def limits(run: Run, unit: BudgetUnit) -> tuple[int, int]:
    """The least and the most that can be asked for in a unit."""
    size = len(run.pool)
    if unit is BudgetUnit.TOKENS:
        tokens = costs(run)
        return int(tokens.min()), int(tokens.sum())
    try:
        rows = most_rows(size, **constraints(run.pool, state.choice()))
    except DeliftError:
        rows = size
    return (1, max(rows, 1)) if unit is BudgetUnit.ROWS else (1, max(rows * 100 // size, 1))


def written(amount: int, unit: BudgetUnit) -> str:
    """A budget as the command line takes it."""
    return (
        f"{amount}%"
        if unit is BudgetUnit.FRACTION
        else f"{amount} tokens"
        if unit is BudgetUnit.TOKENS
        else str(amount)
    )


def converted(run: Run, budget: Budget, unit: BudgetUnit) -> str:
    """About the same budget in another unit: what is chosen now, counted in it."""
    size, selection = len(run.pool), state.chosen().selection
    amounts = {
        BudgetUnit.ROWS: len(selection),
        BudgetUnit.FRACTION: max(round(100 * len(selection) / size), 1),
        BudgetUnit.TOKENS: int(selection.costs.sum()) if selection.costs is not None else 0,
    }
    return written(amounts[unit], unit)
