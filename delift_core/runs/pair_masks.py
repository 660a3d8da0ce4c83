"""Which pairs of a kernel a plan scores, as a Parquet file beside its tiles: one row per answered
example.
"""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa

from delift_core.runs.tables import read_table, sound, write_table
from delift_core.scoring.pair_sampling import PairSample
from delift_core.scoring.plan import PlanKind


def write_pair_sample(drawn: PairSample, path: Path) -> None:
    """Per answered example: a bit for every shown one, its stratum, and its weight where rows are
    sampled.
    """
    bits = [row.tobytes() for row in np.packbits(drawn.mask, axis=1)]
    columns = {"pairs": pa.array(bits, pa.binary()), "stratum": drawn.stratum}
    table = pa.table(columns if drawn.weights is None else columns | {"weight": drawn.weights})
    write_table(table.replace_schema_metadata({"shape": json.dumps(drawn.mask.shape)}), path)


def read_pair_sample(path: Path, kind: PlanKind, shape: tuple[int, int]) -> PairSample:
    """What was drawn. shape: (answered, shown). Raises DamagedRun."""
    with sound(path):
        table, (answered, shown) = read_table(path), shape
        if json.loads((table.schema.metadata or {}).get(b"shape", "null")) != [answered, shown]:
            raise ValueError("it holds another kernel's pairs")
        # (answered, bytes)
        packed = np.frombuffer(b"".join(table["pairs"].to_pylist()), np.uint8).reshape(answered, -1)
        # (answered, shown)
        mask = np.asfortranarray(np.unpackbits(packed, axis=1, count=shown).astype(bool))
        return PairSample(
            kind,
            mask,
            table["stratum"].to_numpy(),
            table["weight"].to_numpy() if "weight" in table.column_names else None,
        )
