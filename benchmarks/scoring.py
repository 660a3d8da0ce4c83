"""Measure scoring beside other ways to do it and write benchmarks/SCORING.md: python -m
benchmarks.scoring, or make bench.
"""

import json
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import transformers
from scipy.stats import spearmanr

from benchmarks import peers
from benchmarks.rows import ROOT, facts, load, print_and_keep
from benchmarks.selection import said
from delift_core.data.example import Dataset, Example
from delift_core.data.readers import read_dataset
from delift_core.runs.store import bundled_run
from delift_core.scoring.kernel import Alone, UtilityKernel
from delift_core.scoring.model import CausalModel, load_model
from delift_core.scoring.model_files import BUNDLED_NAME, bundled_folder
from delift_core.scoring.packing import LEAST_SAVED, PACK_TOKENS, PackedModel
from delift_core.scoring.pairs import (
    KernelTask,
    Scorer,
    score_alone,
    score_tile,
    score_utilities,
    scorer_for,
)
from delift_core.scoring.plan import ANSWERED_BLOCK, Tile
from delift_core.scoring.precision import MEASURED, Precision
from delift_core.scoring.prefixes import NONE, shared_prefixes
from delift_core.scoring.prompts import Prompt
from delift_core.scoring.throughput import token_counts
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location

REPORT = Path(__file__).with_name("SCORING.md")
DEMO, OTHERS = (
    ROOT / "delift_core/data/bundled/pool.jsonl",
    (
        "rg_dev_240.jsonl",
        "dev_mix_200.jsonl",
        "p3_common_gen_Put_together.jsonl",
    ),
)
ANSWERED, SHOWN, FEW = 48, 8, 1  # of the demo; shown ones of other data
SIZES, SQUARE = (32, 64, 128), 64  # pools that grow; of a pool scored in every precision
BATCHES = (8, 16)


@dataclass(frozen=True)
class Setting:
    """What is scored: the same examples, tokens and weights for everybody."""

    name: str
    scorer: Scorer
    plain: torch.nn.Module  # the same network as transformers loads it
    answered: Sequence[Example]
    shown: Sequence[Example]

    @classmethod
    def of(cls, path: Path, shown: int, model: CausalModel, plain: torch.nn.Module) -> "Setting":
        examples = read_dataset(path, limit=ANSWERED + shown, near_duplicates="keep").examples
        return cls(
            path.stem if path != DEMO else "demo",
            scorer_for(model),
            plain,
            examples[:ANSWERED],
            examples[ANSWERED:],
        )

    def columns(self, shown: Example) -> peers.Columns:
        """One column of the kernel as prompts."""
        return [self.scorer.prompter.pairs(shown, self.answered)]


WAYS: dict[str, Callable[[torch.nn.Module, peers.Columns], np.ndarray]] = {
    "reference": peers.reference,
    "one at a time": peers.one_at_a_time,
    "one at a time, cached": peers.one_cached,
    **{
        f"padded by {size}, cached": lambda network, columns, size=size: peers.padded(
            network, columns, size
        )
        for size in BATCHES
    },
    "sorted, padded by 16, cached": lambda network, columns: peers.padded(
        network, columns, 16, by_length=True
    ),
}
SIMPLE = [way for way in WAYS if way not in ("reference", "sorted, padded by 16, cached")]


def clock() -> float:
    """Seconds: of processor time with one thread, so that waiting for a core that others use counts
    for nobody; else of the wall's.
    """
    return time.process_time() if torch.get_num_threads() == 1 else time.perf_counter()


def seconds(work: Callable, *given) -> tuple[float, np.ndarray]:
    begun = clock()
    found = work(*given)
    return clock() - begun, found


# one shown example after the other, everybody in turn


def race(setting: Setting) -> Iterator[str]:
    """Rows of the table: medians over the shown examples, each of which everybody scores before the
    next.
    """
    busy, alone = load(), score_alone(setting.scorer, setting.answered)
    taken, drift = {name: [] for name in ("ours", "limit", *WAYS)}, 0.0
    for example in setting.shown:
        columns = setting.columns(example)
        taken["limit"].append(limit(setting.scorer.model, columns))
        spent, utility = seconds(
            column, setting, setting.answered, example, alone, slice(0, ANSWERED)
        )
        taken["ours"].append(spent)
        for name, way in WAYS.items():
            spent, distance = seconds(way, setting.plain, columns)
            taken[name].append(spent)
            drift = max(drift, float(np.abs(alone.distance[:, None] - utility - distance).max()))
    yield from told(setting, taken, drift, busy)


