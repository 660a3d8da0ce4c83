"""`delift app`: finds the dashboard, in a checkout or installed, and becomes its server."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import delift_core
from delift_core.errors import DeliftError

# environment variables that name folders
FOLDERS = ("DELIFT_WORKSPACE", "DELIFT_MODELS", "DELIFT_DATA")


def serve(streamlit_options: Sequence[str]) -> NoReturn:
    """Replace this process by `streamlit run app.py`, run in the dashboard's folder.

    Raises DeliftError where the dashboard is not installed.
    """
    folder = dashboard_folder()
    # Relative folders mean what they meant where the command was given.
    for variable in FOLDERS:
        if folders := os.environ.get(variable):
            absolute = map(os.path.abspath, folders.split(os.pathsep))
            os.environ[variable] = os.pathsep.join(absolute)
    os.chdir(folder)  # Streamlit reads .streamlit/config.toml of the folder that it runs in
    streamlit = [sys.executable, "-m", "streamlit", "run", "app.py"]
    os.execv(sys.executable, [*streamlit, *streamlit_options])


def dashboard_folder() -> Path:
    """The folder that holds app.py: `delift_dashboard` of a wheel, or the checkout.

    Raises DeliftError where there is neither.
    """
    parent = Path(delift_core.__file__).parents[1]
    for folder in (parent / "delift_dashboard", parent):
        if (folder / "app.py").exists():
            return folder
    raise DeliftError(
        f"{parent / 'app.py'} is not there: this installation lacks the dashboard. Install the"
        " project's wheel, or clone the project and run: make app"
    )
