"""Where the verdicts of a run are, told without opening anything."""

import os
from pathlib import Path

FILE = "audit.sqlite"                    # in the run folder
DATABASE = "DELIFT_DATABASE"             # environment variable: the URL of a database that several machines share


def database_of(folder: Path) -> str:
    """The URL of the database that keeps the verdicts of the run in a folder."""
    return os.environ.get(DATABASE) or f"sqlite:///{Path(folder) / FILE}"


def has_log(folder: Path) -> bool:
    """Whether there may be verdicts of a run."""
    return bool(os.environ.get(DATABASE)) or (Path(folder) / FILE).exists()