def told(
    setting: Setting, taken: dict[str, list[float]], drift: float, busy: float
) -> Iterator[str]:
    """The table of one setting, and its three ratios in words."""
    middle = {name: statistics.median(values) for name, values in taken.items()}
    ratio = {
        name: statistics.median(np.divide(values, taken["ours"])) for name, values in taken.items()
    }
    best = min(SIMPLE, key=middle.get)
    tokens = [tokens_read(setting.columns(example)[0])[0] / ANSWERED for example in setting.shown]
    yield from (
        "",
        (
            f"### {setting.name}: {ANSWERED} answered, {len(setting.shown)} shown,"
            f" {np.mean(tokens):.0f} tokens read a pair, load {busy:.1f}"
        ),
        "",
        "| way | ms a pair | against ours |",
        "|---|---:|---:|",
        *(
            f"| {name} | {1e3 * middle[name] / ANSWERED:.1f} | {ratio[name]:.2f} |"
            for name in taken
        ),
        "",
        (
            f"Against the reference {ratio['reference']:.1f}, against the best of the simple ways"
            f" ({best}) {ratio[best]:.2f}, {ratio['limit']:.0%} of what the machine's matrix"
            f" products allow. Largest difference from any of them: {drift:.1e}."
        ),
    )


# what the machine can do


def limit(model: PackedModel, columns: peers.Columns) -> float:
    """Seconds that one column takes if every product runs as fast as its shape does by itself, and
    nothing else takes any time.

    2 x weights x new tokens for every layer, the output layer on scored tokens, and 4 x width x
    (keys seen) a token and layer for attention.
    """
    prompts, config = columns[0], model.network.config
    (new, seen), scored = tokens_read(prompts), sum(len(prompt.response) for prompt in prompts)
    head = model.network.get_output_embeddings()
    shapes = Counter(
        tuple(part.weight.shape)
        for part in model.network.modules()
        if isinstance(part, torch.nn.Linear) and part is not head
    )
    layers = sum(
        count * 2 * outputs * width * new / rate(outputs, width)
        for (outputs, width), count in shapes.items()
    )
    attention = (
        config.num_hidden_layers
        * 4
        * config.hidden_size
        * seen
        / rate(config.hidden_size, config.hidden_size)
    )
    return layers + attention + 2 * head.weight.numel() * scored / rate(*head.weight.shape)


def tokens_read(prompts: Sequence[Prompt]) -> tuple[int, int]:
    """(tokens that are read, keys that they see in all) where nothing that is shared and worth it
    is read twice.
    """
    prefixes, continues = shared_prefixes(
        [prompt.tokens[:-1] for prompt in prompts], LEAST_SAVED["cpu"]
    )
    spans = [(prefix.end - len(prefix.tokens), prefix.end) for prefix in prefixes]
    spans += [
        (prefixes[at].end if at != NONE else 0, len(prompt.fed))
        for prompt, at in zip(prompts, continues)
    ]
    return sum(end - start for start, end in spans), sum(
        (end * (end + 1) - start * (start + 1)) // 2 for start, end in spans
    )


