"""Kinds of attention on the same packs: rows gathered for SDPA, and FlexAttention on the line."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.flex_attention import flex_packs
from benchmarks.gpu_models import LoadModel, tile_of
from benchmarks.gpu_setting import Card, warmed_seconds
from delift_core.scoring.pairs import Scorer


def kinds(card: Card, load: LoadModel) -> Iterator[str]:
    """The table of one model: pairs a second of a tile, and how far the answers are apart.

    Both utility and information: with random weights every probability is near 0, and only the
    second tells.
    """
    work = tile_of(card, load(card))
    seconds, gathered = warmed_seconds(card, work.score)
    with flex_packs(work.scorer.model) as flexible:
        flex_work = replace(work, scorer=Scorer(flexible, work.scorer.prompter))
        flex_seconds, on_line = warmed_seconds(card, flex_work.score)
    largest = np.abs(on_line[:2] - gathered[:2]).max()
    yield from (
        "| attention | pairs a second | times the first | largest difference |",
        "|---|---:|---:|---:|",
        f"| rows gathered, SDPA | {work.pairs / seconds:,.1f} | 1.00 | |",
        (
            f"| FlexAttention on the line | {work.pairs / flex_seconds:,.1f} |"
            f" {seconds / flex_seconds:.2f} | {largest:.1e} |"
        ),
    )
