"""A kernel of dev_mix with every pair scored on the card, kept for measuring plans."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.gpu_setting import Card, mixed_examples, seconds_of
from benchmarks.reference_kernels import GPU_WORKSPACE, reference_kernel, scored_pairs
from benchmarks.rows import ROOT
from delift_core.runs.integrity import MissingWork, missing_work
from delift_core.runs.run import Run
from delift_core.runs.store import create_run
from delift_core.scoring.model import CausalModel
from delift_core.scoring.plan import Tile
from delift_core.scoring.precision import Precision
from delift_core.scoring.templates import template_name
from delift_core.workflow.score import score_missing

KERNEL = "pool_pool"
RESERVE = 10.0  # seconds that stay for the end of the report


def kept_kernel(card: Card) -> Iterator[str]:
    """The table of what was scored in the time that was left, and stored."""
    pool = mixed_examples(card)
    model = card.load(Precision.FLOAT32)
    template = template_name("auto", model.tokenizer)
    with workspace_of(card) as (workspace, place):
        run = create_run(workspace, {"pool": pool}, model.record, template)
        before = scored_pairs(run)
        seconds, _ = seconds_of(card, score_while_time_is_left, card, run, model)
        pairs = scored_pairs(run) - before
        kernel = reference_kernel(Path(pool.source).stem, run)
    yield from (
        "| rows of | pairs scored now | pairs a second | rows of the complete square | kept in |",
        "|---|---:|---:|---:|---|",
        (
            f"| {kernel.name} | {pairs:,} | {pairs / seconds:,.1f} |"
            f" {kernel.size:,} of {len(pool):,} | {place} |"
        ),
    )


def score_while_time_is_left(card: Card, run: Run, model: CausalModel) -> None:
    """Score and store missing tiles in the order in which their square grows."""
    tiles = missing_work(run, [KERNEL]).tiles[KERNEL]
    work = MissingWork(run, {KERNEL: sorted(tiles, key=square_of)})
    for _ in score_missing(work, model):
        if card.seconds_left < RESERVE:
            return


def square_of(tile: Tile) -> int:
    """Rows of the square, from the first pair on, that a tile ends in."""
    return max(tile.rows.stop, tile.columns.stop)


@contextmanager
def workspace_of(card: Card) -> Iterator[tuple[Path, str]]:
    """(workspace, what the table says of it): one that stays, or none where nothing is measured."""
    if card.is_measured:
        yield GPU_WORKSPACE, str(GPU_WORKSPACE.relative_to(ROOT))
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder), "nothing: the path was tried"
