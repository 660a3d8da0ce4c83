"""Where the seconds of one tile go, by torch's profiler, and where the host waits for the card."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import torch
from torch.autograd import DeviceType
from torch.profiler import ProfilerActivity, profile

from benchmarks.gpu_models import LoadModel, tile_of
from benchmarks.gpu_setting import Card, TileWork, warmed_seconds

KINDS = {  # what is done -> operators of torch; the first that matches counts
    "attention": re.compile(r"attention"),
    "matrix products": re.compile(r"::(mm|addmm|bmm|baddbmm|_linear_pointwise|mkldnn_linear)$"),
    "copies and layout": re.compile(
        r"::(copy_|_to_copy|cat|clone|contiguous|index\w*|gather|scatter\w*|arange|fill_|zero_|"
        r"masked_fill\w*|repeat_interleave|nonzero|cumsum|embedding|where)$|^Mem(cpy|set)"
    ),
}
OTHERS = "norms, activations, softmax and the rest"
HOST = "waiting for the host"
WAITS = ("cudaStreamSynchronize", "cudaEventSynchronize", "cudaDeviceSynchronize")
PLACES = 5  # at most that are named


def breakdown(card: Card, load: LoadModel) -> Iterator[str]:
    """The table of one tile of a model: seconds by kind of work, and the waits of the host."""
    work = tile_of(card, load(card))
    seconds, _ = warmed_seconds(card, work.score)
    by_kind, calls = profiled(card, work)
    by_kind[HOST] = max(0.0, seconds - by_kind.total())
    yield from (
        f"{work.pairs:,} pairs, {seconds:.2f} s without the profiler.",
        "",
        "| work | seconds | share |",
        "|---|---:|---:|",
    )
    for kind, taken in by_kind.most_common():
        yield f"| {kind} | {taken:.3f} | {taken / by_kind.total():.1%} |"
    yield ""
    yield waits_sentence(card, work, calls)


def profiled(card: Card, work: TileWork) -> tuple[Counter[str], int]:
    """(kind of work -> seconds of the device, calls of the host that wait for it) of one tile."""
    activities = [ProfilerActivity.CPU]
    if card.device == "cuda":
        activities.append(ProfilerActivity.CUDA)
    with profile(activities=activities) as recorded:
        work.score()
    by_kind: Counter[str] = Counter()
    calls = 0
    for operator in recorded.key_averages():
        if operator.key in WAITS:
            calls += operator.count
        elif operator.device_type == DeviceType.CPU:  # an operator, not a kernel that it started
            by_kind[kind_of(operator.key)] += microseconds(card, operator) / 1e6
    return by_kind, calls


def microseconds(card: Card, operator) -> float:
    """What the device spent on an operator itself, not on those that it calls."""
    if card.device == "cuda":
        return operator.self_device_time_total
    return operator.self_cpu_time_total


def kind_of(operator: str) -> str:
    """The kind of work of an operator."""
    for kind, names in KINDS.items():
        if names.search(operator):
            return kind
    return OTHERS


def waits_sentence(card: Card, work: TileWork, calls: int) -> str:
    """How often the host waits within a tile, and where in the code."""
    if card.device != "cuda":
        return "There is no card: the host waits for nothing."
    places = waiting_places(work)
    named = ", ".join(f"{place} {count} times" for place, count in places.most_common(PLACES))
    return (
        f"The host waits for the card {places.total()} times within the tile ({named}); the profile"
        f" counts {calls} calls that wait, those of the profiler included."
    )


def waiting_places(work: TileWork) -> Counter[str]:
    """file:line -> how often the host waits there for the card while a tile is scored."""
    before = torch.cuda.get_sync_debug_mode()
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        try:
            work.score()
        finally:
            torch.cuda.set_sync_debug_mode(before)
    waits = [warning for warning in noted if "synchronizing CUDA" in str(warning.message)]
    return Counter(f"{Path(wait.filename).name}:{wait.lineno}" for wait in waits)
