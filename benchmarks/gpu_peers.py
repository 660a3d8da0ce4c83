"""Other ways to score the same pairs on the same card."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch

from benchmarks import scoring_peers as peers
from benchmarks.gpu_setting import (
    Card,
    TileWork,
    mixed_examples,
    seconds_of,
    warmed_seconds,
)
from delift_core.scoring.pairs import scorer_for

AUTHORS = "authors' procedure, padded by 32"
TIMES_WANTED = 10  # ours against the authors' procedure

WAYS: dict[str, Callable[[torch.nn.Module, peers.Columns], np.ndarray]] = {
    AUTHORS: peers.reference,
    "one at a time": peers.one_at_a_time,
    "padded by 64, cached": partial(peers.padded, size=64),
    "sorted, padded by 64, cached": partial(peers.padded, size=64, by_length=True),
}


def race(card: Card, precision: str) -> Iterator[str]:
    """The table of one precision: pairs a second, and how far utilities are from ours."""
    sizes = card.sizes
    examples = mixed_examples(card).examples[: sizes.answered + sizes.shown]
    work = TileWork.of(scorer_for(card.load(precision)), examples, sizes)
    seconds, (utilities, _, _) = warmed_seconds(card, work.score)
    ours = work.pairs / seconds
    network = card.load(precision, for_tuning=True).network
    yield from (
        f"{len(work.task.answered)} answered, {len(work.task.shown)} shown.",
        "",
        "| way | pairs a second | ours against it | largest difference |",
        "|---|---:|---:|---:|",
        f"| ours | {ours:,.1f} | 1.00 | |",
    )
    columns = work.columns[: sizes.shown_to_others]
    for name, way in WAYS.items():
        way(network, [prompts[:2] for prompts in columns])  # chooses its kernels
        seconds, distance = seconds_of(card, way, network, columns)
        rate = distance.size / seconds
        others = work.task.alone.distance[:, None] - distance  # (answered, shown)
        largest = np.abs(utilities[:, : len(columns)] - others).max()
        yield f"| {name} | {rate:,.1f} | {ours / rate:.2f} | {largest:.1e} |"
        if name == AUTHORS:
            times = ours / rate
    yield from ("", f"{times:.1f} times the authors' procedure; {TIMES_WANTED} are wanted.")
