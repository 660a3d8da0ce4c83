"""Tiles scored in other processes: what they are given, and what they check before the first.

A tile depends on nothing but its texts, the model and the template. So a task carries the texts of
its tile, and a worker loads the model once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
import transformers

import delift_core
from delift_core.errors import ChangedModel
from delift_core.executors.work import Advance, Perform, Task, Work
from delift_core.runs.record import SCORING, recorded_model
from delift_core.scoring.kernel import Alone
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pair_lists import rows_in
from delift_core.scoring.pairs import KernelTask, Scorer, score_tile, scorer_for
from delift_core.scoring.plan import Tile, plan_of
from delift_core.scoring.threads import use_threads
from delift_core.scoring.throughput import memory_in_use
from delift_core.workflow.models import ModelOptions, load

ROOMS = ("data", "scoring")  # whose code the scores of a tile depend on


@dataclass(frozen=True)
class WorkerSetup:
    """How a worker gets ready to score the tiles of a run."""

    options: ModelOptions
    pack_tokens: int | None
    threads: int | None
    record: Mapping  # of the run
    identity: Mapping[str, object]  # of the driver


def tile_work(
    setup: WorkerSetup, model: CausalModel, perform: Callable[[KernelTask, Advance], np.ndarray]
) -> Work:
    """The work of a run's tiles. perform: scores one in this process, with its model."""
    gpus = int(model.device == "cuda")
    return Work(perform, partial(open_tiles, setup), memory_in_use("cpu"), gpus)


def tile_task(name: str, task: KernelTask, tile: Tile) -> Task:
    """One tile of a kernel, with all that it depends on."""
    rows, columns = tile.rows, tile.columns
    title = (
        f"{name}, answered examples {rows.start + 1} to {rows.stop} behind shown ones"
        f" {columns.start + 1} to {columns.stop}"
    )
    return Task((name, tile), title, part_of(task, tile))


def part_of(task: KernelTask, tile: Tile) -> KernelTask:
    """A tile as a task of its own; of a tile of lists with the rows that it scores alone."""
    mask, shown = task.mask, task.shown[tile.columns]
    if mask is not None:
        mask = mask[tile.rows, tile.columns]  # (rows, columns)
    if mask is None or isinstance(mask, np.ndarray):
        return KernelTask(task.answered[tile.rows], shown, alone_of(task.alone, tile.rows), mask)
    rows, lists = rows_in(mask)
    answered = [task.answered[row] for row in rows.tolist()]
    return KernelTask(answered, shown, alone_of(task.alone, rows), lists)


def alone_of(alone: Alone, rows: slice | np.ndarray) -> Alone:
    """The pass over some rows, without the embeddings."""
    parts = {name: values[rows] for name, values in vars(alone).items()}
    return Alone(**{**parts, "embedding": parts["embedding"][:, :0]})  # (rows, 0)


def score_part(scorer: Scorer, part: KernelTask, advance: Advance) -> np.ndarray:
    """(3, rows, columns) of a task that is one tile, (3, pairs) of lists."""
    whole = Tile(slice(0, len(part.answered)), slice(0, len(part.shown)))
    return score_tile(scorer, part, whole, advance)


def open_tiles(setup: WorkerSetup) -> Perform:
    """What scores tiles in a worker. Raises ChangedModel where it would score otherwise."""
    use_threads(setup.threads)
    model = replace(load(setup.options, setup.options.device), pack_tokens=setup.pack_tokens)
    refuse_different(setup.identity, scoring_identity(model, setup.record))
    return partial(score_part, scorer_for(model, setup.record["template"]))


def scoring_identity(model: CausalModel, record: Mapping) -> dict[str, object]:
    """What the scores of a tile depend on besides its texts, each under what it is called."""
    written = repr(model.tokenizer.chat_template).encode()
    return {
        "model": recorded_model(model.record, record["template"]),
        "device": model.device,
        "chat template": sha256(written).hexdigest(),
        "plan": plan_of(record).record,
        "version of scoring": SCORING,
        "code of delift_core": code_digest(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }


def code_digest() -> str:
    """sha256 of the modules that scores depend on."""
    digest = sha256()
    root = Path(delift_core.__file__).parent
    for file in sorted(file for room in ROOMS for file in (root / room).rglob("*.py")):
        digest.update(f"{file.relative_to(root)}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def refuse_different(expected: Mapping[str, object], here: Mapping[str, object]) -> None:
    """Raise ChangedModel where a worker differs from the driver in what scores depend on."""
    different = [name for name in expected if here.get(name) != expected[name]]
    if different:
        name = different[0]
        raise ChangedModel(
            f"its {name} is {here.get(name)}, and the run is scored with {expected[name]}. Put the"
            " same there, or take it out of the cluster, and start again; what is finished is kept."
        )
