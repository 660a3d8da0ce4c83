"""Files for trainers on the Export page: what each is told about the file that is downloaded."""

from collections.abc import Sequence

import streamlit as st

from delift_core.data.example import Example
from delift_core.errors import NoTrainer
from delift_core.export.trainers import TRAINERS
from delift_core.export.trainers.trainer import TrainedFile, Trainer
from delift_core.export.trainers.writing import name_of, trained_file
from delift_core.runs.run import Run
from delift_core.scoring.training_rows import TRL_LENGTH
from delift_core.workflow.export import tuned_model
from pages.deliver.export_options import ExportOptions
from pages.session import widget_state
from pages.widgets.literal import literal


def trainer_files(run: Run, examples: Sequence[Example], options: ExportOptions) -> None:
    """The text for each trainer beside one another, or why there is none."""
    longest = int(str(widget_state.value("maximum length", TRL_LENGTH)))
    model = tuned_model(run)
    try:
        file = trained_file(options.file_name, examples, options.shape, model, longest)
    except NoTrainer as reason:
        st.info(literal(str(reason)), icon=":material/info:")
        return
    for tab, trainer in zip(st.tabs([each.title for each in TRAINERS]), TRAINERS, strict=True):
        with tab:
            trainer_file(trainer, file)


def trainer_file(trainer: Trainer, file: TrainedFile) -> None:
    """One text, how to use it, and its download."""
    name, text = name_of(trainer, file), trainer.text(file)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(trainer.advice)
        st.download_button(
            name, text, name, on_click="ignore", icon=":material/download:", key=f"download {name}"
        )
    st.code(text, language=trainer.language, wrap_lines=True)
