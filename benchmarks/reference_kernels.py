"""Kernels of which every pair is scored: of the demo, of two files, and what a GPU scored.

They are kept in build/bench.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from benchmarks.rows import ROOT
from delift_core.data.example import Dataset
from delift_core.data.readers import read_dataset
from delift_core.runs.integrity import missing_work
from delift_core.runs.run import Run
from delift_core.runs.store import bundled_run, create_run, list_runs
from delift_core.scoring.kernel import Alone, UtilityKernel
from delift_core.scoring.pair_sampling import PairSample
from delift_core.workflow.score import score_missing

WORKSPACE = ROOT / "build" / "bench"
GPU_WORKSPACE = WORKSPACE / "gpu"  # of benchmarks/gpu.py
DATA = ROOT.parent / "shared" / "data"
FILES = ("rg_dev_240.jsonl", "dev_mix_200.jsonl")
ROWS = 100  # of a file
LEAST = 32  # rows of a square worth measuring


@dataclass(frozen=True, eq=False)
class ReferenceKernel:
    """A square kernel of which every pair is scored."""

    name: str
    planes: np.ndarray  # (3, n, n)
    alone: np.ndarray  # (n,) distances
    embedding: np.ndarray  # (n, width)

    @property
    def size(self) -> int:
        return len(self.alone)

    def kernel(self, sample: PairSample | None = None) -> UtilityKernel:
        """The kernel as a plan would have left it: without the pairs that are not in the sample."""
        planes = self.planes  # (3, n, n)
        if sample is not None:
            planes = np.where(sample.mask, planes, np.nan)
        column_major = np.asfortranarray(planes.transpose(1, 2, 0)).transpose(2, 0, 1)
        return UtilityKernel.from_planes(column_major, self.as_alone, True, sample)

    @property
    def as_alone(self) -> Alone:
        """The pass alone, as far as a kernel reads it."""
        absent = np.zeros(0)
        return Alone(self.alone, absent, absent, absent, absent, self.embedding)

    @cached_property
    def similarity(self) -> np.ndarray:
        """(n, n) of the whole kernel."""
        return self.kernel().similarity()

    def value(self, chosen: np.ndarray) -> float:
        """The facility location of a choice on the whole kernel."""
        return float(self.similarity[:, chosen].max(axis=1).sum(dtype=np.float64))

    @cached_property
    def whole(self) -> float:
        """The facility location of the whole pool."""
        return float(self.similarity.max(axis=1).sum(dtype=np.float64))


def reference_kernels(stored: bool) -> Iterator[ReferenceKernel | str]:
    """The demo's kernel, those of the files and of a GPU, or a sentence about one not scored far.

    stored: whether nothing is scored now.
    """
    yield reference_kernel("demo", bundled_run())
    for file in FILES:
        name, run = file.removesuffix(".jsonl"), None
        if (DATA / file).exists():
            run = scored_run(DATA / file, stored)
        yield kernel_or_reason(name, run)
    for run in list_runs(GPU_WORKSPACE):
        yield kernel_or_reason(Path(run.pool.source).stem, run)


def kernel_or_reason(name: str, run: Run | None) -> ReferenceKernel | str:
    """The kernel of a run, or a line of the report where too few of its pairs are scored."""
    pairs, wanted = 0, ROWS**2
    if run is not None:
        pairs, wanted = scored_pairs(run), run.pairs("pool_pool")
    if pairs >= LEAST**2:
        kernel = reference_kernel(name, run)
        if kernel.size >= LEAST:
            return kernel
    return not_measured(name, pairs, wanted)


def not_measured(name: str, pairs: int, wanted: int = ROWS**2) -> str:
    """A line of the report for a kernel of which too few pairs are scored."""
    return f"- {name}: not measured yet, {pairs:,} of {wanted:,} pairs scored"


def scored_pairs(run: Run) -> int:
    """Pairs of the pool's kernel that are stored."""
    missing = sum(tile.pairs for tile in run.missing("pool_pool"))
    return sum(tile.pairs for tile in run.tiles("pool_pool")) - missing


def scored_run(file: Path, stored: bool) -> Run | None:
    """The run of a file's rows: scored to its end, or as it is stored; None where there is none."""
    pool = read_dataset(file, limit=ROWS, seed=0, near_duplicates="keep")
    earlier = stored_run(pool)
    if stored or (earlier and "pool_pool" in earlier.complete()):
        return earlier
    from delift_core.scoring.model import load_model

    model = load_model("bundled", device="cpu")
    run = create_run(WORKSPACE, {"pool": pool}, model.record, "chat")
    for _, tile in score_missing(missing_work(run, ["pool_pool"]), model):
        print(
            f"{file.name}: scored up to column {tile.columns.stop} of {len(pool)}",
            file=sys.stderr,
            flush=True,
        )
    return run


def stored_run(pool: Dataset) -> Run | None:
    """The run of every pair of a pool, None where there is none."""
    for run in list_runs(WORKSPACE):
        if run.plan.is_all and run.pool.text_fingerprint == pool.text_fingerprint:
            return run
    return None


def reference_kernel(name: str, run: Run) -> ReferenceKernel:
    """The largest square of the first rows and columns of which every tile is stored."""
    starts = [max(tile.rows.start, tile.columns.start) for tile in run.missing("pool_pool")]
    size = min(starts, default=len(run.pool))
    planes = np.full((3, *run.shape("pool_pool")), np.nan, np.float32)
    for tile in run.tiles("pool_pool"):
        planes[:, tile.rows, tile.columns] = run.read_tile("pool_pool", tile)
    alone = run.alone("pool")
    return ReferenceKernel(
        name, planes[:, :size, :size], alone.distance[:size], alone.embedding[:size]
    )
