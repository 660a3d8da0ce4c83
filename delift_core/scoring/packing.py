"""Step 3 of scoring, second half: answer-token log-probabilities of many sequences in one pass,
without padding.

The tokens of several sequences stand behind one another on a single line, so the large matrix
products see no padding. Only inside attention is the line laid out as one row per sequence, each
row seeing its own tokens and the cached keys and values of the beginning that it continues. The row
goes through the model's own attention, so nothing of the model is rewritten.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import torch
import torch.nn.functional as F
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from delift_core.scoring.model import CausalModel
from delift_core.scoring.prefixes import NONE, Beginning, parts_that_fit
from delift_core.scoring.prompts import Prompt

ATTENTION = "delift_packed"
LINE_TOKENS = {"cpu": 512, "mps": 2048, "cuda": 8192}  # tokens of one pack
# rows x visible keys of one pack, which bounds attention's memory
REACH = {"cpu": 2**16, "mps": 2**18, "cuda": 2**21}
GRID = 2  # lines that the rows of attention may have room for: short rows are padded to the longest
HELD = 4  # lines of beginnings kept at a time, beside the longest
WORTH = {"cpu": 16, "mps": 64, "cuda": 256}  # tokens that a beginning has to save: a 32nd of a line


@dataclass(frozen=True, slots=True)
class Row:
    """Tokens to read behind others that were read before."""

    past: torch.Tensor  # (seen,) places in the cache of the tokens it continues, in order
    tokens: tuple[int, ...]


@dataclass(eq=False)
class Cache:
    """Keys and values of tokens that were read, one pair per layer, each (heads, tokens, dim)."""

    length: int = 0
    layers: dict[int, tuple[torch.Tensor, torch.Tensor]] = field(default_factory=dict)

    def extend(self, line: "Cache") -> None:
        """Take in those of another line."""
        for layer, (key, value) in line.layers.items():
            self.layers[layer] = behind(self, layer, key, value)
        self.length += line.length


@dataclass(frozen=True, eq=False)
class Layout:
    """Where each packed token sits in attention: one row per sequence."""

    queries: torch.Tensor  # (rows, width)               line position of each row's tokens
    # (rows, reach) position in [cache, line] of the keys each row may see
    keys: torch.Tensor
    visible: torch.Tensor  # (rows, 1, width, reach)     bool
    places: torch.Tensor  # (line,)                     position in the flattened (rows, width) grid
    cache: Cache
    # filled with this line's own keys and values where others will continue it
    keep: Cache | None = None


def packed_attention(
    module, query, key, value, attention_mask, *, layout: Layout | None = None, **options
):
    """The model's own attention over the rows of a packed line; without a layout, over one plain
    sequence.

    query: (1, heads, line, dim); key, value: (1, groups, line, dim). Returns (1, line, heads, dim)
    and no weights.
    """
    attend = own_attention(module, options)
    if layout is None:
        return attend(module, query, key, value, attention_mask, **options)
    if layout.keep is not None:
        layout.keep.layers[module.layer_idx] = (key[0], value[0])
    # (groups, cache + line, dim)
    key, value = behind(layout.cache, module.layer_idx, key[0], value[0])
    rows, _ = attend(
        module,
        take(query[0], layout.queries),
        take(key, layout.keys),
        take(value, layout.keys),
        layout.visible,
        **options,
    )  # (rows, width, heads, dim)
    return rows.flatten(0, 1).index_select(0, layout.places)[None], None


def own_attention(module, options: dict):
    """SDPA, or the model's eager attention where it caps scores or adds sinks, which SDPA cannot."""
    if options.get("softcap") is None and options.get("s_aux") is None:
        return grouped_attention
    eager = sys.modules[type(module).__module__].eager_attention_forward

    def additive(module, query, key, value, mask, **options):
        if mask is None:  # one plain sequence: SDPA is causal of itself, eager is not
            mask = torch.ones(
                query.shape[2], key.shape[2], dtype=torch.bool, device=query.device
            ).tril()[None, None]
        bias = torch.zeros(mask.shape, dtype=query.dtype, device=query.device).masked_fill(
            ~mask, -1e9
        )
        return eager(module, query, key, value, bias, **options)

    return additive


