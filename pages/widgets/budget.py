"""How much may be chosen, in examples, percent of the pool or response tokens."""

from collections.abc import Callable

import streamlit as st

from delift_core.errors import DeliftError
from delift_core.runs.run import Run
from delift_core.selection.budget import Budget, BudgetUnit
from delift_core.selection.choice import restrictions_of
from delift_core.selection.settle import most_rows
from delift_core.workflow.choose import costs
from pages.session import address, current, widget_state

UNITS = {BudgetUnit.ROWS: "examples", BudgetUnit.FRACTION: "%", BudgetUnit.TOKENS: "tokens"}
UNIT_KEY = "budget unit"


def budget_controls(run: Run) -> None:
    """A unit, a slider and an exact number; their end is what pins, excludes and quotas leave."""
    budget = current_budget()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        unit_control(run, budget)
        amount_controls(run, budget)


def unit_control(run: Run, budget: Budget) -> None:
    """Examples, percent or tokens."""
    widget_state.show(UNIT_KEY, str(budget.unit))
    st.segmented_control(
        "Budget in",
        [str(unit) for unit in UNITS],
        key=UNIT_KEY,
        format_func=UNITS.get,
        required=True,
        help="What is counted: examples, percent of the pool, or tokens of responses.",
        on_change=change_unit,
        args=(run,),
    )


def amount_controls(run: Run, budget: Budget) -> None:
    """The amount, within what can be asked for: on a slider, or typed."""
    least, most = limits(run, budget.unit)
    amount = budget.amount
    if budget.unit is BudgetUnit.FRACTION:
        amount = round(amount * 100)
    shown = min(max(amount, least), most)
    key = f"budget in {budget.unit}"
    # other ends make another slider
    widget_state.show(key, shown, version=(least, most))
    label = f"Budget ({UNITS[budget.unit]})"
    st.slider(label, least, max(most, least + 1), key=key, on_change=taker(key, budget.unit))
    exact_control(budget.unit, shown, least, most)


def exact_control(unit: BudgetUnit, shown: int, least: int, most: int) -> None:
    """A field for the exact amount, only while it is open.

    A field that followed every step of the slider would make it lose quick ones.
    """
    popover = st.popover("Exactly", icon=":material/keyboard:", key="exact", on_change="rerun")
    if popover.open:
        key = f"exact {unit} {shown} {least} {most}"  # another amount makes another field
        popover.number_input(
            f"{UNITS[unit]}, {least:,} to {most:,}",
            least,
            max(most, least + 1),
            shown,
            key=key,
            on_change=taker(key, unit),
        )


def taker(key: str, unit: BudgetUnit) -> Callable[[], None]:
    """A callback that asks for the budget a field shows."""
    return lambda: address.put(budget=budget_text(widget_state.value(key), unit))


def change_unit(run: Run) -> None:
    """About the same budget in the unit picked.

    A field drawn in a run of the page that was cut short can come back without a unit.
    """
    unit = widget_state.value(UNIT_KEY)
    if unit:
        address.put(budget=converted(run, BudgetUnit(unit)))


def current_budget() -> Budget:
    """The budget of the address; the usual one replaces one that cannot be read."""
    try:
        return Budget.parse(address.get("budget"))
    except DeliftError:
        address.forget("budget")
        return Budget.parse(address.get("budget"))


def limits(run: Run, unit: BudgetUnit) -> tuple[int, int]:
    """The least and the most that can be asked for in a unit."""
    if unit is BudgetUnit.TOKENS:
        tokens = costs(run)
        return int(tokens.min()), int(tokens.sum())
    size = len(run.pool)
    try:
        rows = most_rows(size, restrictions_of(run.pool, current.choice()))
    except DeliftError:
        rows = size
    most = rows if unit is BudgetUnit.ROWS else rows * 100 // size
    return 1, max(most, 1)


def budget_text(amount: int, unit: BudgetUnit) -> str:
    """A budget as the command line takes it."""
    suffix = {BudgetUnit.ROWS: "", BudgetUnit.FRACTION: "%", BudgetUnit.TOKENS: " tokens"}[unit]
    return f"{amount}{suffix}"


def converted(run: Run, unit: BudgetUnit) -> str:
    """The budget in another unit: what is chosen now, counted in it."""
    selection = current.chosen().selection
    rows = len(selection)
    tokens = 0
    if selection.costs is not None:
        tokens = int(selection.costs.sum())
    amounts = {
        BudgetUnit.ROWS: rows,
        BudgetUnit.FRACTION: max(round(100 * rows / len(run.pool)), 1),
        BudgetUnit.TOKENS: tokens,
    }
    return budget_text(amounts[unit], unit)
