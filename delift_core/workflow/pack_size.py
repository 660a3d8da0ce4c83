"""The size of packs that a run remembers after the model ran out of memory, for the next try.

jobs/score/pack.json      device -> tokens of one pack, half of what did not fit
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from delift_core.errors import refusing_when_out_of_memory
from delift_core.files import read_json, write_json
from delift_core.runs.folders import job_folder
from delift_core.scoring.pack_sizes import LEAST_PACK

if TYPE_CHECKING:
    from delift_core.scoring.model import CausalModel
    from delift_core.scoring.packing import ReadyModel


def pack_tokens(folder: Path, device: str) -> int | None:
    """Most tokens of one pack on a device for the run in a folder; None: never out of memory."""
    tokens = (read_json(pack_size_path(folder)) or {}).get(device)
    if isinstance(tokens, int) and tokens >= LEAST_PACK:
        return tokens
    return None


def with_remembered_packs(folder: Path, model: "CausalModel") -> "CausalModel":
    """The same model, in packs no larger than the run in a folder remembers."""
    tokens = pack_tokens(folder, model.device)
    if tokens is None:
        return model
    return replace(model, pack_tokens=tokens)


@contextmanager
def within_memory(folder: Path, model: "ReadyModel") -> Iterator[None]:
    """Raise OutOfMemory for a want of memory, and have the run remember a smaller pack."""
    with refusing_when_out_of_memory(
        lambda cause: f"{folder}: the model ran out of memory ({cause}). {next_try(folder, model)}"
    ):
        yield


def next_try(folder: Path, model: "ReadyModel") -> str:
    """Remember half the pack, where it can be halved, and return the advice for the next try."""
    now = model.pack_tokens
    if now is None:
        return (
            "Each sequence is read by itself already: end other programs, choose another device, or"
            " start a new run with a shorter context."
        )
    if now // 2 < LEAST_PACK:
        return (
            f"Packs of {now} tokens are the smallest: end other programs, choose another device, or"
            " start a new run with a shorter context."
        )
    known = read_json(pack_size_path(folder)) or {}
    write_json({**known, model.device: now // 2}, pack_size_path(folder))
    return (
        f"What is finished is kept. Start again: packs of {now // 2} tokens instead of {now} will"
        " be tried."
    )


def pack_size_path(folder: Path) -> Path:
    """The file in which a run remembers how large a pack may be."""
    return job_folder(folder, "score") / "pack.json"
