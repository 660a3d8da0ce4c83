"""Kinds of attention on the same packs: rows gathered for SDPA, and FlexAttention on the line."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.flex_attention import flex_packs
from benchmarks.gpu_models import random_model, tile_of
from benchmarks.gpu_setting import Card, warmed_seconds
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import Scorer
from delift_core.scoring.precision import Precision


def bundled_kinds(card: Card) -> Iterator[str]:
    """The table of the bundled model in float32."""
    yield from kinds(card, card.load(Precision.FLOAT32))


def random_kinds(card: Card) -> Iterator[str]:
    """The table of the random 1B model in bfloat16."""
    yield from kinds(card, random_model(card, "1B"))


def kinds(card: Card, model: CausalModel) -> Iterator[str]:
    """Pairs a second of a tile by both kinds, and the largest difference of a utility."""
    work = tile_of(card, model)
    seconds, gathered = warmed_seconds(card, work.score)
    with flex_packs(work.scorer.model) as flexible:
        flex_work = replace(work, scorer=Scorer(flexible, work.scorer.prompter))
        flex_seconds, on_line = warmed_seconds(card, flex_work.score)
    yield from (
        f"### {model.name}, {model.dtype}: {work.pairs:,} pairs",
        "",
        "| attention | pairs a second | times the first | largest difference |",
        "|---|---:|---:|---:|",
        f"| rows gathered, SDPA | {work.pairs / seconds:,.1f} | 1.00 | |",
        (
            f"| FlexAttention on the line | {work.pairs / flex_seconds:,.1f} |"
            f" {seconds / flex_seconds:.2f} | {np.abs(on_line - gathered).max():.1e} |"
        ),
    )
