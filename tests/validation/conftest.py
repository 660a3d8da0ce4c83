"""A tiny network with adapters that were warmed up, the rows that it reads; simulated cells."""

import numpy as np
import pytest
import torch

from delift_core.scoring.model import load_model
from delift_core.scoring.pairs import prompter_for
from delift_core.selection.gradient_settings import GradientSettings
from delift_core.validation.cells import CellStore, Measured
from delift_core.validation.gradients import warm_up_network

SETTINGS = GradientSettings(rank=2, dimension=64, epochs=2, warm_up=0.5)


@pytest.fixture(scope="session")
def for_tuning(tiny_folder):
    """load(architecture, **options) -> the tiny model, its weights as they are in its files"""

    def load(architecture="llama", **options):
        folder = tiny_folder(architecture, **options)
        return load_model(folder, device="cpu", for_tuning=True)

    return load


@pytest.fixture(scope="session")
def written(for_tuning):
    """written(dataset) -> the rows that the tiny model reads of it"""
    prompter = prompter_for(for_tuning(), "chat")
    return lambda dataset: [prompter.alone(example) for example in dataset.examples]


@pytest.fixture
def adapted(for_tuning):
    """A tiny network in float64 whose adapters answer otherwise than the network itself"""
    model = for_tuning()
    tuned = warm_up_network(model, SETTINGS)
    tuned.network.double()
    torch.manual_seed(0)
    with torch.no_grad():
        for weight in tuned.trainable.values():
            weight.normal_(0.0, 0.1)
    return tuned


@pytest.fixture
def simulate(tmp_path):
    """simulate(arms, gain, noise) -> store of cells whose losses are drawn around known ones

    gain: from an arm to by how much its losses are lower, one number or (held out,).
    """

    def store_cells(arms, gain, held_out=40, noise=0.01):
        rng, store = np.random.default_rng(0), CellStore(tmp_path / "simulated")
        base = rng.normal(2, 0.5, held_out)
        for arm in arms:
            for cell in (cell for seeds in arm.cells for cell in seeds):
                drawn = base - gain(arm) + rng.normal(0, noise * bool(cell.rows), held_out)
                scores = np.full(held_out, np.nan, dtype=np.float32)
                store.write(cell, Measured(drawn.astype(np.float32), scores))
        return store

    return store_cells
