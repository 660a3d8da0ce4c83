"""Which pairs of a kernel a plan scores, as a Parquet file: one row per answered example.

It holds a bit for every shown example, or the positions of those of a plan by number.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from delift_core.runs.tables import read_table, refusing_damage, write_table
from delift_core.scoring.pair_sampling import PairSample
from delift_core.scoring.plan import PlanKind


def write_pair_sample(sample: PairSample, path: Path) -> None:
    """The pairs, the stratum, and the weight where rows are sampled."""
    pairs = bits_of(sample.mask) if sample.is_dense else lists_of(sample.mask)
    columns = {"pairs": pairs, "stratum": sample.stratum}
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
        pairs = table["pairs"].combine_chunks()
        read = mask_of_lists if pa.types.is_list(pairs.type) else mask_of_bits
        mask, weights = read(pairs, (answered, shown)), None  # (answered, shown)
        if "weight" in table.column_names:
            weights = table["weight"].to_numpy()
        return PairSample(kind, mask, table["stratum"].to_numpy(), weights)


def bits_of(mask: np.ndarray) -> pa.Array:
    """A bit for every shown example of each row."""
    return pa.array([row.tobytes() for row in np.packbits(mask, axis=1)], pa.binary())


def mask_of_bits(bits: pa.Array, shape: tuple[int, int]) -> np.ndarray:
    """(answered, shown) bool."""
    # (answered, bytes)
    packed = np.frombuffer(b"".join(bits.to_pylist()), np.uint8).reshape(shape[0], -1)
    return np.asfortranarray(np.unpackbits(packed, axis=1, count=shape[1]).astype(bool))


def lists_of(mask: Any) -> pa.Array:
    """The shown examples of each row, in order. mask: (answered, shown) CSC."""
    rows = mask.tocsr()  # (answered, shown)
    return pa.ListArray.from_arrays(rows.indptr.astype(np.int32), rows.indices.astype(np.int32))


def mask_of_lists(lists: pa.Array, shape: tuple[int, int]) -> Any:
    """(answered, shown) CSC bool. Raises ValueError for a position that is none."""
    from scipy.sparse import csr_array

    indices = lists.flatten().to_numpy()  # (pairs,)
    rows = csr_array((np.ones(len(indices), bool), indices, lists.offsets.to_numpy()), shape=shape)
    rows.check_format(full_check=True)
    return rows.tocsc()
