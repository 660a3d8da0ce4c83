"""The files, data sets and models that the dashboard opens by a typed name.

Local ones lie under the folders that the environment variables DELIFT_MODELS and DELIFT_DATA name.
The library and the command line open any folder, since their caller is this machine's user; a page
may be sent by anybody who has a link.
"""

import os
from pathlib import Path

from delift_core.data.hub import MODEL_ID, WEB_ADDRESS, is_hub_id
from delift_core.errors import OutsideRoots, UnreadableFile
from pages.server.login import is_shared

# environment variables: folders, separated as in PATH
MODELS, DATA = "DELIFT_MODELS", "DELIFT_DATA"
BUNDLED = "bundled"
NO_PATH = (OSError, ValueError, RuntimeError)  # raised for a name that is no path at all


def model_source(typed: str) -> str:
    """The model that a name means.

    The bundled one, a Hugging Face id, or the real path of a folder under a root. Raises
    OutsideRoots.
    """
    if typed == BUNDLED:
        return typed
    path = path_under_roots(typed, MODELS)
    if path:
        return str(path)
    if MODEL_ID.fullmatch(typed) and not is_local_name(typed, MODELS):
        return typed
    raise OutsideRoots(
        f"{typed}: neither a Hugging Face id (owner/name) nor a folder that the dashboard may open."
        f" Start it with {MODELS} set to the folder your models are in, or score on the command"
        " line: delift run --model FOLDER."
    )


def data_source(typed: str) -> str:
    """The file or folder that a typed path means.

    Without roots it is any path, as long as nobody but this machine's user comes in. Raises
    OutsideRoots, and UnreadableFile for a missing file; only what would lie under a root is said to
    be missing.
    """
    path = path_under_roots(typed, DATA)
    if path:
        return str(path)
    if is_missing_under_roots(typed, DATA):
        raise UnreadableFile(f"{typed}: there is no such file or folder. Check the path.")
    if not roots(DATA) and not is_shared():
        return typed
    raise OutsideRoots(
        f"{typed}: not among the files that the dashboard may open. Upload it, or have the"
        f" dashboard started with {DATA} set to the folder it is in."
    )


def hub_source(typed: str) -> str:
    """A Hugging Face data set by its id, never a path. Raises OutsideRoots."""
    id = typed.removeprefix(WEB_ADDRESS)
    if is_hub_id(id) and not is_local_name("/".join(id.split("/")[:2]), DATA):
        return id
    raise OutsideRoots(f"{typed}: not a Hugging Face id. Give it as owner/name.")


def roots(variable: str) -> list[Path]:
    """The folders an environment variable names, by their real paths."""
    folders = os.environ.get(variable, "").split(os.pathsep)
    return [Path(folder).expanduser().resolve() for folder in folders if folder.strip()]


def candidates(typed: str, allowed: list[Path]) -> list[Path]:
    """The real paths that a typed name means, read from each root."""
    return [Path(root, os.path.expanduser(typed)).resolve() for root in allowed]


def path_under_roots(typed: str, variable: str) -> Path | None:
    """The real path of an existing file or folder under a root; None where the name leads out.

    A folder in which anything links outside the roots is refused as a whole.
    """
    allowed = roots(variable)
    try:
        for path in candidates(typed, allowed):
            if is_inside(path, allowed) and path.exists() and holds_only_inside(path, allowed):
                return path
    except NO_PATH:
        return None
    return None


def is_missing_under_roots(typed: str, variable: str) -> bool:
    """Whether a name leads under a root from whichever it is read, and nothing is there."""
    allowed = roots(variable)
    try:
        paths = candidates(typed, allowed)
        missing = [is_inside(path, allowed) and not path.exists() for path in paths]
    except NO_PATH:
        return False
    return bool(missing) and all(missing)


def is_local_name(typed: str, variable: str) -> bool:
    """Whether a name is also a path here: libraries open a folder before an id of the same name."""
    return any(os.path.lexists(Path(folder, typed)) for folder in (".", *roots(variable)))


def is_inside(path: Path, allowed: list[Path]) -> bool:
    """Whether the real path of a file or folder lies under a root."""
    return any(path.resolve().is_relative_to(root) for root in allowed)


def holds_only_inside(folder: Path, allowed: list[Path]) -> bool:
    """Whether everything in a folder, links included, lies under a root."""
    return all(is_inside(path, allowed) for path in folder.rglob("*"))
