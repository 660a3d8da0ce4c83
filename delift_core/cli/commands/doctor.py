"""`delift doctor`: check versions, device, memory, the bundled model and the workspace."""

import importlib.metadata
import platform
import tempfile
from collections.abc import Iterator

import click

from delift_core.cli.console import Reporter
from delift_core.cli.options.common import reporter_option
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


MEMORY = 2e9  # bytes that the bundled model wants


@click.command("doctor")
@reporter_option
def doctor_command(reporter: Reporter) -> int:
    """Check this machine: versions, device, memory, the bundled model, the workspace."""
    status = 0
    for name, is_fine, sentence in checks():
        verdict = "ok  " if is_fine else "FAIL"
        reporter.say(
            "check", f"{verdict} {name}: {sentence}", name=name, ok=is_fine, found=sentence
        )
        if not is_fine:
            status = 2
    return status


def checks() -> Iterator[tuple[str, bool, str]]:
    """(name, whether it is fine, what was measured) of every check."""
    yield "python", True, f"{platform.python_version()} on {platform.platform()}"
    for package in PACKAGES:
        yield package, *version_of(package)
    yield "memory", *memory()
    yield "device", *device()
    yield "bundled model", *bundled_model()
    yield "workspace", *workspace()


def version_of(package: str) -> tuple[bool, str]:
    """Whether a package is installed, and its version."""
    try:
        return True, importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False, "not installed. Run: pip install -c constraints.txt -e ."


def memory() -> tuple[bool, str]:
    """Whether the bundled model fits into the free memory, and how much there is."""
    import psutil

    free = psutil.virtual_memory().available
    if free > MEMORY:
        return True, f"{size(free)} free"
    return False, f"{size(free)} free. The bundled model wants 2 GB: close something."


def device() -> tuple[bool, str]:
    """The device that `auto` stands for, and the threads of the processor."""
    import torch

    from delift_core.scoring.model import pick_device

    return True, f"{pick_device('auto')}, {torch.get_num_threads()} threads"


def bundled_model() -> tuple[bool, str]:
    """Whether the bundled model is installed, and its file."""
    from delift_core.scoring.model_files import gguf_file

    try:
        return True, gguf_file().name
    except DeliftError as reason:
        return False, str(reason)


def workspace() -> tuple[bool, str]:
    """Whether runs can be written, and where to."""
    from delift_core.runs.store import default_workspace

    folder = default_workspace()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            return True, f"{folder} can be written"
    except OSError as reason:
        sentence = (
            f"{folder} cannot be written ({reason.strerror}). Set DELIFT_WORKSPACE to a folder that"
            " can."
        )
        return False, sentence
