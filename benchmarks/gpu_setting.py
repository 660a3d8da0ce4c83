"""What a measurement on a GPU works with: the card, the time left, and a tile of examples."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import torch

from benchmarks.processes import process_memory, reset_peak_memory
from benchmarks.reference_kernels import DATA
from benchmarks.scoring_peers import Columns
from benchmarks.scoring_setting import DEMO
from delift_core.data.example import Dataset, Example
from delift_core.data.readers import read_dataset
from delift_core.scoring.model import CausalModel, load_model
from delift_core.scoring.model_files import BUNDLED
from delift_core.scoring.pairs import KernelTask, Scorer, score_alone, score_tile
from delift_core.scoring.plan import Tile

MIX = DATA / "dev_mix.jsonl"  # examples of all lengths from many tasks
TRIES = 7  # of a matrix product
MATRIX = 8192  # rows and columns of the matrices that are multiplied

Result = TypeVar("Result")


@dataclass(frozen=True)
class Sizes:
    """How many examples the parts take."""

    golden: int  # of the golden paper kernel, each behind each
    square: int  # of the demo, each behind each
    answered: int  # rows of a tile
    shown: int  # columns of a tile
    shown_to_others: int  # columns that the other ways to score take
    kernel: int  # rows of the kernel that is kept


FULL = Sizes(golden=12, square=128, answered=256, shown=8, shown_to_others=2, kernel=1000)
SMALL = Sizes(golden=2, square=4, answered=4, shown=2, shown_to_others=1, kernel=6)


@dataclass(frozen=True)
class Card:
    """The device that is measured, and until when."""

    device: str
    is_small: bool  # whether the path is tried, with a few examples, rather than measured
    ends: float  # on the monotonic clock
    model: str = BUNDLED

    @property
    def seconds_left(self) -> float:
        return self.ends - time.monotonic()

    @property
    def sizes(self) -> Sizes:
        if self.is_small:
            return SMALL
        return FULL

    @property
    def is_measured(self) -> bool:
        """Whether the figures are worth a file: of a GPU, with as many examples as it needs."""
        return self.device == "cuda" and not self.is_small

    def load(self, precision: str, **options) -> CausalModel:
        """The model on this device."""
        return load_model(self.model, dtype=precision, device=self.device, **options)


@dataclass(frozen=True, eq=False)
class TileWork:
    """One tile to score: some examples behind each of a few others."""

    scorer: Scorer
    task: KernelTask

    @classmethod
    def of(cls, scorer: Scorer, examples: Sequence[Example], sizes: Sizes) -> "TileWork":
        """The tile of the first examples, read by themselves first."""
        answered = examples[: sizes.answered]
        shown = examples[-sizes.shown :]
        return cls(scorer, KernelTask(answered, shown, score_alone(scorer, answered)))

    @property
    def pairs(self) -> int:
        return len(self.task.answered) * len(self.task.shown)

    @cached_property
    def columns(self) -> Columns:
        """The prompts behind each shown example."""
        pairs = self.scorer.prompter.pairs
        return [pairs(shown, self.task.answered) for shown in self.task.shown]

    def score(self) -> np.ndarray:
        """(3, answered, shown): utility, information, truncated."""
        rows, columns = slice(0, len(self.task.answered)), slice(0, len(self.task.shown))
        return score_tile(self.scorer, self.task, Tile(rows, columns))


def mixed_examples(card: Card) -> Dataset:
    """The first examples of dev_mix, of the shorter demo where that is not here or on trial."""
    path = DEMO
    if MIX.exists() and not card.is_small:
        path = MIX
    return read_dataset(path, limit=card.sizes.kernel, near_duplicates="keep")


def seconds_of(
    card: Card, work: Callable[..., Result], *arguments, **options
) -> tuple[float, Result]:
    """Seconds by the clock until the device is done with a call, and the call's result."""
    synchronise(card)
    start = time.perf_counter()
    result = work(*arguments, **options)
    synchronise(card)
    return time.perf_counter() - start, result


def warmed_seconds(card: Card, work: Callable[[], Result]) -> tuple[float, Result]:
    """The same of the second of two calls, since the first one chooses and compiles what runs.

    Of the only call where the path is tried.
    """
    if not card.is_small:
        work()
    return seconds_of(card, work)


def synchronise(card: Card) -> None:
    """Wait until the device has done all that it was given."""
    if card.device == "cuda":
        torch.cuda.synchronize()


def free_memory(card: Card) -> None:
    """Give back what the part before held."""
    gc.collect()
    if card.device == "cuda":
        torch.cuda.empty_cache()


def forget_peak(card: Card) -> None:
    """Let the peak of memory begin anew."""
    if card.device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    else:
        reset_peak_memory()


def peak_gigabytes(card: Card) -> float:
    """The most memory that the card held since then; without a card, that this process held."""
    if card.device == "cuda":
        return torch.cuda.max_memory_allocated() / 1e9
    return process_memory("VmHWM") * 2**20 / 1e9


def matrix_rate(card: Card, dtype: torch.dtype) -> float:
    """Operations a second of (n, n) x (n, n): the fastest of several tries."""
    size = MATRIX
    if card.is_small:
        size //= 16
    left, right = (torch.randn(size, size, dtype=dtype, device=card.device) for _ in range(2))
    torch.mm(left, right)
    seconds = [seconds_of(card, torch.mm, left, right)[0] for _ in range(TRIES)]
    return 2 * size**3 / min(seconds)


def card_facts(card: Card) -> Iterator[str]:
    """What the device is, as far as torch knows it."""
    if card.device == "cuda":
        card_of = torch.cuda.get_device_properties(0)
        yield (
            f"- {card_of.name}, {card_of.total_memory / 1e9:.0f} GB, compute capability"
            f" {card_of.major}.{card_of.minor}, CUDA {torch.version.cuda}"
        )
    for dtype in (torch.float32, torch.bfloat16):
        name = str(dtype).removeprefix("torch.")
        yield f"- Matrix products in {name}: {matrix_rate(card, dtype) / 1e12:.2f} TFLOP/s"
