"""A data set on the Hugging Face hub becomes raw rows.

Its code is never run, and a hub out of reach is refused at once.
"""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from urllib.request import getproxies

from delift_core.data.folders import rows_of_loaded
from delift_core.data.rows import RawRows
from delift_core.errors import MissingSplit, UnreachableDataset

HUB_TIMEOUT = 10  # seconds the hub may take to accept a connection
WEB_ADDRESS = "https://huggingface.co/datasets/"
DATA_SUFFIX = re.compile(
    r"\.(jsonl?|ndjson|csv|tsv|txt|parquet|gz|zip|xlsx?|arrow)$", re.IGNORECASE
)
MODEL_ID = re.compile(r"(?=.{1,96}$)\w[\w.-]*(/\w[\w.-]*)?")
_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*(/[^/\s]+){0,2}")


def is_hub_id(source: str) -> bool:
    """Whether a name reads as owner/name, owner/name/config or owner/name/config/split."""
    source = source.removeprefix(WEB_ADDRESS)
    return bool(_ID.fullmatch(source)) and not DATA_SUFFIX.search(source)


def read_hub(source: str, config: str | None, split: str | None, revision: str | None) -> RawRows:
    """Rows of owner/name, owner/name/config or owner/name/config/split.

    Raises MissingSplit where one of several parts has to be named, UnreachableDataset otherwise.
    """
    import datasets

    owner, name, *parts = source.removeprefix(WEB_ADDRESS).split("/")
    repository = f"{owner}/{name}"
    config_in_id, split_in_id = (*parts, None, None)[:2]
    config = config or config_in_id
    split = split or split_in_id
    with quiet(datasets), _offline_unless(hub_answers()):
        try:
            loaded = datasets.load_dataset(repository, config, split=split, revision=revision)
        except (OSError, ValueError, RuntimeError) as error:
            raise _refusal(repository, error) from error
    label = f"{repository}/{config}" if config else repository
    return rows_of_loaded(loaded, f"{label} ({split})" if split else label, None)


def _refusal(repository: str, error: Exception) -> MissingSplit | UnreachableDataset:
    message = str(error).strip() or type(error).__name__
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return MissingSplit(
            f"{repository}: {' '.join(str(error).split())}. Name one with config=... or split=..."
        )
    return UnreachableDataset(
        f"{repository}: there is no file or folder of this name here, and as a Hugging Face data"
        f" set it cannot be loaded ({message.splitlines()[0]}). Check the spelling, the network"
        " and, for a private data set, that you are logged in."
    )


def hub_answers() -> bool:
    """Whether anything listens at the hub's address, or a proxy stands before it.

    If not, only the local cache is used, at once.
    """
    from huggingface_hub import constants

    if {"http", "https", "all"} & set(getproxies()):
        return True
    address = urlsplit(constants.ENDPOINT)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        socket.create_connection((address.hostname, port), HUB_TIMEOUT).close()
    except OSError:
        return False
    return True


@contextmanager
def _offline_unless(reachable: bool) -> Iterator[None]:
    """Keep `datasets` from trying a hub that does not answer five more times."""
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
def quiet(datasets) -> Iterator[None]:
    """No progress bars from inside the engine."""
    were_shown = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if were_shown:
            datasets.enable_progress_bars()
