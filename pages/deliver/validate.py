"""Validate: does the selection help? Models tuned on it beside random ones, with intervals."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import streamlit as st

from delift_core.runs.run import Run
from delift_core.validation.settings import ValidationSettings
from delift_core.workflow.findings import Findings
from delift_core.workflow.validation import Validation
from pages.deliver.validate_arms import arms_part, equal_tokens_part
from pages.deliver.validate_costs import forgetting_part, seconds_part
from pages.deliver.validate_groups import groups_part, matrix_part, sources_part
from pages.deliver.validate_growth import growth_part
from pages.deliver.validate_sentence import sentence_part
from pages.deliver.validate_setup import setup_panel
from pages.deliver.validate_view import ValidateView, rate_control, validation_title
from pages.deliver.validate_work import work_panel
from pages.server.navigation import go
from pages.session import address, cached_validation, widget_state
from pages.widgets.guards import need_choice
from pages.widgets.literal import literal
from pages.widgets.refusals import or_stop


class Part(NamedTuple):
    """One part of the findings."""

    title: str
    draw: Callable[[ValidateView], None]
    is_there: Callable[[Findings], bool] = lambda found: True
    by_rate: bool = False  # whether it was measured at every learning rate


def has_known(found: Findings) -> bool:
    """Whether models were measured on known examples too."""
    return "known" in found.validation.run.roles


PARTS: Mapping[str, Part] = {
    "arms": Part("Arms", arms_part, by_rate=True),
    "tokens": Part("Equal tokens", equal_tokens_part, lambda found: found.settings.equal_tokens),
    "groups": Part("Groups", groups_part, lambda found: bool(found.main.by_group), by_rate=True),
    "growth": Part("Growth", growth_part, lambda found: bool(found.settings.growth)),
    "matrix": Part("Group on group", matrix_part, lambda found: found.settings.matrix),
    "sources": Part("Sources", sources_part, lambda found: found.settings.sources),
    "known": Part("Known examples", forgetting_part, has_known),
    "cost": Part("Time", seconds_part),
}


def picked(listed: list[ValidationSettings]) -> ValidationSettings | None:
    """The validation of the address, or else the one begun last."""
    by_address = {settings.address: settings for settings in listed}
    asked = address.get("validation")
    if asked in by_address:
        return by_address[asked]
    return listed[0] if listed else None


def validation_control(listed: list[ValidationSettings], shown: ValidationSettings) -> None:
    """Which of several validations is looked at."""
    titles = {settings.address: validation_title(settings) for settings in listed}
    key = "validation looked at"
    widget_state.show(key, shown.address)
    st.selectbox(
        "Validation",
        list(titles),
        key=key,
        format_func=titles.get,
        on_change=widget_state.writer("validation", key),
        label_visibility="collapsed",
        width=420,
    )


def no_held_out(run: Run) -> None:
    """What is missing, and the ways to give it."""
    st.info(
        "This run has no held-out examples, so there is nothing to measure a tuned model on.",
        icon=":material/info:",
    )
    if st.button("Give held-out examples", type="primary", icon=":material/arrow_forward:"):
        go("prepare/data")
    st.caption(
        "On the Data page: a file of their own, or a share of the pool set aside. On the command"
        f" line: `delift validate {run.folder} --held-out FILE`, or `--hold-out 20%`."
    )


def findings_part(run: Run, validation: Validation) -> None:
    """The sentence of a finished validation, and what it found part by part."""
    found = cached_validation.findings(validation)
    sentence_part(ValidateView(run, found, validation.rate))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        part = part_control(found)
        rate = rate_control(found.settings) if part.by_rate else validation.rate
    part.draw(ValidateView(run, found, rate))


def part_control(found: Findings) -> Part:
    """Which part of the findings is shown, of those that were measured."""
    offered = [name for name, part in PARTS.items() if part.is_there(found)]
    if address.get("validation_part") not in offered:
        address.forget("validation_part")
    widget_state.bound(
        st.segmented_control,
        "Show",
        "validation_part",
        offered,
        format_func=lambda name: PARTS[name].title,
        required=True,
    )
    return PARTS[address.get("validation_part")]


run, chosen = need_choice("Validate")
stored = cached_validation.stored(run)
shown = picked(stored.sound)
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Validate")
    if len(stored.sound) > 1:
        validation_control(stored.sound, shown)
for sentence in stored.damaged:
    st.warning(literal(sentence), icon=":material/healing:")
if run.held_out is None:
    no_held_out(run)
else:
    setup_panel(run, chosen, is_open=shown is None)
if shown is None:
    st.stop()
validation = or_stop(lambda: cached_validation.opened(run, shown))
if not work_panel(run, validation).models:
    findings_part(run, validation)
