"""A data set on the Hugging Face hub becomes raw rows; its code is never run, and a hub out of
reach is said at once.
"""

import re
import socket
from contextlib import contextmanager
from urllib.parse import urlsplit
from urllib.request import getproxies

from delift_core.data.folders import from_loaded
from delift_core.data.rows import RawRows
from delift_core.errors import MissingSplit, UnreachableDataset

PATIENCE = 10  # seconds the hub may take to answer the first question
WEB_ADDRESS = "https://huggingface.co/datasets/"
DATA_SUFFIX = re.compile(
    r"\.(jsonl?|ndjson|csv|tsv|txt|parquet|gz|zip|xlsx?|arrow)$", re.IGNORECASE
)
MODEL_ID = re.compile(r"(?=.{1,96}$)\w[\w.-]*(/\w[\w.-]*)?")
_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*(/[^/\s]+){0,2}")


def is_hub_id(source: str) -> bool:
    """Whether a name that is no path here reads as owner/name, with a config and a split behind it
    at most.
    """
    source = source.removeprefix(WEB_ADDRESS)
    return bool(_ID.fullmatch(source)) and not DATA_SUFFIX.search(source)


def read_hub(source: str, config: str | None, split: str | None, revision: str | None) -> RawRows:
    """Rows of owner/name, owner/name/config or owner/name/config/split."""
    owner, name, *named = source.removeprefix(WEB_ADDRESS).split("/")
    repository = f"{owner}/{name}"
    config, split = (
        config or next(iter(named), None),
        split or (named[1] if len(named) > 1 else None),
    )
    import datasets

    with quiet(datasets), _offline_unless(hub_answers()):
        try:
            loaded = datasets.load_dataset(repository, config, split=split, revision=revision)
        except (OSError, ValueError, RuntimeError) as error:
            raise _refusal(repository, error) from error
    label = "/".join(filter(None, [repository, config]))
    return from_loaded(loaded, f"{label} ({split})" if split else label, None)


def _refusal(repository: str, error: Exception) -> MissingSplit | UnreachableDataset:
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return MissingSplit(
            f"{repository}: {' '.join(str(error).split())}. Name one with config=... or split=..."
        )
    return UnreachableDataset(
        f"{repository}: there is no file or folder of this name here, and as a Hugging Face data"
        f" set it cannot be loaded ({reason}). Check the spelling, the network and, for a private"
        " data set, that you are logged in."
    )


def hub_answers() -> bool:
    """Whether anything listens at the hub's address, or a proxy stands before it.

    If not, only the local cache is asked, at once.
    """
    from huggingface_hub import constants

    address = urlsplit(constants.ENDPOINT)
    port = address.port or (443 if address.scheme == "https" else 80)
    if {"http", "https", "all"} & set(getproxies()):
        return True
    try:
        socket.create_connection((address.hostname, port), PATIENCE).close()
    except OSError:
        return False
    return True


@contextmanager
def _offline_unless(reachable: bool):
    """Keep `datasets` from asking a hub that does not answer five more times."""
    import datasets
    from huggingface_hub import constants

    before = datasets.config.HF_HUB_OFFLINE, constants.HF_HUB_OFFLINE
    if not reachable:
        datasets.config.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        datasets.config.HF_HUB_OFFLINE, constants.HF_HUB_OFFLINE = before


@contextmanager
def quiet(datasets):
    """No progress bars from inside the engine."""
    shown = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            datasets.enable_progress_bars()
