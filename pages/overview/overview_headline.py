"""The headline: how many examples give how much coverage, and whether tuning confirms it."""

import streamlit as st

from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import role_name
from delift_core.selection.outcome import Outcome
from delift_core.units import counted, coverage_range
from delift_core.wording import chosen_line
from pages.session import cached_choice, cached_validation
from pages.session.cached_validation import ValidatedSelection
from pages.widgets.literal import literal
from pages.widgets.plan_note import plan_note


def headline(run: Run, chosen: Outcome) -> None:
    """Coverage against random selection; below it what a validation found."""
    estimate = cached_choice.coverage_estimate(run, chosen)
    line = chosen_line(run.plan, chosen, estimate)
    chance = f"random selection {coverage_range(*chosen.random_range)}"
    st.markdown(f"#### {literal(line)}; {literal(chance)}")
    st.markdown(f":material/science: {literal(validation_sentence(run, chosen))}")
    plan_note(run)


def validation_sentence(run: Run, chosen: Outcome) -> str:
    """What tuning on this selection found, or on another one of the run."""
    validated = cached_validation.validated(run)
    if not validated:
        return "Not validated yet: no model was tuned on this selection."
    rows = tuple(sorted(chosen.selection.indices.tolist()))
    for selection in validated:
        if selection.rows == rows:
            return f"Validated by tuning {tuned_model(run, selection)} on it. {selection.sentence}"
    last = validated[0]
    size = counted(len(last.rows), "example")
    return (
        f"This selection is not validated yet. {last.title}, {size}, is:"
        f" {last.sentence[0].lower()}{last.sentence[1:]}"
    )


def tuned_model(run: Run, selection: ValidatedSelection) -> str:
    """The model that was tuned, by name where it is another than the one that scored."""
    if selection.model == run.record["model"]["name"]:
        return "the model"
    return f"another model ({selection.model})"


def pool_headline(run: Run) -> None:
    """What was loaded, before anything is scored."""
    sizes = [
        f"{role_name(role)} of {counted(len(data), 'example')}"
        for role, data in run.datasets.items()
    ]
    line = ", ".join(sizes)
    st.markdown(f"#### {literal(line[0].upper() + line[1:])}: not scored yet")
