"""What of this machine the dashboard opens by a name that somebody typed: what lies under the
folders its owner named in the environment.

The library and the command line open any folder: whoever calls them is this machine's user. A page
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


def model_source(typed: str) -> str:
    """The model that a name means: the bundled one, a Hugging Face id, or the real path of a folder
    under a root. Raises OutsideRoots.
    """
    if typed == BUNDLED:
        return typed
    if found := under_a_root(typed, MODELS):
        return str(found)
    if MODEL_ID.fullmatch(typed) and not is_here(typed, MODELS):
        return typed
    raise OutsideRoots(
        f"{typed}: neither a Hugging Face id (owner/name) nor a folder that the dashboard may open."
        f" Start it with {MODELS} set to the folder your models are in, or score on the command"
        " line: delift run --model FOLDER."
    )


def data_source(typed: str) -> str:
    """The file or folder that a typed path means.

    Without roots any, as long as nobody but this machine's user comes in.

    Raises OutsideRoots; and UnreadableFile where nothing is, which is told of what would lie under
    a root alone.
    """
    if found := under_a_root(typed, DATA):
        return str(found)
    if lacks(typed, DATA):
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
    if is_hub_id(id) and not is_here("/".join(id.split("/")[:2]), DATA):
        return id
    raise OutsideRoots(f"{typed}: not a Hugging Face id. Give it as owner/name.")


def roots(variable: str) -> list[Path]:
    """The folders an environment variable names, by their real paths."""
    return [
        Path(root).expanduser().resolve()
        for root in os.environ.get(variable, "").split(os.pathsep)
        if root.strip()
    ]


def under_a_root(typed: str, variable: str) -> Path | None:
    """The real path of what is there under a root by that name, absolute or from the root; None for
    all that leads out of it, by links too.
    """
    allowed = roots(variable)
    try:
        for path in (Path(root, os.path.expanduser(typed)).resolve() for root in allowed):
            if (
                is_inside(path, allowed)
                and path.exists()
                and all(is_inside(one, allowed) for one in path.rglob("*"))
            ):
                return path
    except (OSError, ValueError, RuntimeError):  # a name that is no path at all
        return None
    return None


def lacks(typed: str, variable: str) -> bool:
    """Whether a name can lead nowhere but under a root, from whichever one it is read, and nothing
    is there.
    """
    try:
        places = [Path(root, os.path.expanduser(typed)).resolve() for root in roots(variable)]
        return bool(places) and all(
            is_inside(path, roots(variable)) and not path.exists() for path in places
        )
    except (OSError, ValueError, RuntimeError):  # a name that is no path at all
        return False


def is_here(typed: str, variable: str) -> bool:
    """Whether a name is also one of this machine's: of a folder and an id of the same name the
    folder would be opened.
    """
    return any(os.path.lexists(Path(place, typed)) for place in (".", *roots(variable)))


def is_inside(path: Path, allowed: list[Path]) -> bool:
    return any(path.resolve().is_relative_to(root) for root in allowed)
