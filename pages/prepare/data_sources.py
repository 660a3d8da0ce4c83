"""Where examples come from, and the job that reads them.

A source is a file sent by the browser, a path on this machine, or a Hugging Face id.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import psutil
import streamlit as st

from delift_core.files import digest_of, read_json
from delift_core.jobs import jobs
from delift_core.jobs.requests import ReadRequest
from delift_core.scoring.kernel_names import HELD_OUT
from delift_core.scoring.plan import NUMBERS
from pages.server.allowed_paths import data_source, hub_source
from pages.session import address, current
from pages.session.uploads import store_upload
from pages.widgets.refusals import show_refusals

UPLOAD, PATH, HUB = "Upload a file", "A path on this machine", "A Hugging Face id"
SUFFIXES = ["jsonl", "json", "csv", "tsv", "parquet", "txt"]
# 10 000 pairs on two cores take the bundled model about twenty minutes
PAIRS_PER_CORE = 4  # a second
NIGHT = 8 * 3600  # seconds
STEP = 100  # rows to which the cap is rounded


def default_limit() -> int:
    """The row cap offered: what this machine scores in a night with so many pairs an example."""
    pairs = PAIRS_PER_CORE * (psutil.cpu_count() or 1) * NIGHT
    return max(STEP, pairs // NUMBERS[0] // STEP * STEP)


def source_controls(role: str) -> Mapping | None:
    """The source of the job `read`, without its options; None until a person has named one.

    A refusal is shown in place of the source.
    """
    with show_refusals():
        kind = st.segmented_control(
            "From", [UPLOAD, PATH, HUB], default=UPLOAD, key=f"{role} from", required=True
        )
        return {UPLOAD: upload_control, PATH: path_control, HUB: hub_controls}[kind](role)
    return None


def upload_control(role: str) -> Mapping | None:
    """A file of the browser."""
    sent = st.file_uploader("JSONL, JSON, CSV, TSV or Parquet", type=SUFFIXES, key=f"{role} upload")
    if sent is None:
        return None
    return {"source": str(store_upload(sent)), "name": Path(sent.name).name}


def path_control(role: str) -> Mapping | None:
    """A path on this machine. Raises OutsideRoots and UnreadableFile."""
    path = st.text_input("File or folder", key=f"{role} path", placeholder="/data/pool.jsonl")
    return {"source": data_source(path.strip())} if path.strip() else None


def hub_controls(role: str) -> Mapping | None:
    """A data set of the Hugging Face hub. Raises OutsideRoots."""
    with st.container(horizontal=True):
        name = st.text_input("Data set", key=f"{role} hub", placeholder="owner/name").strip()
        details = {
            field: st.text_input(field.capitalize(), key=f"{role} {field}", placeholder="usual one")
            for field in ("config", "split", "revision")
        }
    if not name:
        return None
    named = {field: value.strip() for field, value in details.items() if value.strip()}
    return {"source": hub_source(name), **named}


def start_reading(role: str, arguments: Mapping) -> None:
    """Start reading the examples of a role; the address names the job from now on."""
    source = Path(arguments["source"]).expanduser()
    content = digest_of(source) if source.is_file() else None
    request = ReadRequest.from_arguments(arguments)
    request = replace(request, workspace=current.workspace(), source_digest=content)
    folder = request.folder
    # a folder or the hub may hold something else by now
    if content is None or not (folder / "dataset" / "examples.parquet").exists():
        jobs.start(request)
    if role == "pool":
        # another pool is another run; a target or known examples join this one's pool
        address.forget("run", *address.RUN_FIELDS)
    if role == HELD_OUT:
        address.forget(*address.HOLD_OUT_FIELDS)
    address.put(**{role: f"datasets/{folder.name}"})


def read_arguments(folder: Path) -> dict:
    """The arguments a dataset was read with."""
    return (read_json(folder / "spec.json") or {}).get("arguments", {})
