"""Is this machine ready? One line per thing that could stand in the way."""

import importlib.metadata
import platform
import tempfile
from collections.abc import Iterator

from delift_core.errors import DeliftError
from delift_core.units import size

PACKAGES = (
    "torch",
    "transformers",
    "datasets",
    "streamlit",
    "plotly",
    "umap-learn",
    "zarr",
    "pyarrow",
    "pandas",
    "numpy",
)


def checks() -> Iterator[tuple[str, bool, str]]:
    """(what, whether it is fine, what was found) of every check."""
    yield "python", True, f"{platform.python_version()} on {platform.platform()}"
    for package in PACKAGES:
        yield package, *version_of(package)
    yield "memory", *memory()
    yield "device", *device()
    yield "bundled model", *bundled_model()
    yield "workspace", *workspace()


def version_of(package: str) -> tuple[bool, str]:
    try:
        return True, importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False, "not installed. Run: pip install -c constraints.txt -e ."


def memory() -> tuple[bool, str]:
    import psutil

    free = psutil.virtual_memory().available
    return free > 2e9, f"{size(free)} free" + (
        "" if free > 2e9 else ". The bundled model wants 2 GB: close something."
    )


def device() -> tuple[bool, str]:
    import torch

    from delift_core.scoring.model import pick_device

    return True, f"{pick_device('auto')}, {torch.get_num_threads()} threads"


def bundled_model() -> tuple[bool, str]:
    from delift_core.scoring.model_files import gguf_file

    try:
        return True, gguf_file().name
    except DeliftError as reason:
        return False, str(reason)


def workspace() -> tuple[bool, str]:
    from delift_core.runs.store import default_workspace

    folder = default_workspace()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            return True, f"{folder} can be written"
    except OSError as reason:
        return (
            False,
            (
                f"{folder} cannot be written ({reason.strerror}). Set DELIFT_WORKSPACE to a folder"
                " that can."
            ),
        )
