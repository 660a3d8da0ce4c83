"""Training by clients: each trains on rows of its own, then their weights are averaged by size.

    w = sum_c n_c w_c / sum_c n_c        n_c: rows of client c

A client stands for a source of the data (FedPepTAO, arXiv 2310.15080). What the optimiser
remembers is averaged alike, so that one client alone trains as if there were none.
"""

from collections.abc import Callable, Mapping, Sequence

import torch

from delift_core.scoring.prompts import Prompt
from delift_core.validation.network import Tunable
from delift_core.validation.training import (
    TrainingPlan,
    TrainingState,
    copied_weights,
    set_weights,
    train_epoch,
)

LEAST = 1e-5  # added to eigenvalues, so that those of equal states have a logarithm


def train(
    tuned: Tunable,
    clients: Sequence[Sequence[Prompt]],
    plan: TrainingPlan,
    advance: Callable[[int], None] = lambda rows: None,
) -> None:
    """All epochs of a plan: rounds of several clients, or plain training on the rows of one.

    advance: called with how many more rows were read, after every step.
    """
    state: TrainingState | None = None
    for _ in range(plan.epochs):
        if len(clients) > 1:
            state = train_round(tuned, clients, plan, state, advance)
        else:
            state = train_epoch(tuned, clients[0], plan, state, advance)


def train_round(
    tuned: Tunable,
    clients: Sequence[Sequence[Prompt]],
    plan: TrainingPlan,
    before: TrainingState | None,
    advance: Callable[[int], None] = lambda rows: None,
) -> TrainingState:
    """Train an epoch of every client from the same weights, and average what they end in.

    before: what the round before ended in, None for the first. advance: called with how many more
    rows were read, after every step.
    """
    first = copied_weights(tuned)
    states = []
    for rows in clients:
        set_weights(tuned, first)
        states.append(train_epoch(tuned, rows, plan, before, advance))
    averaged = average_state(states, [len(rows) for rows in clients])
    set_weights(tuned, averaged.weights)
    return averaged


def average_state(states: Sequence[TrainingState], sizes: Sequence[int]) -> TrainingState:
    """What clients end in together; sizes: how many rows each has."""
    shares = [size / sum(sizes) for size in sizes]
    moments = {
        moment: average_values([state.moments[moment] for state in states], shares)
        for moment in states[0].moments
    }
    return TrainingState(
        epoch=states[0].epoch,
        rate=sum(share * state.rate for share, state in zip(shares, states)),
        weights=average_values([state.weights for state in states], shares),
        moments=moments,
    )


def average_values(
    named: Sequence[Mapping[str, torch.Tensor]], shares: Sequence[float]
) -> dict[str, torch.Tensor]:
    """Name -> sum_c share_c values_c."""
    return {
        name: torch.stack([share * values[name] for share, values in zip(shares, named)]).sum(0)
        for name in named[0]
    }


def layer_score(states: torch.Tensor) -> float:
    """How much alike a layer makes the rows of a batch: sum over l of log(l) + 1 / l.

    l: eigenvalues of the cosines of the rows' states, all positions behind one another, + 1e-5.
    states: (rows, positions, width), rows of equal length. A layer with a high score is one whose
    prompts clients share.
    """
    rows = torch.nn.functional.normalize(states.flatten(1), dim=1)  # (rows, positions * width)
    values = torch.linalg.eigvalsh(rows @ rows.T) + LEAST  # (rows,)
    return float((values.log() + 1 / values).sum())
