"""Measure scoring beside other ways to do it and write benchmarks/SCORING.md.

python -m benchmarks.scoring, or make bench.
"""

import os
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import transformers

from benchmarks.machine_limit import limit_seconds, tokens_read
from benchmarks.processes import module_output
from benchmarks.rows import ROOT, facts, load, print_and_write
from benchmarks.scoring_precision import precisions
from benchmarks.scoring_setting import (
    ANSWERED,
    DEMO,
    SIMPLE,
    WAYS,
    Setting,
    clock,
    score_column,
    timed,
)
from delift_core.data.example import Example
from delift_core.data.readers import read_dataset
from delift_core.scoring.kernel import Alone
from delift_core.scoring.model import load_model
from delift_core.scoring.model_files import BUNDLED_NAME, bundled_folder
from delift_core.scoring.pairs import Scorer, score_alone
from delift_core.scoring.plan import ANSWERED_BLOCK
from delift_core.scoring.precision import Precision
from delift_core.scoring.throughput import token_counts

REPORT = Path(__file__).with_name("SCORING.md")
OTHERS = ("rg_dev_240.jsonl", "dev_mix_200.jsonl", "p3_common_gen_Put_together.jsonl")
SHOWN = 8  # shown examples of the demo
SHOWN_OF_OTHERS = 1
SIZES = (32, 64, 128)  # of a pool that grows


def race(setting: Setting) -> Iterator[str]:
    """The table of one setting: every way scores a shown example before the next one."""
    load_before = load()
    alone = score_alone(setting.scorer, setting.answered)
    rows = slice(0, ANSWERED)
    times: dict[str, list[float]] = {name: [] for name in ("ours", "limit", *WAYS)}
    largest = 0.0
    for example in setting.shown:
        columns = setting.columns(example)
        times["limit"].append(limit_seconds(setting.scorer.model, columns))
        seconds, utility = timed(
            score_column, setting.scorer, setting.answered, example, alone, rows
        )
        times["ours"].append(seconds)
        for name, way in WAYS.items():
            seconds, distance = timed(way, setting.plain, columns)
            times[name].append(seconds)
            difference = np.abs(alone.distance[:, None] - utility - distance)
            largest = max(largest, float(difference.max()))
    yield from race_table(setting, times, largest, load_before)


def race_table(
    setting: Setting, times: dict[str, list[float]], largest: float, load_before: float
) -> Iterator[str]:
    """Medians over the shown examples, and three ratios in words.

    largest: difference of a distance from ours.
    """
    median = {name: statistics.median(values) for name, values in times.items()}
    ratio = {
        name: statistics.median(np.divide(values, times["ours"])) for name, values in times.items()
    }
    best = min(SIMPLE, key=median.get)
    tokens = [tokens_read(setting.columns(example)[0])[0] / ANSWERED for example in setting.shown]
    yield from (
        "",
        (
            f"### {setting.name}: {ANSWERED} answered, {len(setting.shown)} shown,"
            f" {np.mean(tokens):.0f} tokens read a pair, load {load_before:.1f}"
        ),
        "",
        "| way | ms a pair | against ours |",
        "|---|---:|---:|",
    )
    for name in times:
        yield f"| {name} | {1e3 * median[name] / ANSWERED:.1f} | {ratio[name]:.2f} |"
    yield from (
        "",
        (
            f"Against the reference {ratio['reference']:.1f}, against the best of the simple ways"
            f" ({best}) {ratio[best]:.2f}, {ratio['limit']:.0%} of what the machine's matrix"
            f" products allow. Largest difference from any of them: {largest:.1e}."
        ),
    )


def growth(setting: Setting) -> Iterator[str]:
    """Pairs a second of a quarter, half and all of the same examples, as long on average."""
    yield from ("", "## As the pool grows", "", "| n | pairs a second |", "|---:|---:|")
    scorer = setting.scorer
    examples = read_dataset(DEMO, limit=SIZES[-1], near_duplicates="keep").examples
    order = np.argsort(token_counts(scorer.prompter, examples), kind="stable")
    by_length = [examples[index] for index in order]
    for size in SIZES:
        step = len(by_length) // size
        answered = by_length[step // 2 :: step]
        alone = score_alone(scorer, answered)
        rates = [
            size / seconds_of_column(scorer, answered, example, alone)
            for example in setting.shown[:4]
        ]
        yield f"| {size} | {statistics.median(rates):.1f} |"


def seconds_of_column(
    scorer: Scorer, answered: Sequence[Example], shown: Example, alone: Alone
) -> float:
    """Seconds of one column, tile by tile."""
    start = clock()
    for top in range(0, len(answered), ANSWERED_BLOCK):
        rows = slice(top, min(top + ANSWERED_BLOCK, len(answered)))
        score_column(scorer, answered, shown, alone, rows)
    return clock() - start


def peak_memory() -> Iterator[str]:
    """The peak of a process beyond the loaded model, at two sizes: a tile is a tile."""
    yield from ("", "## Memory", "")
    for size in (SIZES[0], SIZES[-1]):
        peak, weights, copy = module_output(
            "benchmarks.scoring_memory", str(size), Precision.FLOAT32
        )
        yield (
            f"- n = {size}: {peak} MB beyond the model's own {weights} MB and the {copy} MB of its"
            " output layer's copy."
        )


def report_lines() -> Iterator[str]:
    """The report, line by line as it is measured."""
    yield from ("# Scoring, measured", "", *facts(), f"- {BUNDLED_NAME}, float32")
    model = load_model()
    plain = transformers.AutoModelForCausalLM.from_pretrained(
        bundled_folder(), dtype=torch.float32, trust_remote_code=False
    ).eval()
    demo = Setting.of(DEMO, SHOWN, model, plain)
    yield from ("", "## One thread, processor time")
    yield from race(demo)
    for name in OTHERS:
        file = ROOT.parent / "shared" / "data" / name
        if file.exists():
            yield from race(Setting.of(file, SHOWN_OF_OTHERS, model, plain))
    yield from growth(demo)
    yield from precisions()
    yield from peak_memory()
    torch.set_num_threads(os.cpu_count() or 1)
    yield from ("", f"## {os.cpu_count()} threads, wall time")
    yield from race(replace(demo, shown=demo.shown[: SHOWN // 2]))


def main() -> None:
    torch.set_num_threads(1)
    print_and_write(report_lines(), REPORT)


if __name__ == "__main__":
    main()
