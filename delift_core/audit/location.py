"""Where the verdicts of a run are and what the run is called there, without opening a database."""

import json
import os
from pathlib import Path

from delift_core.files import digest

FILE = "audit.sqlite"  # in the run folder
# environment variable: the URL of a database that several machines share
DATABASE = "DELIFT_DATABASE"


def has_log(folder: Path) -> bool:
    """Whether there may be verdicts of the run in a folder."""
    return bool(os.environ.get(DATABASE)) or (Path(folder) / FILE).exists()


def is_writable(folder: Path) -> bool:
    """Whether verdicts can be written in a run folder."""
    file = Path(folder) / FILE
    return os.access(folder, os.W_OK | os.X_OK) and (not file.exists() or os.access(file, os.W_OK))


def address_of(folder: Path) -> str:
    """What the run in a folder is called in a database, however its folder is named or spelt.

    The address of its record; the name of the folder where it has none.
    """
    try:
        return digest(json.loads((Path(folder) / "run.json").read_text(encoding="utf-8")))[:16]
    except (OSError, ValueError):
        return Path(folder).resolve().name
