"""What a validation says: the sentence with its interval, and the numbers beside it."""

from collections.abc import Iterator

import streamlit as st

from delift_core.runs.run import Run
from delift_core.units import counted, whole_percent
from delift_core.validation.evidence import Evidence
from delift_core.validation.settings import ValidationSettings
from delift_core.validation.tuners.options import tuner_text
from delift_core.validation.tuners.register import TUNERS
from delift_core.validation.validations import selections_tried
from delift_core.validation.verdict import nats
from delift_core.wording import other_model_line
from pages.deliver.validate_view import ValidateView
from pages.session import cached_validation
from pages.session.cached_validation import arm_title
from pages.widgets.literal import literal

IMPROVED_HELP = "Those with a lower loss than after random selections."
FLOOR_HELP = (
    "Standard deviation of the loss over random selections, in nats: what chance alone does to it."
)
DETECTABLE_HELP = (
    "2.8 standard errors: a true difference of so many nats is found in about four of five"
    " validations as large as this one; a smaller one is found less often."
)
BEYOND_HELP = (
    "The first interval is of other examples of these groups. The second draws the groups by chance"
    " as well: what is known of others like them."
)
TRIED_HELP = (
    "So many different selections were measured in the finished validations of this run. The more"
    " are tried, the more likely one is better by chance."
)


def sentence_part(view: ValidateView) -> None:
    """The sentence in large type, whatever it says; what it is about; the numbers beside it."""
    help = BEYOND_HELP if view.found.main.beyond else None
    st.header(literal(view.found.sentence), help=help)
    st.caption(literal(about(view.settings, view.found.main)))
    with st.container(horizontal=True, gap="medium"):
        for text, help in figures(view.run, view.found.main):
            st.markdown(text, help=help, width="content")
    other_model(view)


def about(settings: ValidationSettings, evidence: Evidence) -> str:
    """What was tuned on what, and what it was measured on."""
    chosen, design = settings.chosen[settings.selection], settings.design
    tuner = tuner_text(TUNERS[settings.tuner], settings.options)
    parts = [
        f"{arm_title(settings.selection)}, {counted(len(chosen), 'example')}",
        f"model {settings.model['name']}, {tuner}, {counted(design.epochs, 'epoch')}",
        f"learning rate {settings.learning_rates[0]:g}",
        f"{counted(design.seeds, 'seed')} beside {counted(design.random, 'random selection')}",
        f"loss of {counted(len(evidence.scored), 'held-out example')}",
    ]
    return " · ".join(parts)


def figures(run: Run, evidence: Evidence) -> Iterator[tuple[str, str]]:
    """(text, what it means) of each number beside the sentence."""
    difference = evidence.differences[evidence.selection]
    improved = whole_percent(difference.improved)
    yield f"**{improved}** of held-out examples improved", IMPROVED_HELP
    yield f"Noise floor **{nats(evidence.noise_floor)}**", FLOOR_HELP
    yield f"Found in four of five **{nats(difference.detectable)}**", DETECTABLE_HELP
    tried = selections_tried(run, cached_validation.stored(run).sound)
    if tried > 1:
        yield f"**{tried}** selections tried", TRIED_HELP


def other_model(view: ValidateView) -> None:
    """That another model was tuned than the one that scored, where that is so."""
    scored, tuned = view.run.record["model"]["name"], view.settings.model["name"]
    if scored != tuned:
        st.warning(literal(other_model_line(scored, tuned)), icon=":material/warning:")
