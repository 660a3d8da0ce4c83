"""In which shape, kind of file and with which added fields the chosen examples are exported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from delift_core.export.formats import formats_for
from delift_core.export.formats.format import Format
from delift_core.export.shapes import DEFAULT_SHAPE, SHAPES
from delift_core.workflow.reselect import dropped_line, edited_line
from pages.widgets.literal import literal


@dataclass(frozen=True)
class ExportOptions:
    """How the chosen examples are written."""

    shape: str
    suffix: str
    rank: bool = False
    gain: bool = False
    verdicts: Mapping[str, str] | None = None  # example id -> verdict, where they are added
    weight: bool = False

    @property
    def file_name(self) -> str:
        """The name of the file that is downloaded."""
        return f"subset{self.suffix}"

    @property
    def added(self) -> list[str]:
        """The fields that are added, as the command line names them."""
        wanted = {
            "rank": self.rank,
            "gain": self.gain,
            "verdict": self.verdicts is not None,
            "weight": self.weight,
        }
        return [field for field, is_wanted in wanted.items() if is_wanted]


def export_options(verdicts: Mapping[str, str]) -> ExportOptions:
    """The controls. verdicts: example id -> what reviewers agree on; empty before there is any."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shape = shape_control()
        format = format_control(shape)
    if not format.allows_extra_columns:
        return ExportOptions(shape, format.suffix)
    with st.container(horizontal=True):
        rank = added_field("rank", "1 for the first chosen.")
        gain = added_field("gain", "What the example added to the objective at its turn.")
        weight = added_field(
            "weight", "How many examples it covers, 1 on average, for trainers that weight rows."
        )
        with_verdict = bool(verdicts) and added_field("verdict", "What reviewers agree on.")
    added = verdicts if with_verdict else None
    return ExportOptions(shape, format.suffix, rank, gain, added, weight)


def shape_control() -> str:
    """The fields of an exported row."""
    return st.segmented_control(
        "Schema",
        list(SHAPES),
        help="The fields of a row, as a trainer expects them.",
        default=DEFAULT_SHAPE,
        format_func=lambda name: SHAPES[name].title,
        required=True,
        key="shape",
        persist_state="session",
    )


def format_control(shape: str) -> Format:
    """The kind of file; without a control where a shape has only one."""
    formats = {format.suffix: format for format in formats_for(shape)}
    suffix = next(iter(formats))
    if len(formats) > 1:
        suffix = st.segmented_control(
            "Format",
            list(formats),
            help="The kind of file that the rows are written to.",
            default=suffix,
            format_func=lambda suffix: formats[suffix].title,
            required=True,
            key="kind",
            persist_state="session",
        )
    return formats[suffix]


def added_field(name: str, help: str) -> bool:
    """Whether a field is added to every row; help: what it holds."""
    return st.checkbox(f"Add {name}", key=f"with {name}", persist_state="session", help=help)


def leave_out_control(dropped: Sequence[str], chosen: int) -> bool:
    """Say which of the chosen were dropped; whether they are left out, as they are by default.

    dropped: ids; chosen: how many examples are chosen.
    """
    note = st.container()
    is_left_out = not st.toggle(
        "Export the dropped all the same", key="with dropped", persist_state="session"
    )
    sentence = dropped_line(dropped, chosen, is_left_out)
    advice = "To have others chosen in their place, open Re-select on the Audit page."
    note.info(literal(f"{sentence} {advice}"), icon=":material/remove_done:")
    return is_left_out


def edits_control(edited: Sequence[str]) -> bool:
    """Say which exported responses were edited; whether the export takes the edits.

    edited: ids.
    """
    note = st.container()
    are_taken = st.toggle("Export edited responses", key="with edits", persist_state="session")
    note.info(literal(edited_line(edited, are_taken)), icon=":material/edit_note:")
    return are_taken
