"""Rounds of tuning: each picks the next examples by the embeddings of a model tuned on the last."""

from collections.abc import Sequence

import numpy as np

from delift_core.errors import MethodUnavailable
from delift_core.selection.baselines.embedding_coverage import cosine_similarity
from delift_core.selection.baselines.k_center import farthest_first
from delift_core.selection.greedy import maximise
from delift_core.selection.method import Method, MethodInputs, Need, missing_sentence
from delift_core.selection.objectives import facility_location
from delift_core.selection.round_settings import RoundPicks, RoundSettings


def by_rounds(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices, round after round. Raises MethodUnavailable."""
    if inputs.rounds is None:
        raise MethodUnavailable(missing_sentence(Need.ROUNDS))
    return inputs.rounds


def first_picks(settings: RoundSettings, size: int) -> np.ndarray:
    """(picks,) the indices that the model of the first round is tuned on, drawn by chance."""
    order = np.random.default_rng(settings.seed).permutation(size)
    return order[: settings.rows(1, size)]


def next_picks(
    embeddings: np.ndarray, chosen: Sequence[int], picks_by: str, count: int
) -> np.ndarray:
    """(count,) the next indices behind those that are chosen.

    embeddings: (pool, width), L2-normalised.
    """
    if picks_by == RoundPicks.K_CENTER:
        return farthest_first(embeddings, chosen, count)
    objective = facility_location(cosine_similarity(embeddings))
    return maximise(objective, len(chosen) + count, pins=chosen).indices[len(chosen) :]


ROUNDS = Method(
    name="rounds",
    title="Rounds of tuning",
    sentence=(
        "A tenth of the pool by chance; the base model is tuned on it, and picks the examples that"
        " lie farthest from all chosen ones as it embeds them; then on both, and so on."
    ),
    needs=(Need.ROUNDS,),
    cost=(
        "in each of 3 rounds 3 epochs on what is chosen so far, and a forward pass for every"
        " example"
    ),
    source=(
        "DiverseEvol, arXiv 2311.08182, which tunes all weights and has unweighted means of the"
        " last layer as embeddings"
    ),
    reads=("seed", "rounds", "initial", "step", "picks_by"),
    order=by_rounds,
)
