"""What can be done with all examples of a list: judge, pin, exclude, take away as a file."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import streamlit as st

from delift_core.errors import DeliftError
from delift_core.export.subset import export_rows
from delift_core.runs.run import Run
from pages.session import address
from pages.session.verdicts import judge
from pages.widgets.literal import literal


def example_acts(run: Run, indices: np.ndarray, file: str) -> None:
    """The buttons, side by side in the container around them. file: name of the export."""
    judge_button(run, indices, "keep", "check")
    judge_button(run, indices, "drop", "close")
    ids = tuple(run.pool[index].id for index in indices.tolist())
    st.button(
        "Pin all",
        icon=":material/keep:",
        help="Choose them first from now on.",
        on_click=pin_all,
        args=(ids,),
    )
    st.button(
        "Exclude all",
        icon=":material/block:",
        help="Never choose them from now on.",
        on_click=exclude_all,
        args=(ids,),
    )
    st.download_button(
        "Export",
        lambda: rows_file(run, indices, file),
        file,
        on_click="ignore",
        icon=":material/download:",
        help="Download their original rows as JSONL.",
    )


def judge_button(run: Run, indices: np.ndarray, verdict: str, icon: str) -> None:
    """Gives all of them one verdict."""
    st.button(
        f"Mark all {verdict}",
        icon=f":material/{icon}:",
        on_click=judge_all,
        args=(run, indices, verdict),
    )


def judge_all(run: Run, indices: np.ndarray, verdict: str) -> None:
    """One verdict for all of them, which one undo takes back."""
    try:
        judge(run, indices, verdict)
    except DeliftError as refusal:
        st.toast(literal(str(refusal)), icon=":material/error:", duration="infinite")


def pin_all(ids: Iterable[str]) -> None:
    """Pin examples behind those that are pinned already; none of them is excluded any more."""
    move(ids, "excludes", "pins")


def exclude_all(ids: Iterable[str]) -> None:
    """Exclude examples; none of them is pinned any more."""
    move(ids, "pins", "excludes")


def move(ids: Iterable[str], source: str, target: str) -> None:
    """Put ids on one list of the address and take them off the other."""
    wanted = dict.fromkeys([*address.get(target), *ids])
    rest = tuple(id for id in address.get(source) if id not in wanted)
    address.put(**{target: tuple(wanted), source: rest})


def rows_file(run: Run, indices: np.ndarray, file: str) -> bytes:
    """Their rows in the shape they were loaded in."""
    with tempfile.TemporaryDirectory() as folder:
        examples = [run.pool[index] for index in indices.tolist()]
        return export_rows(examples, Path(folder) / file, source=run.pool.source).read_bytes()
