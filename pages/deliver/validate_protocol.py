"""How many models a validation tunes, and how: the controls that most people leave as they are."""

import streamlit as st

from delift_core.validation.arms import LEAST, USUAL, Design
from delift_core.validation.tuners.register import TUNERS
from delift_core.workflow.plan_validation import Protocol

SETUP = "validation to set up"
BUDGETS = ("5%", "10%", "20%", "40%", "100%")
USUAL_ROWS = Protocol().rows_per_step


def protocol_controls(tuner: str, group_by: str | None, beside: tuple[str, ...]) -> Protocol:
    """What is asked for, the usual where nothing is changed."""
    with st.popover("Seeds, rates, growth ...", icon=":material/settings:", width="content"):
        first, second = st.columns(2)
        with first:
            design = design_controls()
        with second:
            rates = rate_controls(tuner)
            rows = rows_control()
        growth = growth_control()
        sources = group_toggle("Sources: leave each group out, and add all of it", group_by)
        matrix = group_toggle("Group on group: tune on each alone, measure on all", group_by)
        equal_tokens = equal_tokens_control()
        answers = answers_control()
    return Protocol(
        tuner=tuner,
        learning_rates=rates,
        design=design,
        rows_per_step=rows,
        answers=answers,
        group_by=group_by,
        growth=growth,
        sources=sources,
        matrix=matrix,
        equal_tokens=equal_tokens,
        beside=beside,
    )


def design_controls() -> Design:
    """Epochs, random selections, seeds."""
    random = whole_number(
        "Random selections",
        USUAL.random,
        LEAST,
        "Each is tuned once, with a seed of its own. Fewer than 8 make wide intervals.",
    )
    seeds = whole_number(
        "Seeds", USUAL.seeds, LEAST, "How often every other arm is tuned. Seed noise is large."
    )
    epochs = whole_number("Epochs", USUAL.epochs, 1, "How often the selection is read in training.")
    return Design(epochs, random, seeds)


def rate_controls(tuner: str) -> tuple[float, ...]:
    """The two learning rates, those of the tuner at first; once where they are equal."""
    titles = ("Learning rate of the sentence", "Second learning rate")
    rates = [
        st.number_input(
            title,
            1e-7,
            1.0,
            rate,
            step=rate / 2,
            format="%.6g",
            key=f"{title} of {tuner}",
            persist_state="session",
        )
        for title, rate in zip(titles, TUNERS[tuner].learning_rates, strict=True)
    ]
    return tuple(dict.fromkeys(rates))


def rows_control() -> int:
    """How many examples a step of training reads."""
    return whole_number("Examples a step", USUAL_ROWS, 1, "The batch of one step of training.")


def growth_control() -> tuple[str, ...]:
    """The budgets at which everything is tuned again."""
    budgets = st.multiselect(
        "Growth: tune at these budgets too",
        BUDGETS,
        key="growth budgets",
        persist_state="session",
        placeholder="not asked for",
        help="Loss against the budget, for every group: abilities grow at their own pace.",
    )
    return tuple(sorted(budgets, key=BUDGETS.index))


def group_toggle(title: str, group_by: str | None) -> bool:
    """Whether models are tuned on groups that were changed."""
    asked = st.toggle(
        title,
        key=f"validated {title}",
        disabled=group_by is None,
        persist_state="session",
        help="Needs a field of groups. So many models more for each of them.",
    )
    return asked and group_by is not None


def equal_tokens_control() -> bool:
    """Whether every arm is tuned for equally many tokens as well."""
    return st.toggle(
        "Equal tokens: tune every arm for as many response tokens too",
        key="validated equal tokens",
        persist_state="session",
        help=(
            "Long responses train on more text in a step. Nearly as many models more as at one"
            " learning rate, or fewer: those whose steps come out the same are not tuned again."
        ),
    )


def answers_control() -> bool:
    """Whether held-out prompts are answered and the answers scored."""
    return st.toggle(
        "Answer the held-out prompts and score the answers",
        key="validated answers",
        persist_state="session",
        help=(
            "Exact match of the last number where answers hold one, else ROUGE-L of words in the"
            " letters a to z and digits: an answer in another script gets 0. Writing answers takes"
            " much longer than measuring losses."
        ),
    )


def whole_number(title: str, usual: int, least: int, help: str) -> int:
    """A number field that a person rarely changes."""
    value = st.number_input(
        title, least, None, usual, key=f"validated {title}", persist_state="session", help=help
    )
    return int(value)
