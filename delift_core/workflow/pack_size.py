"""When the model runs out of memory: the run remembers a smaller pack, and whoever scores it next
uses that by itself.

    jobs/score/pack.json      device -> tokens of one pack, half of what did not fit
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from delift_core.errors import refusing_when_out_of_memory
from delift_core.files import read_json, write_json

if TYPE_CHECKING:
    from delift_core.scoring.model import CausalModel

LEAST = 32  # tokens of the smallest pack that is tried


def pack_tokens(folder: Path, device: str) -> int | None:
    """Tokens of one pack on a device that the run in a folder is to be scored with; None where it
    never ran out of memory.
    """
    found = (read_json(remembered(folder)) or {}).get(device)
    return found if isinstance(found, int) and found >= LEAST else None


@contextmanager
def within_memory(folder: Path, model: "CausalModel") -> Iterator[None]:
    """Have a want of memory remembered by the run in a folder, and raise OutOfMemory with what the
    next try will be.
    """
    with refusing_when_out_of_memory(
        lambda what: f"{folder}: the model ran out of memory ({what}). {next_try(folder, model)}"
    ):
        yield


def next_try(folder: Path, model: "CausalModel") -> str:
    """Halve the pack, if it can be, and say so."""
    from delift_core.scoring.packing import LINE_TOKENS

    now = model.pack_tokens or LINE_TOKENS[model.device]
    if now // 2 < LEAST:
        return (
            f"Packs of {now} tokens are the smallest: end other programs, choose another device, or"
            " start a new run with a shorter context."
        )
    known = read_json(remembered(folder)) or {}
    write_json({**known, model.device: now // 2}, remembered(folder))
    return (
        f"What is finished is kept. Start again: packs of {now // 2} tokens instead of {now} will"
        " be tried."
    )


def remembered(folder: Path) -> Path:
    """Where a run keeps how large a pack may be."""
    return Path(folder) / "jobs" / "score" / "pack.json"
