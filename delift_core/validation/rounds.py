"""Method `rounds`: select, tune, embed with the tuned model, select (DiverseEvol, 2311.08182)."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch

from delift_core.data.example import Dataset
from delift_core.errors import MethodUnavailable
from delift_core.scoring.embeddings import weighted_mean
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import Advance, prompter_for
from delift_core.scoring.prompts import Prompt
from delift_core.selection.baselines.rounds import first_picks, next_picks
from delift_core.selection.round_settings import EPOCHS, RoundSettings
from delift_core.validation.clients import train
from delift_core.validation.network import Tunable, tunable
from delift_core.validation.training import TrainingPlan
from delift_core.validation.tuners.lora import LORA, LoraOptions

USUAL = RoundSettings()


def tuning_rounds(
    pool: Dataset,
    load: Callable[[], CausalModel],
    *,
    template: str = "auto",
    settings: RoundSettings = USUAL,
    finished: Sequence[np.ndarray] = (),
    advance: Advance = lambda examples: None,
) -> Iterator[np.ndarray]:
    """Yields what each round picks, indices in order; the last one puts all others in order.

    load: gives the base model anew for every round, loaded with for_tuning=True.
    finished: what earlier rounds picked, from which the next one goes on.
    advance: called with how many more examples were read.

    `first_picks` and these one behind another are what `choose("rounds", pool, rounds=...)` takes.
    Raises MethodUnavailable without peft or responses, ModelUnavailable for a model not loaded for
    tuning.
    """
    chosen = np.concatenate([first_picks(settings, len(pool)), *finished]).tolist()
    for number in range(len(finished) + 1, settings.rounds + 1):
        picks = np.array([], dtype=np.int64)
        if len(chosen) < len(pool):
            model = load()
            prompter = prompter_for(model, template)
            rows = [prompter.alone(example) for example in pool]
            tuned = tuned_on(model, [rows[row] for row in chosen], settings.seed, advance)
            embeddings = row_embeddings(tuned, rows, advance)  # (pool, width)
            count = settings.picks(number, len(pool))
            picks = next_picks(embeddings, chosen, settings.picks_by, count)
        yield picks
        chosen += picks.tolist()


def tuned_on(
    model: CausalModel, rows: Sequence[Prompt], seed: int, advance: Advance = lambda rows: None
) -> Tunable:
    """The network of a model with adapters that are trained on rows. Raises MethodUnavailable."""
    scored = responded(rows)
    tuned = tunable(model, LORA, LoraOptions(), seed)
    plan = TrainingPlan(EPOCHS, LORA.learning_rate, seed=seed)
    train(tuned, [scored], plan, advance)
    return tuned


def responded(rows: Sequence[Prompt]) -> list[Prompt]:
    """The rows that have a response to train on. Raises MethodUnavailable where none has."""
    found = [row for row in rows if row.response]
    if not found:
        raise MethodUnavailable(
            "No example that is drawn first has a response to train on. Give --initial a larger"
            " share, or a pool with responses."
        )
    return found


@torch.no_grad()
def row_embeddings(
    tuned: Tunable, rows: Sequence[Prompt], advance: Advance = lambda rows: None
) -> np.ndarray:
    """(rows, width) position-weighted means of the last layer, L2-normalised, as in scoring.

    advance: called with 1 after every row.
    """
    found = []
    for row in rows:
        fed = torch.tensor([row.fed], device=tuned.device)  # (1, fed)
        output = tuned.network(input_ids=fed, use_cache=False, output_hidden_states=True)
        found.append(weighted_mean(output.hidden_states[-1][0], row.head))
        advance(1)
    return torch.stack(found).cpu().numpy().astype(np.float64)
