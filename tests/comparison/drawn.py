"""Pools, passes and kernels drawn at random, with a few near-duplicates, for comparisons."""

from dataclasses import replace

import numpy as np

from delift_core.comparison.inputs import ComparisonInputs
from delift_core.data.readers import read_dataset
from delift_core.scoring.kernel import Alone, Unprompted
from delift_core.selection.objectives import facility_location
from tests.selection.baselines.test_laws import pass_of

SUBJECTS = ("apples", "pears", "plums", "grapes")


def drawn_pool(generator, size):
    """Examples on four subjects; some say what an earlier one says, with other capitals."""
    rows = []
    for row in range(size):
        subject = SUBJECTS[generator.integers(4)]
        prompt = f"Tell me of {subject} number {generator.integers(1 + size // 2)}"
        response = f"They are {subject} of a kind that everybody likes"
        if generator.random() < 0.5:
            prompt = prompt.upper()
        rows.append({"id": f"r{row}", "topic": subject, "prompt": prompt, "response": response})
    return read_dataset(rows, near_duplicates="keep")


def drawn_inputs(size, seed=0):
    """Everything that measures are worked out from, but wrong answers, which only the demo has."""
    generator = np.random.default_rng(seed)
    return ComparisonInputs(
        pool=drawn_pool(generator, size),
        coverage={
            "pool": facility_location(generator.random((size, size))),
            "target": facility_location(generator.random((3, size))),
            "held_out": facility_location(generator.random((4, size))),
        },
        pool_pass=pass_of(generator, size),
        target_pass=pass_of(generator, 3),
        unprompted_pass=Unprompted(
            -generator.random(size).astype(np.float32), np.ones(size, dtype=int)
        ),
    )


def permuted(inputs, order):
    """The same inputs of a pool in another order: its position p holds what order[p] was."""
    return replace(
        inputs,
        pool=replace(inputs.pool, examples=tuple(inputs.pool[index] for index in order)),
        coverage={
            "pool": facility_location(inputs.coverage["pool"].similarity[np.ix_(order, order)]),
            "target": facility_location(inputs.coverage["target"].similarity[:, order]),
            "held_out": facility_location(inputs.coverage["held_out"].similarity[:, order]),
        },
        pool_pass=Alone(**{name: value[order] for name, value in vars(inputs.pool_pass).items()}),
        unprompted_pass=Unprompted(
            **{name: value[order] for name, value in vars(inputs.unprompted_pass).items()}
        ),
    )
