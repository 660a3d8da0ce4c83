"""Where examples come from: a file sent by the browser, a path on this machine, or a Hugging Face
id; and the job that reads them.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import psutil
import streamlit as st

from delift_core.files import beside, digest_of, read_json
from delift_core.jobs import jobs
from pages.server.allowed_paths import data_source, hub_source
from pages.session import state
from pages.widgets.refusals import refusals_told

UPLOAD, PATH, HUB = "Upload a file", "A path on this machine", "A Hugging Face id"
SUFFIXES = ["jsonl", "json", "csv", "tsv", "parquet", "txt"]
# 100 rows on two cores are 10 000 pairs, about twenty minutes of the bundled model
ROWS_PER_CORE = 50


def usual_rows() -> int:
    """The cap offered for this machine: pairs grow with the square of the rows."""
    return ROWS_PER_CORE * (psutil.cpu_count() or 1)


def source_controls(role: str) -> Mapping | None:
    """What to read, once a person has said so: the arguments of the task `read`, without the
    options. A refusal is said in its place.
    """
    with refusals_told():
        return source(role)
    return None


def source(role: str) -> Mapping | None:
    """The controls of one kind of source. Raises OutsideRoots and UnreadableFile."""
    kind = st.segmented_control(
        "From", [UPLOAD, PATH, HUB], default=UPLOAD, key=f"{role} from", required=True
    )
    if kind == UPLOAD:
        sent = st.file_uploader(
            "JSONL, JSON, CSV, TSV or Parquet", type=SUFFIXES, key=f"{role} upload"
        )
        return {"source": str(keep_upload(sent)), "name": Path(sent.name).name} if sent else None
    if kind == PATH:
        path = st.text_input("File or folder", key=f"{role} path", placeholder="/data/pool.jsonl")
        return {"source": data_source(path.strip())} if path.strip() else None
    with st.container(horizontal=True):
        name = st.text_input("Data set", key=f"{role} hub", placeholder="owner/name")
        more = {
            field: st.text_input(field.capitalize(), key=f"{role} {field}", placeholder="usual one")
            for field in ("config", "split", "revision")
        }
    return (
        {
            "source": hub_source(name.strip()),
            **{field: value.strip() for field, value in more.items() if value.strip()},
        }
        if name.strip()
        else None
    )


def keep_upload(sent) -> Path:
    """Store what was sent under the digest of its content: the browser forgets it, and its name is
    not to be trusted as a path.
    """
    content = sent.getvalue()
    file = state.workspace() / "uploads" / hashlib.sha256(content).hexdigest()
    if not file.exists():
        with beside(file) as partial:
            partial.write_bytes(content)
    return file


def read(role: str, arguments: Mapping) -> None:
    """Start reading the examples of a role; the address names the job from now on."""
    source = Path(arguments["source"]).expanduser()
    content = digest_of(source) if source.is_file() else None
    folder = jobs.dataset_job(state.workspace(), arguments, content)
    # a folder or the hub may hold something else by now
    if content is None or not (folder / "dataset" / "examples.parquet").exists():
        jobs.start(folder, "read", arguments)
    if role == "pool":
        # another pool is another run; a target or known examples join this one's pool
        state.forget("run", *state.OF_A_RUN)
    state.put(**{role: f"datasets/{folder.name}"})


def asked_for(folder: Path) -> dict:
    """The arguments a dataset was read with."""
    return (read_json(folder / "spec.json") or {}).get("arguments", {})
