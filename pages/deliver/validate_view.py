"""What every part of the Validate page shows: a finished validation, at one learning rate."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from delift_core.runs.run import Run
from delift_core.units import counted
from delift_core.validation.evidence import Evidence
from delift_core.validation.settings import ValidationSettings
from delift_core.validation.tuners.options import tuner_text
from delift_core.validation.tuners.register import TUNERS
from delift_core.workflow.findings import Findings
from pages.session import widget_state
from pages.session.cached_validation import arm_title

ROW, TABLE_MOST = 35, 430  # pixels of a row of a table, and of a table


@dataclass(frozen=True, eq=False)
class ValidateView:
    """A finished validation, and the learning rate that is looked at."""

    run: Run
    found: Findings
    rate: float

    @property
    def settings(self) -> ValidationSettings:
        return self.found.settings

    @property
    def evidence(self) -> Evidence:
        """What was found at that learning rate."""
        if self.rate == self.found.validation.rate:
            return self.found.main
        return self.found.evidence[self.rate]


def arm_titles(evidence: Evidence) -> Mapping[str, str]:
    """Arm -> how it is called."""
    return {name: arm_title(name) for name in evidence.losses}


def show_table(table: pd.DataFrame, alt: str) -> None:
    """A table beside a chart, no higher than that; alt: what it holds, in words."""
    height = min(ROW * (len(table) + 1) + 3, TABLE_MOST)
    st.dataframe(table, hide_index=True, height=height, alt=alt)


def validation_title(settings: ValidationSettings) -> str:
    """A validation in a list of several."""
    chosen = settings.chosen[settings.selection]
    size = counted(len(chosen), "example")
    tuner = tuner_text(TUNERS[settings.tuner], settings.options)
    return f"{arm_title(settings.selection)} · {size} · {tuner} · {settings.address[:6]}"


def rate_control(settings: ValidationSettings) -> float:
    """The learning rate that is looked at; that of the sentence at first."""
    rates = {f"{rate:g}": rate for rate in settings.learning_rates}
    texts = list(rates)
    text = widget_state.pick(
        st.segmented_control,
        "Learning rate",
        "validation_rate",
        texts,
        texts[0],
        required=True,
        help=(
            "Every model is tuned at each of them: an order of arms that turns round between two"
            " is no property of the selections. The sentence is about the first."
        ),
    )
    return rates[text]
