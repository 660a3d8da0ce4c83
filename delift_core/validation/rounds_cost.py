"""What rounds of tuning take, from a few steps and embeddings that are measured first."""

import time
from collections.abc import Callable, Sequence

from delift_core.data.example import Dataset
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import prompter_for
from delift_core.scoring.prompts import Prompt
from delift_core.scoring.throughput import spread
from delift_core.selection.round_settings import EPOCHS, RoundSettings
from delift_core.validation.network import Tunable, tunable
from delift_core.validation.rounds import responded, row_embeddings
from delift_core.validation.training import TrainingPlan
from delift_core.validation.tuners.lora import LORA, LoraOptions
from delift_core.validation.tuning_cost import NOTHING, TuningCost, training_rate

EMBEDDED_ROWS = 16  # that are measured


def rounds_cost(
    pool: Dataset,
    load: Callable[[], CausalModel],
    template: str,
    settings: RoundSettings,
    missing: Sequence[int],
) -> TuningCost:
    """What some rounds, by their numbers, will take: a model is tuned for seconds, thrown away.

    seconds = loading + trained / training rate + embedded / embedding rate, of each round; a row
    that a round trains on has as many tokens as the pool's have on average.
    """
    worked = [number for number in missing if settings.read(number, len(pool))]
    if not worked:
        return NOTHING
    began = time.perf_counter()
    model = load()
    prompter = prompter_for(model, template)
    rows = [prompter.alone(example) for example in pool]
    tuned = tunable(model, LORA, LoraOptions(), settings.seed)
    loading = time.perf_counter() - began
    plan = TrainingPlan(EPOCHS, LORA.learning_rate, seed=settings.seed)
    training, embedding = training_rate(tuned, responded(rows), plan), embedding_rate(tuned, rows)
    length = sum(len(row.fed) for row in rows) / len(rows)  # tokens of a row
    trained = sum(EPOCHS * settings.rows(number, len(pool)) for number in worked) * length
    embedded = len(worked) * len(pool) * length
    return TuningCost(
        models=len(worked),
        rows=sum(settings.read(number, len(pool)) for number in worked),
        tokens=round(trained),
        seconds=len(worked) * loading + trained / training + embedded / embedding,
    )


def embedding_rate(tuned: Tunable, rows: Sequence[Prompt]) -> float:
    """Tokens a second of embedding some rows, the shortest, the longest and some between."""
    ordered = sorted(rows, key=lambda row: len(row.fed))
    some = [ordered[index] for index in dict.fromkeys(spread(len(rows), EMBEDDED_ROWS))]
    began = time.perf_counter()
    row_embeddings(tuned, some)
    return sum(len(row.fed) for row in some) / (time.perf_counter() - began)