def rate(outputs: int, width: int, rows: int = PACK_TOKENS["cpu"] // 2) -> float:
    """Operations a second of (rows, width) x (width, outputs) in float32, the faster of torch's two
    ways; the median of some tries.
    """
    states, weight = torch.randn(rows, width), torch.randn(outputs, width)
    found, laid_out = (
        torch.empty(rows, outputs),
        torch.ops.mkldnn._reorder_linear_weight(weight, rows),
    )
    ways = (
        lambda: torch.mm(states, weight.T, out=found),
        lambda: torch.ops.mkldnn._linear_pointwise(states, laid_out, None, "none", [], ""),
    )
    with torch.inference_mode():
        return max(
            2 * rows * width * outputs / statistics.median(seconds(way)[0] for _ in range(7))
            for way in ways
        )


# as the pool grows


def growth(setting: Setting) -> Iterator[str]:
    """Pairs a second of a quarter, half and all of the same examples, every fourth, second and each
    by length, so that they are as long.
    """
    yield from ("", "## As the pool grows", "", "| n | pairs a second |", "|---:|---:|")
    examples = read_dataset(DEMO, limit=SIZES[-1], near_duplicates="keep").examples
    by_length = [
        examples[at]
        for at in np.argsort(token_counts(setting.scorer.prompter, examples), kind="stable")
    ]
    for size in SIZES:
        step = len(by_length) // size
        answered = by_length[step // 2 :: step]
        alone, rates = score_alone(setting.scorer, answered), []
        for example in setting.shown[:4]:
            begun = clock()
            for top in range(0, size, ANSWERED_BLOCK):
                column(
                    setting, answered, example, alone, slice(top, min(top + ANSWERED_BLOCK, size))
                )
            rates.append(size / (clock() - begun))
        yield f"| {size} | {statistics.median(rates):.1f} |"


def column(
    setting: Setting, answered: Sequence[Example], shown: Example, alone: Alone, rows: slice
) -> np.ndarray:
    """(rows,) utilities of one shown example."""
    task = KernelTask(answered, [shown], alone)
    return score_tile(setting.scorer, task, Tile(rows, slice(0, 1)))[0]


PEAK = """
import sys, torch
from pathlib import Path
from benchmarks.scoring import *
torch.set_num_threads(1)
def memory(name):
    return next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name)) / 1024
pool = read_dataset(DEMO, limit=int(sys.argv[1]), near_duplicates="keep")
model = load_model(dtype=sys.argv[2]); weights = sum(weight.numel() * weight.element_size() for weight in model.network.parameters()) / 2**20
scorer = scorer_for(model); copy = getattr(model.network.get_output_embeddings(), "laid_out_weight", torch.empty(0)).numel() * 4 / 2**20
base = memory("RssAnon:"); Path("/proc/self/clear_refs").write_text("5")
pool = pool.examples; alone = score_alone(scorer, pool)
score_tile(scorer, KernelTask(pool, pool, alone), Tile(slice(0, min(64, len(pool))), slice(0, 2)))
print(f"{memory('VmHWM:') - memory('RssFile:') - base:.0f} {weights:.0f} {copy:.0f}")
"""


def memory() -> Iterator[str]:
    """The highest a process reaches beyond the loaded model, at two sizes: a tile is a tile."""
    yield from ("", "## Memory", "")
    for size in (SIZES[0], SIZES[-1]):
        more, weights, copy = said(PEAK, str(size), Precision.FLOAT32)
        yield (
            f"- n = {size}: {more} MB beyond the model's own {weights} MB and the {copy} MB of its"
            " output layer's copy."
        )


# other precisions


def precisions() -> Iterator[str]:
    """What each faster precision gives up, on a square part of the demo's kernel; kept where the
    dashboard and the command line tell it.
    """
    run = bundled_run()
    part, stored = Dataset(run.pool.examples[:SQUARE]), run.kernel("pool_pool")
    exact = replace(
        stored,
        values=stored.values[:SQUARE, :SQUARE],
        pmi=stored.pmi[:SQUARE, :SQUARE],
        truncated=stored.truncated[:SQUARE, :SQUARE],
    )
    found, slow = {}, pace(part, Precision.FLOAT32)
    yield from (
        "",
        "## Precision",
        "",
        "| precision | pairs a second | times float32 | Spearman | largest error | same choice |",
        "|---|---:|---:|---:|---:|---:|",
        f"| float32 | {slow:.1f} | 1.0 | | | |",
    )
    for precision in (Precision.MIXED, Precision.BFLOAT16):
        fast, rounded = (
            pace(part, precision),
            score_utilities(part, model=load_model(dtype=precision)),
        )
        one = found[precision] = {"speed": fast / slow, **agreement(exact, rounded)}
        yield (
            f"| {precision} | {fast:.1f} | {one['speed']:.2f} | {one['spearman']:.4f} |"
            f" {one['largest error']:.4f} | {one['overlap']:.1%} |"
        )
    told = {"model": BUNDLED_NAME, "pairs": SQUARE**2, "against float32": found}
    MEASURED.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def pace(part: Dataset, precision: str) -> float:
    """Pairs a second, the median over some columns."""
    model = load_model(dtype=precision)
    setting = Setting("", scorer_for(model), model.network, part.examples, part.examples[:4])
    alone = score_alone(setting.scorer, part.examples)
    return len(part) / statistics.median(
        seconds(column, setting, part.examples, example, alone, slice(0, len(part)))[0]
        for example in setting.shown
    )


def agreement(exact: UtilityKernel, rounded: UtilityKernel) -> dict[str, float]:
    """Ranks of rows less their mean, without the diagonal; the largest error; what two choices have
    in common, over budgets of 10 to 50 %.
    """
    apart = ~np.eye(len(exact.values), dtype=bool)
    # (answered, shown) each
    values = [np.where(apart, one.values, np.nan) for one in (exact, rounded)]
    first, second = (one - np.nanmean(one, axis=1, keepdims=True) for one in values)
    orders = [
        maximise(facility_location(one.similarity()), 0.5).indices for one in (exact, rounded)
    ]
    shares = [
        len(set(orders[0][:count]) & set(orders[1][:count])) / count
        for count in range(len(apart) // 10, len(apart) // 2 + 1)
    ]
    return {
        "spearman": float(spearmanr(first[apart], second[apart]).statistic),
        "largest error": float(np.abs(values[0] - values[1])[apart].max()),
        "overlap": statistics.mean(shares),
    }


def lines() -> Iterator[str]:
    """The report, as it comes."""
    yield from ("# Scoring, measured", "", *facts(), f"- {BUNDLED_NAME}, float32")
    model = load_model()
    plain = transformers.AutoModelForCausalLM.from_pretrained(
        bundled_folder(), dtype=torch.float32, trust_remote_code=False
    ).eval()
    demo = Setting.of(DEMO, SHOWN, model, plain)
    shared = [file for name in OTHERS if (file := ROOT.parent / "shared" / "data" / name).exists()]
    yield from ("", "## One thread, processor time")
    for setting in (demo, *(Setting.of(file, FEW, model, plain) for file in shared)):
        yield from race(setting)
    yield from growth(demo)
    yield from precisions()
    yield from memory()
    torch.set_num_threads(os.cpu_count())
    yield from ("", f"## {os.cpu_count()} threads, wall time")
    yield from race(replace(demo, shown=demo.shown[: SHOWN // 2]))


def main() -> None:
    torch.set_num_threads(1)
    print_and_keep(lines(), REPORT)


if __name__ == "__main__":
    main()