def grouped_attention(module, query, key, value, mask, *, scaling: float | None = None, **options):
    """SDPA; on the cpu without writing out a group's keys for each of its heads, which on a GPU
    would cost its fast kernels for masks.
    """
    if mask is None or query.device.type != "cpu":
        return sdpa_attention_forward(module, query, key, value, mask, scaling=scaling, **options)
    return (
        F.scaled_dot_product_attention(
            query, key, value, mask, scale=scaling, enable_gqa=True
        ).transpose(1, 2),
        None,
    )


def take(states: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """(heads, line, dim), (rows, width) -> (rows, heads, width, dim)"""
    return states.index_select(1, index.flatten()).unflatten(1, index.shape).transpose(0, 1)


def behind(
    cache: Cache, layer: int, key: torch.Tensor, value: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """A line's keys and values of one layer, (groups, line, dim) each, behind those of the cache."""
    if not cache.length:
        return key, value
    before = cache.layers[layer]
    return torch.cat([before[0], key], dim=1), torch.cat([before[1], value], dim=1)


AttentionInterface.register(ATTENTION, packed_attention)


def lay_out(rows: Sequence[Row], cache: Cache, device: str, keep: Cache | None = None) -> Layout:
    """One row of attention for each row of the line, which sees its own past in the cache and its
    own tokens up to each.
    """
    seen, size = (
        torch.tensor([len(part) for part in parts])[:, None]
        for parts in zip(*((row.past, row.tokens) for row in rows))
    )
    start = size.cumsum(0) - size  # (rows, 1)
    column = torch.arange(int(size.max()))[None]  # (1, width)
    reach = torch.arange(int((seen + size).max()))[None]  # (1, reach)
    queries = start + column.clamp(max=size - 1)  # (rows, width)
    own = reach - seen  # (rows, reach)  position among own tokens
    keys = cache.length + start + own.clamp(max=size - 1)  # (rows, reach)
    for at, row in enumerate(rows):
        keys[at, : len(row.past)] = row.past
    # (rows, 1, width, reach)
    visible = own[:, None, None, :] <= column[None, None, :, :].transpose(2, 3)
    places = (column < size).flatten().nonzero()[:, 0]  # (line,)
    return Layout(
        queries.to(device), keys.to(device), visible.to(device), places.to(device), cache, keep
    )


@torch.inference_mode()
def read_beginnings(
    model: CausalModel, beginnings: Sequence[Beginning]
) -> tuple[Cache, dict[int, torch.Tensor]]:
    """Run every beginning once: the cache, and of each beginning where its tokens and those before
    them are in it, (end,).
    """
    cache, places = Cache(), {NONE: torch.empty(0, dtype=torch.long)}
    for _, level in groupby(
        sorted(range(len(beginnings)), key=lambda at: beginnings[at].level),
        key=lambda at: beginnings[at].level,
    ):
        level = list(level)
        rows = [Row(places[beginnings[at].parent], beginnings[at].tokens) for at in level]
        for pack in pack_rows(rows, model.device, model.pack_tokens):
            line = Cache(sum(len(rows[place].tokens) for place in pack))
            run_line(model, [rows[place] for place in pack], cache, keep=line, logits_to_keep=1)
            start = cache.length
            for place in pack:
                end = start + len(rows[place].tokens)
                places[level[place]], start = (
                    torch.cat([rows[place].past, torch.arange(start, end)]),
                    end,
                )
            cache.extend(line)
    return cache, places


def scored_packs(
    model: CausalModel, prompts: Sequence[Prompt], embed: bool = False, worth: int | None = None
) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor]]:
    """(row numbers, log-probabilities, hidden states) of pack after pack; what prompts begin with
    in common is run once.

    log-probabilities: (scored,) float32, response tokens of the pack's rows behind one another;
    hidden states: (line, width) of the last layer when `embed`, of every token of the rows, of
    which then none is shared; else None. worth: tokens that a beginning has to save, the device's
    by default.
    """
    scorable = [row for row, prompt in enumerate(prompts) if prompt.response]
    whole = [(range(len(scorable)), [], [NONE] * len(scorable))]
    held = HELD * (model.pack_tokens or LINE_TOKENS[model.device])
    # the last token predicts the first scored one
    heads = [prompts[row].tokens[:-1] for row in scorable]
    for part, beginnings, continues in (
        whole if embed else parts_that_fit(heads, worth or WORTH[model.device], held)
    ):
        cache, places = read_beginnings(model, beginnings)
        members = [scorable[at] for at in part]
        rows = [
            Row(places[at], prompts[row].fed[len(places[at]) :])
            for row, at in zip(members, continues)
        ]
        for pack in pack_rows(rows, model.device, model.pack_tokens):
            numbers = [members[place] for place in pack]
            yield (
                numbers,
                *score_pack(
                    model,
                    cache,
                    [rows[place] for place in pack],
                    [prompts[row].response for row in numbers],
                    embed,
                ),
            )


