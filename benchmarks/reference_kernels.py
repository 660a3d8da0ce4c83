"""Kernels that are known whole: the demo's, and those of two files of data, scored once and kept in
build/bench.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from benchmarks.rows import ROOT
from delift_core.data.readers import read_dataset
from delift_core.runs.integrity import missing_work
from delift_core.runs.run import Run
from delift_core.runs.store import bundled_run, create_run, list_runs
from delift_core.scoring.kernel import Alone, UtilityKernel
from delift_core.scoring.pair_sampling import PairSample
from delift_core.workflow.score import score_missing

WORKSPACE, DATA = ROOT / "build" / "bench", ROOT.parent / "shared" / "data"
FILES, ROWS = ("rg_dev_240.jsonl", "dev_mix_200.jsonl"), 100
LEAST = 32  # rows of a square worth measuring


@dataclass(frozen=True, eq=False)
class World:
    """A kernel that is known whole."""

    name: str
    planes: np.ndarray  # (3, n, n)
    alone: np.ndarray  # (n,) distances
    embedding: np.ndarray  # (n, width)

    @property
    def size(self) -> int:
        return len(self.alone)

    def kernel(self, drawn: PairSample | None = None) -> UtilityKernel:
        """The kernel as a plan would have left it."""
        planes = self.planes if drawn is None else np.where(drawn.mask, self.planes, np.nan)
        nothing = np.zeros(0)
        alone = Alone(self.alone, nothing, nothing, nothing, nothing, self.embedding)
        return UtilityKernel.from_planes(
            np.asfortranarray(planes.transpose(1, 2, 0)).transpose(2, 0, 1), alone, True, drawn
        )

    @cached_property
    def similarity(self) -> np.ndarray:
        return self.kernel().similarity()  # (n, n)

    def value(self, chosen: np.ndarray) -> float:
        """What a choice is worth on the whole kernel."""
        return float(self.similarity[:, chosen].max(axis=1).sum(dtype=np.float64))

    @cached_property
    def whole(self) -> float:
        return float(self.similarity.max(axis=1).sum(dtype=np.float64))


def worlds(stored: bool) -> Iterator[World | str]:
    """The demo, and what lies in the folder of data; a sentence instead about what is not there or
    not scored far enough.
    """
    yield world_of("demo", bundled_run())
    for file in FILES:
        name, run = (
            file.removesuffix(".jsonl"),
            (scored(DATA / file, stored) if (DATA / file).exists() else None),
        )
        if run is None or (found := world_of(name, run)).size < LEAST:
            pairs = (
                sum(tile.pairs for tile in run.tiles("pool_pool"))
                - sum(tile.pairs for tile in run.missing("pool_pool"))
                if run
                else 0
            )
            yield f"- {name}: not measured yet, {pairs:,} of {ROWS**2:,} pairs scored"
        else:
            yield found


def scored(file: Path, stored: bool) -> Run | None:
    """The run of a file's rows, scored as far as it is to be."""
    pool = read_dataset(file, limit=ROWS, seed=0, near_duplicates="keep")
    found = next(
        (
            run
            for run in list_runs(WORKSPACE)
            if run.plan.is_all and run.pool.text_fingerprint == pool.text_fingerprint
        ),
        None,
    )
    if stored or (found and "pool_pool" in found.complete()):
        return found
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


def world_of(name: str, run: Run) -> World:
    """The largest square of the first rows and columns of which every tile is stored."""
    whole = min(
        (max(tile.rows.start, tile.columns.start) for tile in run.missing("pool_pool")),
        default=len(run.pool),
    )
    planes = np.full((3, *run.shape("pool_pool")), np.nan, np.float32)
    for tile in run.tiles("pool_pool"):
        planes[:, tile.rows, tile.columns] = run.read_tile("pool_pool", tile)
    alone = run.alone("pool")
    return World(name, planes[:, :whole, :whole], alone.distance[:whole], alone.embedding[:whole])
