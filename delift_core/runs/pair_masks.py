"""Which pairs of a kernel a plan scores, as a Parquet file: one row per answered example."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa

from delift_core.runs.tables import read_table, refusing_damage, write_table
from delift_core.scoring.pair_sampling import PairSample
from delift_core.scoring.plan import PlanKind


def write_pair_sample(sample: PairSample, path: Path) -> None:
    """A bit for every shown example, the stratum, and the weight where rows are sampled."""
    bits = [row.tobytes() for row in np.packbits(sample.mask, axis=1)]
    columns = {"pairs": pa.array(bits, pa.binary()), "stratum": sample.stratum}
    if sample.weights is not None:
        columns["weight"] = sample.weights
    metadata = {"shape": json.dumps(sample.mask.shape)}
    write_table(pa.table(columns).replace_schema_metadata(metadata), path)


def read_pair_sample(path: Path, kind: PlanKind, shape: tuple[int, int]) -> PairSample:
    """The pair sample of a kernel. shape: (answered, shown). Raises DamagedRun."""
    with refusing_damage(path):
        table, (answered, shown) = read_table(path), shape
        if json.loads((table.schema.metadata or {}).get(b"shape", "null")) != [answered, shown]:
            raise ValueError("it holds another kernel's pairs")
        # (answered, bytes)
        packed = np.frombuffer(b"".join(table["pairs"].to_pylist()), np.uint8).reshape(answered, -1)
        # (answered, shown)
        mask = np.asfortranarray(np.unpackbits(packed, axis=1, count=shown).astype(bool))
        weights = None
        if "weight" in table.column_names:
            weights = table["weight"].to_numpy()
        return PairSample(kind, mask, table["stratum"].to_numpy(), weights)
