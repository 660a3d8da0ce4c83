"""Run folders of any size with made-up content, written through the store like scored ones.

An example belongs to one of forty topics. How much showing j helps answering i is low-rank (what i
needs times what j offers, topic by topic) plus noise, and shifted so that three pairs in ten are
negative, as in kernels scored with a small model.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa

from delift_core.data.example import Dataset, Example, Turn
from delift_core.runs.projections import Projection, projection_path
from delift_core.runs.run import Run
from delift_core.runs.store import ALL, bundled_run, create_run
from delift_core.runs.tables import write_table
from delift_core.scoring.kernel import Alone
from delift_core.scoring.plan import Plan, Tile

TOPICS = 40  # of the pool
WIDTH = 64  # of a synthetic embedding
NEGATIVE = 0.3  # share of pairs in which showing the example hurts
NOISE = 0.02  # standard deviation of a utility's noise
LEAK = 0.46  # utility of an example shown to itself
WORDS = (
    "river",
    "matrix",
    "battery",
    "comma",
    "orbit",
    "recipe",
    "budget",
    "enzyme",
    "harbour",
    "syntax",
    "glacier",
    "ledger",
    "violin",
    "tensor",
    "orchard",
    "protein",
)


def synthetic_run(workspace: Path, size: int, *, scored: bool = True, plan: Plan = ALL) -> Run:
    """A run of `size` examples with the pass over each alone, a map and, if scored, a kernel.

    What is there already is not written again.
    """
    rng = np.random.default_rng(size)
    topic = rng.integers(TOPICS, size=size)  # (pool,)
    pool = Dataset(
        tuple(synthetic_example(index, int(topic[index]), rng) for index in range(size)),
        source=f"made-{size}.jsonl",
        format="made",
    )
    demo = bundled_run().record
    run = create_run(workspace, {"pool": pool}, demo["model"], demo["template"], plan)
    run.write_alone("pool", synthetic_alone(topic, rng))
    if scored:
        write_kernel(run, topic, rng)
    write_map(run, synthetic_points(topic, rng))
    return run


def synthetic_example(index: int, topic: int, rng: np.random.Generator) -> Example:
    """A prompt of twenty words, a response of some sixty, and the row they would have come from."""
    length = int(rng.integers(20, 100))
    question = " ".join(rng.choice(WORDS, 20))
    response = " ".join(rng.choice(WORDS, length))
    prompt = f"Topic {topic}: {question}?"
    row = {"instruction": prompt, "output": response, "topic": f"topic {topic}"}
    return Example(f"made-{index}", prompt, response, (Turn("user", prompt),), row, index + 1)


def synthetic_alone(topic: np.ndarray, rng: np.random.Generator) -> Alone:
    """The pass over each example by itself; embeddings lie around the centre of their topic."""
    size = len(topic)
    distance = rng.uniform(0.3, 0.9, size).astype(np.float32)  # (pool,)
    centres = rng.normal(size=(TOPICS, WIDTH))[topic]  # (pool, width)
    embedding = centres + 0.4 * rng.normal(size=(size, WIDTH))  # (pool, width)
    embedding = (embedding / np.linalg.norm(embedding, axis=1, keepdims=True)).astype(np.float32)
    return Alone(
        distance,
        np.log1p(-distance),
        rng.integers(20, 200, size),
        rng.integers(20, 60, size),
        np.zeros(size, bool),
        embedding,
    )


def synthetic_points(topic: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(pool, 2) points in clouds, one per topic."""
    centres = rng.uniform(-10, 10, (TOPICS, 2))[topic]  # (pool, 2)
    return (centres + rng.normal(size=(len(topic), 2))).astype(np.float32)


def write_kernel(run: Run, topic: np.ndarray, rng: np.random.Generator) -> None:
    """Every tile of the pool's kernel, unless it is there."""
    size, name = len(topic), "pool_pool"
    run.sample_pairs(name)
    # (pool, topics)
    about = (np.arange(TOPICS) == topic[:, None]) + 0.15 * rng.random((size, TOPICS))
    needs = about * rng.gamma(2, 0.05, (size, 1))  # (pool, topics)
    offers = about * rng.gamma(2, 0.05, (size, 1))  # (pool, topics)
    answered, shown = rng.integers(size, size=(2, 200_000))  # (pairs,) each
    sample = (needs[answered] * offers[shown]).sum(axis=1)  # (pairs,)
    shift = np.quantile(sample + rng.normal(0, NOISE, len(sample)), NEGATIVE)
    for tile in run.missing(name):
        answered, shown = pairs_of(run, name, tile)
        values = np.einsum("...t,...t->...", needs[answered], offers[shown])  # shape of the pairs
        values += rng.normal(0, NOISE, values.shape) - shift
        values[answered == shown] = LEAK
        planes = np.stack([values, 4 * values, np.zeros_like(values)])  # (3, *shape of the pairs)
        run.write_tile(name, tile, planes.astype(np.float32))


def pairs_of(run: Run, name: str, tile: Tile) -> tuple[np.ndarray, np.ndarray]:
    """Answered and shown of each pair of a tile: (rows, 1) and (1, columns), or (pairs,) both."""
    cells = run.tile_store(name).cells(tile)
    return cells if run.plan.is_sparse else np.ogrid[cells]


def write_map(run: Run, points: np.ndarray) -> None:
    """A map as the worker would have left it. points: (pool, 2)."""
    table = pa.table({"x": points[:, 0], "y": points[:, 1]})
    write_table(table, projection_path(run, Projection.EMBEDDING, 0))
