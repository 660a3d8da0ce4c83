"""Learned stand-ins for pairs that a plan leaves out: kernel with gaps -> (n, n) values.

NN-CIFT (arXiv 2502.09969) learns a utility from the embeddings of both examples, [e_i, 0, e_j];
the network is its, the linear one says how much of it is in the network.
"""

import numpy as np
import torch
from sklearn.linear_model import Ridge

from benchmarks.reference_kernels import ReferenceKernel
from delift_core.scoring.kernel import UtilityKernel

HIDDEN, RATE, BATCH, EPOCHS = 100, 1e-4, 64, 20  # of the published network


def inputs_of(reference: ReferenceKernel, pairs: np.ndarray) -> np.ndarray:
    """(pairs, 2 width + 1) float32 of [e_i, 0, e_j]. pairs: (pairs, 2) answered and shown."""
    answered, shown = reference.embedding[pairs[:, 0]], reference.embedding[pairs[:, 1]]
    gap = np.zeros((len(pairs), 1), np.float32)
    return np.concatenate([answered, gap, shown], axis=1).astype(np.float32)


def known_pairs(kernel: UtilityKernel) -> tuple[np.ndarray, np.ndarray]:
    """(pairs, 2) answered and shown of what was scored, and its (pairs,) utilities.

    An example with itself says nothing of two.
    """
    known = kernel.requested & np.isfinite(kernel.values)  # (n, n)
    np.fill_diagonal(known, False)
    return np.argwhere(known), kernel.values[known].astype(np.float32)


def every_pair(reference: ReferenceKernel) -> np.ndarray:
    """(n * n, 2) answered and shown, row after row."""
    return np.argwhere(np.ones((reference.size, reference.size), bool))


def linear(reference: ReferenceKernel, kernel: UtilityKernel) -> np.ndarray:
    """U = w . [e_i, 0, e_j] + b by ridge regression."""
    pairs, utilities = known_pairs(kernel)
    model = Ridge().fit(inputs_of(reference, pairs), utilities)
    predicted = model.predict(inputs_of(reference, every_pair(reference)))  # (n * n,)
    return predicted.reshape(kernel.values.shape)


def network(reference: ReferenceKernel, kernel: UtilityKernel) -> np.ndarray:
    """U = v . relu(W [e_i, 0, e_j] + a) + b, trained on squared errors."""
    pairs, utilities = known_pairs(kernel)
    torch.manual_seed(0)
    given = torch.from_numpy(inputs_of(reference, pairs))  # (pairs, inputs)
    wanted = torch.from_numpy(utilities)[:, None]  # (pairs, 1)
    model = torch.nn.Sequential(
        torch.nn.Linear(given.shape[1], HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 1)
    )
    train(model, given, wanted)
    with torch.inference_mode():
        predicted = model(torch.from_numpy(inputs_of(reference, every_pair(reference))))
    return predicted.numpy().reshape(kernel.values.shape)


def train(model: torch.nn.Module, given: torch.Tensor, wanted: torch.Tensor) -> None:
    """Some epochs of Adam, as published. given: (pairs, inputs), wanted: (pairs, 1)."""
    optimiser = torch.optim.Adam(model.parameters(), RATE)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(given)).split(BATCH):
            loss = torch.nn.functional.mse_loss(model(given[batch]), wanted[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
