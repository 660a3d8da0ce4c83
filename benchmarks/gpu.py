"""Measure scoring on a GPU, beginning no part after eight minutes, and write benchmarks/GPU.md.

python -m benchmarks.gpu, on a machine with a CUDA card. --device cpu --small tries the whole path
with a few examples, prints the report and writes nothing.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
import transformers

from benchmarks.gpu_agreement import differences, precisions
from benchmarks.gpu_attention import kinds
from benchmarks.gpu_kernel import kept_kernel
from benchmarks.gpu_models import bundled_model, random_model, random_model_lines
from benchmarks.gpu_peers import race
from benchmarks.gpu_profile import breakdown
from benchmarks.gpu_setting import Card, card_facts, free_memory
from benchmarks.rows import facts, print_and_write
from delift_core.errors import first_line_of
from delift_core.scoring.precision import Precision

REPORT = Path(__file__).with_name("GPU.md")
MINUTES = 8.0


@dataclass(frozen=True)
class Part:
    """A section of the report."""

    title: str
    least: float  # seconds it is not begun without, on a card
    lines: Callable[[Card], Iterator[str]]


RANDOM = "1B, random weights, bfloat16"
MODELS = {"bundled model, float32": bundled_model, RANDOM: partial(random_model, name="1B")}
PARTS = (
    Part("Difference from the CPU, float32", 30, differences),
    Part("Precision", 40, precisions),
    Part("Other ways on the same card, float32", 40, partial(race, precision=Precision.FLOAT32)),
    Part("Other ways on the same card, bfloat16", 40, partial(race, precision=Precision.BFLOAT16)),
    Part(RANDOM, 25, partial(random_model_lines, name="1B")),
    Part("8B, random weights, bfloat16", 40, partial(random_model_lines, name="8B")),
    *(
        Part(f"Where the time goes: {name}", 20, partial(breakdown, load=load))
        for name, load in MODELS.items()
    ),
    *(
        Part(f"Kinds of attention: {name}", 60, partial(kinds, load=load))
        for name, load in MODELS.items()
    ),
    Part("A kernel for measuring plans", 30, kept_kernel),
)


def report_lines(card: Card) -> Iterator[str]:
    """The report, line by line as it is measured."""
    yield from ("# Scoring on a GPU, measured", "", *facts("python -m benchmarks.gpu"))
    yield f"- transformers {transformers.__version__}"
    yield from card_facts(card)
    for part in PARTS:
        yield from part_lines(part, card)


def part_lines(part: Part, card: Card) -> Iterator[str]:
    """A section, or one sentence where the time does not suffice or the part fails."""
    yield from ("", f"## {part.title}", "")
    start, left = time.monotonic(), card.seconds_left
    if left < part.least:
        yield f"Left out: it needs {part.least:.0f} s, and {max(left, 0):.0f} s were left."
        return
    try:
        yield from part.lines(card)
    except Exception as reason:  # noqa: BLE001  (of a driver, a compiler: the others go on)
        yield from ("", f"Not finished: {first_line_of(reason)}.")
    free_memory(card)
    yield from ("", f"Took {time.monotonic() - start:.0f} s of the {left:.0f} s left.")


def card_of(arguments: Sequence[str]) -> Card:
    """What is measured, from the command line. Ends with a sentence where there is no card."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--small", action="store_true", help="try the path, write nothing")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for all parts together")
    chosen = parser.parse_args(arguments)
    if chosen.device == "cuda" and not torch.cuda.is_available():
        sys.exit(
            "This machine has no CUDA device. Run it on one that has, or try the path with --device"
            " cpu --small."
        )
    return Card(chosen.device, chosen.small, time.monotonic() + 60 * chosen.minutes)


def main(arguments: Sequence[str]) -> None:
    card = card_of(arguments)
    if card.is_measured:
        print_and_write(report_lines(card), REPORT)
        return
    for line in report_lines(card):
        print(line, flush=True)
    print("Nothing is written: these are not figures of a GPU with as many examples as it needs.")


if __name__ == "__main__":
    main(sys.argv[1:])
