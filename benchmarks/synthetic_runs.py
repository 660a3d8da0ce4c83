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
from delift_core.runs.store import bundled_run, create_run
from delift_core.runs.tables import write_table
from delift_core.scoring.kernel import Alone

TOPICS, WIDTH = 40, 64  # topics of the pool; numbers in a made embedding
NEGATIVE = 0.3  # share of pairs in which showing the example hurts
NOISE, LEAK = 0.02, 0.46  # of one utility; an example shown to itself
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


def made_run(workspace: Path, size: int, *, scored: bool = True) -> Run:
    """A run of `size` examples: the pass over each alone, the pool's kernel if it is to be scored,
    a map.
    """
    rng = np.random.default_rng(size)
    topic = rng.integers(TOPICS, size=size)  # (pool,)
    pool = Dataset(
        tuple(made_example(index, int(topic[index]), rng) for index in range(size)),
        source=f"made-{size}.jsonl",
        format="made",
    )
    demo = bundled_run().record
    run = create_run(workspace, {"pool": pool}, demo["model"], demo["template"])
    run.write_alone("pool", made_alone(topic, rng))
    if scored:
        write_kernel(run, topic, rng)
    write_projection(run, made_places(topic, rng))
    return run


def made_example(index: int, topic: int, rng: np.random.Generator) -> Example:
    """A prompt of some twenty words, a response of some sixty, and the row they would have come
    from.
    """
    ask, answer = (
        " ".join(rng.choice(WORDS, length)) for length in (20, int(rng.integers(20, 100)))
    )
    row = {"instruction": f"Topic {topic}: {ask}?", "output": answer, "topic": f"topic {topic}"}
    return Example(
        f"made-{index}",
        row["instruction"],
        answer,
        (Turn("user", row["instruction"]),),
        row,
        index + 1,
    )


def made_alone(topic: np.ndarray, rng: np.random.Generator) -> Alone:
    """The pass over each example by itself; embeddings lie around the centre of their topic."""
    size = len(topic)
    distance = rng.uniform(0.3, 0.9, size).astype(np.float32)  # (pool,)
    # (pool, width)
    embedding = rng.normal(size=(TOPICS, WIDTH))[topic] + 0.4 * rng.normal(size=(size, WIDTH))
    embedding = (embedding / np.linalg.norm(embedding, axis=1, keepdims=True)).astype(np.float32)
    return Alone(
        distance,
        np.log1p(-distance),
        rng.integers(20, 200, size),
        rng.integers(20, 60, size),
        np.zeros(size, bool),
        embedding,
    )


def made_places(topic: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(pool, 2) places in clouds, one per topic."""
    return (rng.uniform(-10, 10, (TOPICS, 2))[topic] + rng.normal(size=(len(topic), 2))).astype(
        np.float32
    )


def write_kernel(run: Run, topic: np.ndarray, rng: np.random.Generator) -> None:
    """Every tile of the pool's kernel, unless it is there."""
    size, name = len(topic), "pool_pool"
    # (pool, topics)
    about = (np.arange(TOPICS) == topic[:, None]) + 0.15 * rng.random((size, TOPICS))
    needs, offers = (about * rng.gamma(2, 0.05, (size, 1)) for _ in range(2))  # (pool, topics) both
    some = rng.integers(size, size=(2, 200_000))  # (2, pairs)
    # (pairs,)
    drawn = (needs[some[0]] * offers[some[1]]).sum(axis=1) + rng.normal(0, NOISE, 200_000)
    shift = np.quantile(drawn, NEGATIVE)
    for tile in run.missing(name):
        values = needs[tile.rows] @ offers[tile.columns].T  # (rows, columns)
        values += rng.normal(0, NOISE, values.shape) - shift
        rows, columns = np.ogrid[tile.rows, tile.columns]
        values[rows == columns] = LEAK
        # (3, rows, columns)
        run.write_tile(
            name, tile, np.stack([values, 4 * values, np.zeros_like(values)]).astype(np.float32)
        )


def write_projection(run: Run, places: np.ndarray) -> None:
    """A map as the worker would have left it."""
    write_table(
        pa.table({"x": places[:, 0], "y": places[:, 1]}),
        projection_path(run, Projection.EMBEDDING, 0),
    )
