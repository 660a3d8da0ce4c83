"""Step 4 of scoring: how well the model answers each example alone, and behind each shown one, tile
by tile.

    distance     d(p) = ||1 - p||_2 / sqrt(T)          p = probability of each of the T scored answer tokens (DELIFT, equation 1)
    utility      U[i, j] = d(y_i | x_i) - d(y_i | x_j, y_j, x_i)
    information  P[i, j] = mean_t log p(y_it | x_j, y_j, x_i) - mean_t log p(y_it | x_i)      (DELIFT, theorem 1)

All three come from the same pass. A tile is a block of answered by a block of shown examples; it
depends on nothing but its texts, the model and the template, so any number of processes may score
tiles in any order.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from delift_core.data.example import Dataset, Example, refuse_empty
from delift_core.errors import refusing_when_out_of_memory
from delift_core.scoring.embeddings import weighted_mean
from delift_core.scoring.kernel import Alone, UtilityKernel
from delift_core.scoring.model import CausalModel
from delift_core.scoring.packed_model import prepare
from delift_core.scoring.packing import LINE_TOKENS, scored_packs
from delift_core.scoring.pair_sampling import sample_pairs
from delift_core.scoring.plan import Plan, Tile, tiles
from delift_core.scoring.prompts import Prompter
from delift_core.scoring.templates import template_name

ALL = Plan()
Advance = Callable[[int], None]  # called with how many more pairs (or examples) are done


def score_utilities(
    pool: Dataset | None = None,
    *,
    model: CausalModel,
    answered: Dataset | None = None,
    shown: Dataset | None = None,
    template: str = "auto",
    plan: Plan = ALL,
    progress: Advance = lambda done: None,
) -> UtilityKernel:
    """The utility kernel of every answered (row) and shown (column) example; both default to the
    pool.

    plan: which pairs are scored, all by default; the others stay NaN. progress: called with the
    number of pairs just finished. Returns a UtilityKernel of shape (answered, shown). Raises
    OutOfMemory.
    """
    answered = refuse_empty(pool if answered is None else answered)
    shown = refuse_empty(pool if shown is None else shown)
    prompter = prompter_for(model, template)
    prompter.rehearse(answered.examples, shown.examples)
    square = answered.text_fingerprint == shown.text_fingerprint
    # (planes, answered, shown)
    planes = np.full((3, len(answered), len(shown)), np.nan, np.float32)
    with refusing_when_out_of_memory(
        lambda what: (
            f"{model.name}: the model ran out of memory ({what}). End other programs, or give"
            f" load_model pack_tokens={(model.pack_tokens or LINE_TOKENS[model.device]) // 2},"
            " which takes less memory and more time."
        )
    ):
        alone = score_alone(model, prompter, answered)
        drawn = (
            None
            if plan.is_all
            else sample_pairs(
                plan,
                alone.embedding,
                (alone if square else score_alone(model, prompter, shown)).embedding,
                square,
            )
        )
        for tile in tiles(len(answered), len(shown), plan.share):
            mask = None if drawn is None else drawn.mask[tile.rows, tile.columns]  # (rows, columns)
            planes[:, tile.rows, tile.columns] = score_tile(
                model, prompter, answered, shown, alone, tile, progress, mask
            )
    return UtilityKernel.from_planes(planes, alone, square, drawn)


def prompter_for(model: CausalModel, template: str = "auto") -> Prompter:
    """The writer of a model's sequences; checks once that packing suits the model."""
    prepare(model)
    return Prompter(model.tokenizer, template_name(template, model.tokenizer), model.context)


def score_alone(
    model: CausalModel,
    prompter: Prompter,
    examples: Sequence[Example],
    progress: Advance = lambda done: None,
) -> Alone:
    """One pass over examples by themselves: distance, log-probability, token counts, embeddings."""
    prompts = [prompter.alone(example) for example in examples]
    width = model.network.config.get_text_config(decoder=True).hidden_size
    # (distance and log-probability, n)
    scores = torch.full((2, len(prompts)), torch.nan, device=model.device)
    embeddings = torch.zeros(len(prompts), width, device=model.device)
    for pack, logp, hidden in scored_packs(model, prompts, embed=True):
        scores[:, pack] = reduce_tokens(logp, [len(prompts[row].response) for row in pack])
        lines = hidden.split([len(prompts[row].fed) for row in pack])
        for row, line in zip(pack, lines):
            embeddings[row] = weighted_mean(line, prompts[row].head)
        progress(len(pack))
    progress(sum(not prompt.response for prompt in prompts))
    return Alone(
        *scores.cpu().numpy(),
        np.array([len(prompt.response) for prompt in prompts]),
        np.array([len(prompt.tokens) for prompt in prompts]),
        np.array([prompt.truncated for prompt in prompts]),
        embeddings.cpu().numpy(),
    )


def score_tile(
    model: CausalModel,
    prompter: Prompter,
    answered: Sequence[Example],
    shown: Sequence[Example],
    alone: Alone,
    tile: Tile,
    progress: Advance = lambda done: None,
    mask: np.ndarray | None = None,
) -> np.ndarray:
    """(3, rows, columns) float32: utility, information, and 1 where the pair was truncated.

    Unscorable pairs are NaN.

    mask: (rows, columns) bool, the pairs to score, all by default; every plane of the others is
    NaN.
    """
    rows, columns = answered[tile.rows], shown[tile.columns]
    # (distance and log-probability, rows, columns)
    scores = torch.full((2, len(rows), len(columns)), torch.nan, device=model.device)
    truncated = np.full((len(rows), len(columns)), np.nan, np.float32)
    for column, example in enumerate(columns):
        # (asked,) rows
        asked = np.arange(len(rows)) if mask is None else np.flatnonzero(mask[:, column])
        if not len(asked):
            continue
        prompts = prompter.pairs(example, [rows[row] for row in asked])
        truncated[asked, column] = [prompt.truncated for prompt in prompts]
        for pack, logp, _ in scored_packs(model, prompts):
            scores[:, asked[pack], column] = reduce_tokens(
                logp, [len(prompts[row].response) for row in pack]
            )
            progress(len(pack))
        progress(sum(not prompt.response for prompt in prompts))
    distance, logp = scores.cpu().numpy()  # (rows, columns) each
    utility = alone.distance[tile.rows, None] - distance
    information = logp - alone.log_probability[tile.rows, None]
    return np.stack([utility, information, truncated])


def reduce_tokens(logp: torch.Tensor, lengths: Sequence[int]) -> torch.Tensor:
    """Distance sqrt(mean (1 - p)^2) and mean log p of each row: (scored,) -> (2, rows), on the
    device.
    """
    counts = torch.tensor(lengths, device=logp.device)
    owner = torch.repeat_interleave(
        torch.arange(len(lengths), device=logp.device), counts, output_size=len(logp)
    )
    tokens = torch.stack([torch.expm1(logp) ** 2, logp])  # (2, scored)   1 - p = -expm1(log p)
    means = torch.zeros(2, len(lengths), device=logp.device).index_add_(1, owner, tokens) / counts
    return torch.stack([means[0].sqrt(), means[1]])
