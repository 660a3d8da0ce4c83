"""Step 3 of scoring, second half: log-probabilities of many responses in one pass, without padding.

The tokens of several sequences are packed behind one another on one line, so the large matrix
products see no padding. What several sequences begin with is read once and cached (prefixes.py);
attention.py lays the line out as one row per sequence. Packs are handed to the device one behind
the other, and nothing of one waits for its results.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import torch
import transformers

from delift_core.scoring.attention import KeyValueCache, PackRow, attention_layout
from delift_core.scoring.device_copies import on_device
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pack_sizes import (
    HELD_PREFIXES,
    LEAST_SAVED,
    PACK_TOKENS,
    PADDING,
    pack_cells,
)
from delift_core.scoring.prefixes import NONE, Prefix, PrefixBatch, prefix_batches
from delift_core.scoring.probes import label_log_probabilities
from delift_core.scoring.prompts import Prompt
from delift_core.scoring.scored_pack import ScoredPack
from delift_core.scoring.unpacked import UnpackedModel, scored_sequences


@dataclass(frozen=True, eq=False)
class PackedModel:
    """A causal model ready to score packs; made by `packed_model.ready`."""

    model: CausalModel  # as it was loaded
    network: transformers.PreTrainedModel  # with packed attention, sharing every weight
    pack_tokens: int  # most tokens of one pack

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def device(self) -> str:
        return self.model.device

    @property
    def obstacle(self) -> str:
        """Nothing keeps it from being read in packs."""
        return ""


ReadyModel = PackedModel | UnpackedModel


def scored_packs(
    model: ReadyModel,
    prompts: Sequence[Prompt],
    *,
    with_hidden: bool = False,
    least_saved: int | None = None,
) -> Iterator[ScoredPack]:
    """Score every response that is not empty, pack after pack; a common prefix is run once.

    An unpacked model reads each sequence by itself.

    with_hidden: give the last hidden states of every token as well, for which no prefix is shared.
    least_saved: tokens that a prefix has to save to be run by itself, the device's by default.
    """
    if isinstance(model, UnpackedModel):
        yield from scored_sequences(model, prompts, with_hidden)
        return
    scorable = [row for row, prompt in enumerate(prompts) if prompt.response]
    # the last token predicts the first scored one
    heads = [prompts[row].tokens[:-1] for row in scorable]
    batches: Iterator[PrefixBatch] | list[PrefixBatch]
    if with_hidden:
        batches = [PrefixBatch(list(range(len(scorable))), [], [NONE] * len(scorable))]
    else:
        least_saved = least_saved or LEAST_SAVED[model.device]
        batches = prefix_batches(heads, least_saved, HELD_PREFIXES * model.pack_tokens)
    for batch in batches:
        members = [scorable[index] for index in batch.sequences]
        yield from score_batch(model, prompts, batch._replace(sequences=members), with_hidden)


def score_batch(
    model: PackedModel, prompts: Sequence[Prompt], batch: PrefixBatch, with_hidden: bool
) -> Iterator[ScoredPack]:
    """Score the prompts of a batch, whose prefixes are cached together."""
    cache, positions = read_prefixes(model, batch.prefixes)
    rows = []
    for number, prefix in zip(batch.sequences, batch.continues):
        past = positions[prefix]
        rows.append(PackRow(past, prompts[number].fed[len(past) :]))
    for pack in pack_rows(rows, model.device, model.pack_tokens):
        numbers = [batch.sequences[index] for index in pack]
        responses = [prompts[number].response for number in numbers]
        pack_of_rows = [rows[index] for index in pack]
        log_probabilities, hidden = score_pack(model, pack_of_rows, cache, responses, with_hidden)
        yield ScoredPack(numbers, log_probabilities, hidden)


@torch.inference_mode()
def read_prefixes(
    model: PackedModel, prefixes: Sequence[Prefix]
) -> tuple[KeyValueCache, dict[int, torch.Tensor]]:
    """Run every prefix once: (cache, positions of each prefix's tokens in it).

    positions: index of a prefix -> (end,), its parents' tokens included; NONE -> (0,).
    """
    cache, device = KeyValueCache(), model.device
    positions = {NONE: torch.empty(0, dtype=torch.long, device=device)}
    by_level = sorted(range(len(prefixes)), key=lambda index: prefixes[index].level)
    for _, group in groupby(by_level, key=lambda index: prefixes[index].level):
        level = list(group)
        rows = [PackRow(positions[prefixes[at].parent], prefixes[at].tokens) for at in level]
        for pack in pack_rows(rows, device, model.pack_tokens):
            line = KeyValueCache(sum(len(rows[index].tokens) for index in pack))
            pack_of_rows = [rows[index] for index in pack]
            run_pack(model, pack_of_rows, cache, record=line, logits_to_keep=1)
            start = cache.length
            for index in pack:
                end = start + len(rows[index].tokens)
                own = torch.arange(start, end, device=device)
                positions[level[index]] = torch.cat([rows[index].past, own])
                start = end
            cache.extend(line)
    return cache, positions


@torch.inference_mode()
def score_pack(
    model: PackedModel,
    rows: Sequence[PackRow],
    cache: KeyValueCache,
    responses: Sequence[tuple[int, ...]],
    with_hidden: bool,
) -> tuple[torch.Tensor, torch.Tensor]:
    """(log-probabilities, hidden states) of one pack, as `ScoredPack` has them.

    Each row ends in its response but for the last token.
    """
    places: list[int] = []  # on the line, of the tokens whose logits predict a response token
    end = 0
    for row, response in zip(rows, responses):
        end += len(row.tokens)
        places += range(end - len(response), end)
    answers = [token for response in responses for token in response]
    scored, labels = on_device(model.device, places, answers)  # (scored,) each
    output = run_pack(model, rows, cache, logits_to_keep=scored, output_hidden_states=with_hidden)
    hidden = torch.empty(0)
    if with_hidden:
        hidden = output.hidden_states[-1][0]  # (line, width)
    return label_log_probabilities(output.logits[0], labels), hidden


def run_pack(
    model: PackedModel,
    rows: Sequence[PackRow],
    cache: KeyValueCache,
    record: KeyValueCache | None = None,
    **options,
):
    """One forward pass over rows of tokens; each row's positions go on from its prefix.

    record: takes the keys and values of these rows. Returns the output of transformers.
    """
    (line,) = on_device(model.device, [token for row in rows for token in row.tokens])
    layout = attention_layout(rows, cache, model.device, record)
    return model.network(
        input_ids=line[None],  # (1, line)
        position_ids=layout.positions[None],  # (1, line)
        use_cache=False,
        layout=layout,
        **options,
    )


def pack_rows(
    rows: Sequence[PackRow], device: str, pack_tokens: int | None = None
) -> Iterator[list[int]]:
    """Indices of `rows`, longest first, in packs within the limits of tokens, padding and cells.

    pack_tokens: another number of tokens than the device's usual one; the other limits go with it.
    """
    most_tokens = pack_tokens or PACK_TOKENS[device]
    most_cells = pack_cells(device, most_tokens)
    pack: list[int] = []
    tokens, width, reach = 0, 0, 0
    for index in sorted(range(len(rows)), key=lambda index: -len(rows[index].tokens)):
        length = len(rows[index].tokens)
        seen = len(rows[index].past) + length
        reach = max(reach, seen)
        size = len(pack) + 1
        too_large = (
            tokens + length > most_tokens
            or size * width > PADDING * most_tokens
            or size * reach > most_cells
        )
        if pack and too_large:
            yield pack
            pack, tokens, reach = [], 0, seen
        if not pack:
            width = length  # no later row is longer
        pack.append(index)
        tokens += length
    if pack:
        yield pack
