"""Export: the chosen examples in the shape a trainer reads, with a record of how they came about."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import streamlit as st

from delift_core.errors import DeliftError
from delift_core.export.formats import formats_for
from delift_core.export.manifest import manifest_of, manifest_path
from delift_core.export.shapes import DEFAULT_SHAPE, SHAPES
from delift_core.export.subset import export_rows, export_subset, preview, rejected
from delift_core.report.document import write_report
from delift_core.runs.projections import Projection
from delift_core.runs.selections import save_selection, selection_name
from delift_core.workflow.command_lines import export_command, report_command, select_command
from delift_core.workflow.export import provenance_of
from delift_core.workflow.reselect import dropped, dropped_line
from pages.server.navigation import go
from pages.session import cache, state
from pages.session.verdicts import agreed_verdicts
from pages.widgets.guards import need_choice
from pages.widgets.literal import literal
from pages.widgets.plan_choice import plan_told


def written(name: str, write) -> bytes:
    """What a writer of the library puts into a file."""
    with tempfile.TemporaryDirectory() as folder:
        return write(Path(folder) / name).read_bytes()


def subset(path: Path) -> Path:
    return export_subset(
        run.pool,
        chosen.selection,
        path,
        shape=shape,
        with_rank=rank,
        with_gain=gain,
        verdicts=said,
        without=without,
        manifest=manifest,
    )


def manifest_file(path: Path) -> Path:
    return manifest_path(subset(path))


def rejected_file(path: Path) -> Path:
    return export_rows(
        [run.pool[index] for index in rejected(run.pool, chosen.selection)],
        path,
        shape=shape,
        source=run.pool.source,
    )


def leave_out_dropped(ids: Sequence[str], chosen: int) -> bool:
    """Say which of the chosen were dropped; whether they are to be left out."""
    told = st.container()
    wanted = st.toggle("Leave out the dropped", key="without dropped", persist_state="session")
    told.warning(
        literal(
            f"{dropped_line(ids, chosen, wanted)} To have others chosen in their place, open"
            " Re-select on the Audit"
            f" page.{'' if wanted else ' To export the rest as it is, leave them out here.'}"
        ),
        icon=":material/remove_done:",
    )
    return wanted


def report(path: Path) -> Path:
    return write_report(
        run,
        choice,
        path,
        kernel=lambda name: cache.kernel(run, name),
        objective=chosen.objective,
    )


def report_button() -> None:
    """The report of this choice; the map it holds is worked out by a worker, from the Map page."""
    mapped = cache.projection(run, Projection.EMBEDDING) is not None
    st.download_button(
        "report.html",
        lambda: written("report.html", report),
        "report.html",
        on_click="ignore",
        disabled=not mapped,
        icon=":material/newspaper:",
        help=(
            "One page to show to others: map, curve, heatmap, every chosen example with the reason,"
            " figures to judge it by. It opens with a double click, without a network."
        ),
    )
    if not mapped and st.button(
        "Draw the map for the report",
        icon=":material/scatter_plot:",
        help="The report holds a map, which has not been drawn yet.",
    ):
        state.put(place=str(Projection.EMBEDDING))
        go("inspect/map")


run, chosen = need_choice("Export")
st.title("Export")
st.caption(f"{len(chosen.selection):,} of {len(run.pool):,} examples, in order of choice.")
for sentence in cache.changed_sources(run):
    st.info(literal(sentence), icon=":material/edit_note:")
plan_told(run)
judged = agreed_verdicts(run)
unwanted = dropped(run.pool, chosen.selection, judged)
leave_out = bool(unwanted) and leave_out_dropped(unwanted, len(chosen.selection))
without = unwanted if leave_out else ()
with st.container(horizontal=True, vertical_alignment="bottom"):
    shape = st.segmented_control(
        "Shape",
        list(SHAPES),
        default=DEFAULT_SHAPE,
        format_func=lambda name: SHAPES[name].title,
        required=True,
        key="shape",
        persist_state="session",
    )
    formats = {format.suffix: format for format in formats_for(shape)}
    kind = next(iter(formats))
    if len(formats) > 1:
        kind = st.segmented_control(
            "File",
            list(formats),
            default=kind,
            format_func=lambda suffix: formats[suffix].title,
            required=True,
            key="kind",
            persist_state="session",
        )
    with_fields = formats[kind].allows_extra_columns
    rank = with_fields and st.checkbox("Add the rank", key="with rank", persist_state="session")
    gain = with_fields and st.checkbox("Add the gain", key="with gain", persist_state="session")
    verdict = (
        with_fields
        and bool(judged)
        and st.checkbox("Add the verdict", key="with verdict", persist_state="session")
    )
said = {id: str(one) for id, one in judged.items()} if verdict else None
try:
    rows = preview(
        run.pool,
        chosen.selection,
        shape,
        with_rank=rank,
        with_gain=gain,
        verdicts=said,
        without=without,
    )
except DeliftError as refusal:
    st.error(literal(str(refusal)), icon=":material/error:")
    st.stop()
name, choice = f"subset{kind}", chosen.choice
added = [
    field for field, wanted in (("rank", rank), ("gain", gain), ("verdict", verdict)) if wanted
]
commands = [
    select_command(run.folder, choice),
    export_command(run.folder, selection_name(choice), name, shape, added, leave_out),
]
report_line = report_command(run.folder, selection_name(choice), "report.html")
provenance = replace(
    provenance_of(run, run.datasets, choice),
    command=" && ".join(commands),
    dropped=unwanted,
    left_out=leave_out,
)
manifest = manifest_of(run.pool, chosen.selection, provenance)
with st.container(horizontal=True):
    st.download_button(
        "Download the subset",
        lambda: written(name, subset),
        name,
        type="primary",
        on_click="ignore",
        icon=":material/download:",
    )
    st.download_button(
        "Manifest",
        lambda: written(name, manifest_file),
        f"{name}.manifest.json",
        on_click="ignore",
        icon=":material/description:",
    )
    st.download_button(
        "The rejected",
        lambda: written(f"rejected{kind}", rejected_file),
        f"rejected{kind}",
        on_click="ignore",
        disabled=len(chosen.selection) == len(run.pool),
        icon=":material/remove_done:",
    )
    report_button()
    if st.button("Keep this selection in the run", icon=":material/bookmark:"):
        st.toast(f"Kept as {save_selection(run, choice, chosen.selection).stem}.")
st.subheader("The first rows")
for row in rows:
    st.json(row)
st.subheader("The same from a terminal")
st.code("\n".join([*commands, report_line]), language="bash", wrap_lines=True)
