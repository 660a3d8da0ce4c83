"""A network ready to be tuned: its own weights frozen, a tuner attached, rows read without padding.

Several rows stand behind one another on a line; positions that begin anew at every row keep them
apart. A network that mixes such rows reads one row at a time.
"""

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch

from delift_core.errors import ModelUnavailable
from delift_core.scoring.model import CausalModel
from delift_core.scoring.probes import PROBES, TOLERANCE, label_log_probabilities
from delift_core.scoring.prompts import Prompt
from delift_core.validation.tuners.tuner import Tuner

LINE_TOKENS = {"cpu": 512, "mps": 2048, "cuda": 8192}  # most tokens of one pass over several rows
BEFORE = 0  # in place of an epoch, when weights are drawn


@dataclass(frozen=True, eq=False)
class Tunable:
    """A network whose trainable weights are those of its tuner."""

    network: torch.nn.Module  # with the tuner attached
    device: str
    line_tokens: int  # most tokens of one line; 0: one row at a time
    keeps_logits: bool  # whether the network can be asked for some logits only

    @property
    def trainable(self) -> dict[str, torch.nn.Parameter]:
        """Name -> weight, of those that are trained, in the order of the network."""
        named = self.network.named_parameters()
        return {name: weight for name, weight in named if weight.requires_grad}


def tunable(
    model: CausalModel, tuner: Tuner | None, options: object = None, seed: int = 0
) -> Tunable:
    """The network of a model with a tuner whose weights are drawn by a seed; None: as it is.

    model: loaded for tuning; its network is changed. Raises MethodUnavailable, and ModelUnavailable
    where its weights are laid out for scoring.
    """
    network = model.network.requires_grad_(False)
    if any(weight.layout is not torch.strided for weight in network.parameters()):
        raise ModelUnavailable(
            f"{model.name}: its weights are laid out for scoring and cannot be tuned. Load it with"
            " load_model(..., for_tuning=True)."
        )
    keeps_logits = "logits_to_keep" in inspect.signature(network.forward).parameters
    tuned: torch.nn.Module = network
    if tuner is not None:
        with seeded(seed, BEFORE):
            tuned = tuner.attach(network, options)
    by_rows = Tunable(tuned.eval(), model.device, 0, keeps_logits)
    by_lines = replace(by_rows, line_tokens=LINE_TOKENS[model.device])
    reads_lines = tuner is None or tuner.reads_lines
    if reads_lines and keeps_rows_apart(by_lines):
        return by_lines
    return by_rows


@torch.no_grad()
def keeps_rows_apart(tuned: Tunable) -> bool:
    """Whether rows on one line are answered as each is by itself."""
    alone = torch.cat([log_probabilities(tuned, [probe]) for probe in PROBES])  # (scored,)
    try:
        together = log_probabilities(tuned, PROBES)  # (scored,)
    except (TypeError, ValueError, RuntimeError):  # it takes no positions, or not these
        return False
    return bool((together - alone).abs().max() < TOLERANCE)


def lines(tuned: Tunable, rows: Sequence[Prompt]) -> Iterator[list[Prompt]]:
    """Rows in lines, longest first; each row is on one line, whatever its length."""
    line: list[Prompt] = []
    tokens = 0
    for row in sorted(rows, key=lambda row: -len(row.fed)):
        if line and tokens + len(row.fed) > tuned.line_tokens:
            yield line
            line, tokens = [], 0
        line.append(row)
        tokens += len(row.fed)
    if line:
        yield line


def log_probabilities(tuned: Tunable, line: Sequence[Prompt]) -> torch.Tensor:
    """(scored,) log p of the response tokens of the rows of a line, row behind row."""
    device = tuned.device
    tokens = [token for row in line for token in row.fed]
    labels = [token for row in line for token in row.response]  # (scored,)
    options: dict[str, torch.Tensor] = {}
    if len(line) > 1:
        positions = [torch.arange(len(row.fed)) for row in line]
        options["position_ids"] = torch.cat(positions)[None].to(device)  # (1, line)
    # Counted from the end, since a tuner may put tokens before the line.
    scored = torch.tensor(scored_positions(line), device=device) - len(tokens)  # (scored,)
    if tuned.keeps_logits:
        options["logits_to_keep"] = scored
    fed = torch.tensor([tokens], device=device)  # (1, line)
    logits = tuned.network(input_ids=fed, use_cache=False, **options).logits[0]
    if not tuned.keeps_logits:
        logits = logits[scored]  # (line, vocabulary) -> (scored, vocabulary)
    return label_log_probabilities(logits, torch.tensor(labels, device=device))


def scored_positions(line: Sequence[Prompt]) -> list[int]:
    """Positions on a line whose logits predict a response token: those that scoring reads."""
    positions: list[int] = []
    end = 0
    for row in line:
        end += len(row.fed)
        positions += range(end - len(row.response), end)
    return positions


@contextmanager
def seeded(seed: int, epoch: int) -> Iterator[None]:
    """Torch's generator in the state that an epoch of a seed has; afterwards it is as it was."""
    state = np.random.SeedSequence([seed, epoch]).generate_state(1)[0]
    with torch.random.fork_rng():
        torch.manual_seed(int(state))
        yield
