"""The pass over the responses of a role without their prompts, as a Parquet file of the run.

pool/unprompted.parquet     columns log_probability, response_tokens in the order of the examples
"""

from pathlib import Path

import pyarrow as pa

from delift_core.errors import DamagedRun
from delift_core.runs.run import Run
from delift_core.runs.tables import read_table, refusing_damage, write_table
from delift_core.scoring.kernel import Unprompted

MAKE_AGAIN = "Choose by ifd with delift select, which makes it anew, and nothing else."


def unprompted_path(run: Run, role: str) -> Path:
    """The file of the pass over a role's responses without their prompts."""
    return run.role_folder(role) / "unprompted.parquet"


def read_unprompted(run: Run, role: str) -> Unprompted | None:
    """That pass, None where it was not made. Raises DamagedRun."""
    path = unprompted_path(run, role)
    if not path.exists():
        return None
    examples = run.data[role]["examples"]
    with refusing_damage(path, MAKE_AGAIN):
        table = read_table(path, MAKE_AGAIN)
        if len(table) != examples:
            raise ValueError(f"it tells of {len(table)} responses, and there are {examples}")
        return Unprompted(table["log_probability"].to_numpy(), table["response_tokens"].to_numpy())


def has_unprompted(run: Run, role: str) -> bool:
    """Whether that pass is stored and whole."""
    try:
        return read_unprompted(run, role) is not None
    except DamagedRun:
        return False


def write_unprompted(run: Run, role: str, unprompted: Unprompted) -> None:
    """Store that pass."""
    write_table(pa.table(vars(unprompted)), unprompted_path(run, role))