@torch.inference_mode()
def score_pack(
    model: CausalModel,
    cache: Cache,
    pack: Sequence[Row],
    responses: Sequence[tuple[int, ...]],
    embed: bool,
):
    """(log-probabilities, hidden states) of one pack, as `scored_packs` has them; each row ends in
    its response but for the last token.
    """
    scored, end = [], 0
    for row, response in zip(pack, responses):
        end += len(row.tokens)
        scored += range(end - len(response), end)
    # (scored,)
    labels = torch.tensor(
        [token for response in responses for token in response], device=model.device
    )
    output = run_line(
        model,
        pack,
        cache,
        logits_to_keep=torch.tensor(scored, device=model.device),
        output_hidden_states=embed,
    )
    return label_log_probabilities(output.logits[0], labels), (
        output.hidden_states[-1][0] if embed else None
    )


def run_line(
    model: CausalModel, rows: Sequence[Row], cache: Cache, keep: Cache | None = None, **options
):
    """One forward pass over rows of tokens packed on a line; each row's positions go on from what
    it continues.
    """
    layout = lay_out(rows, cache, model.device, keep)
    # (1, line)
    tokens = torch.tensor([[token for row in rows for token in row.tokens]], device=model.device)
    positions = torch.cat(
        [torch.arange(len(row.past), len(row.past) + len(row.tokens)) for row in rows]
    )[None].to(model.device)
    return model.network(
        input_ids=tokens, position_ids=positions, use_cache=False, layout=layout, **options
    )


def label_log_probabilities(
    logits: torch.Tensor, labels: torch.Tensor, rows: int = 128
) -> torch.Tensor:
    """log softmax of each label, (scored, vocabulary), (scored,) -> (scored,) float32, a few rows
    at a time.
    """
    parts = [
        -F.cross_entropy(logits[at : at + rows].float(), labels[at : at + rows], reduction="none")
        for at in range(0, len(labels), rows)
    ]
    return torch.cat(parts)


def pack_rows(rows: Sequence[Row], device: str, tokens: int | None = None) -> Iterator[list[int]]:
    """Indices of `rows`, longest first, in packs that stay within the device's line length, grid
    and reach.

    tokens: another line length; the others shrink or grow with it.
    """
    longest = tokens or LINE_TOKENS[device]
    furthest = REACH[device] * longest // LINE_TOKENS[device]
    by_length = sorted(range(len(rows)), key=lambda index: -len(rows[index].tokens))
    pack, line, reach = [], 0, 0
    for index in by_length:
        length, sees = len(rows[index].tokens), len(rows[index].past) + len(rows[index].tokens)
        width, reach = len(rows[pack[0] if pack else index].tokens), max(reach, sees)
        if pack and (
            line + length > longest
            or (len(pack) + 1) * width > GRID * longest
            or (len(pack) + 1) * reach > furthest
        ):
            yield pack
            pack, line, reach = [], 0, sees
        pack.append(index)
        line += length
    if pack:
        yield pack
