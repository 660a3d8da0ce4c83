"""Files for trainers on the Export page: what each is told about the file that is downloaded."""

import streamlit as st

from delift_core.errors import NoTrainer
from delift_core.export.trainers import TRAINERS
from delift_core.export.trainers.trainer import TrainedFile, Trainer
from delift_core.export.trainers.writing import name_of
from delift_core.scoring.training_rows import TRL_LENGTH
from delift_core.workflow.export import tuned_model
from pages.deliver.export_files import ExportFiles
from pages.session import cached_training, widget_state
from pages.widgets.literal import literal


def trainer_files(files: ExportFiles) -> None:
    """The text for each trainer beside one another, or why there is none."""
    try:
        file = cached_training.trained_file(
            [files.pool[index] for index in files.indices],
            files.key,
            files.options.file_name,
            files.options.shape,
            tuned_model(files.run),
            int(str(widget_state.value("maximum length", TRL_LENGTH))),
        )
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
