"""Another kind of attention over a pack: FlexAttention on the line itself, nothing laid out.

The packed attention of this project gathers the line into one row per sequence and gives SDPA a
mask. Here queries stay on the line and keys behind those of the cache; what a token may see is a
block mask: of its own row the tokens up to it, of the cache those that its row continues.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from unittest import mock

import torch
from torch.nn.attention.flex_attention import BlockMask, create_block_mask, flex_attention
from transformers import AttentionInterface

from delift_core.scoring import packing
from delift_core.scoring.attention import KeyValueCache, PackRow, append, prefixes_of
from delift_core.scoring.device_copies import on_device
from delift_core.scoring.packed_model import copy_sharing_weights
from delift_core.scoring.packing import PackedModel

FLEX = "delift_flex"  # the name under which transformers finds it


@dataclass(frozen=True, eq=False)
class LineLayout:
    """What each token of a line may see."""

    visible: BlockMask  # (line, cache + line)
    positions: torch.Tensor  # (line,)  position of each token in its sequence
    cache: KeyValueCache
    record: KeyValueCache | None  # takes this line's keys and values where others need them


def line_layout(
    rows: Sequence[PackRow], cache: KeyValueCache, device: str, record: KeyValueCache | None = None
) -> LineLayout:
    """The layout in which each row sees its prefix in the cache, and of its own tokens those up to
    each.
    """
    sizes = [len(row.tokens) for row in rows]
    line = sum(sizes)
    # (rows,) each, and a number
    size, seen, (cached,) = on_device(
        device, sizes, [len(row.past) for row in rows], [cache.length]
    )
    number = torch.arange(len(rows), device=device)
    row = number.repeat_interleave(size, output_size=line)  # (line,)
    place = torch.arange(line, device=device) - (size.cumsum(0) - size)[row]  # (line,)
    prefix, past = prefixes_of(rows, device)  # (rows,), (prefixes, longest)
    continued = cached_by_prefix(past, seen.new_zeros(len(past)).index_copy(0, prefix, seen), cache)

    def is_visible(batch, head, query, key):
        own = key - cached
        in_row = (own >= 0) & (own <= query) & (row[own.clamp(min=0)] == row[query])
        in_prefix = continued[prefix[row[query]], key.clamp(max=continued.shape[1] - 1)]
        return in_row | ((own < 0) & in_prefix)

    make_mask = compiled(create_block_mask, device)
    visible = make_mask(is_visible, None, None, line, cache.length + line, device=device)
    return LineLayout(visible, seen[row] + place, cache, record)


def cached_by_prefix(
    past: torch.Tensor, lengths: torch.Tensor, cache: KeyValueCache
) -> torch.Tensor:
    """(prefixes, cache) bool: the cached tokens that each prefix consists of.

    Of two at least in both directions, some of nothing: for a single one torch compiles anew.
    past: (prefixes, longest) their positions in the cache, padded; lengths: (prefixes,).
    """
    is_token = torch.arange(past.shape[1], device=past.device) < lengths[:, None]
    shape = (max(len(past), 2), max(cache.length, 2))
    counted = torch.zeros(shape, device=past.device)
    return counted.scatter_add(1, past, is_token.float()) > 0


def line_attention(module, query, key, value, attention_mask, *, layout: LineLayout, **options):
    """FlexAttention of a line behind its cache; the arguments are those of transformers.

    query: (1, heads, line, dim); key, value: (1, groups, line, dim).
    Returns (1, line, heads, dim) and no weights.
    """
    if layout.record is not None:
        layout.record.layers[module.layer_idx] = (key[0], value[0])
    # (groups, cache + line, dim)
    key, value = append(layout.cache, module.layer_idx, key[0], value[0])
    attend = compiled(flex_attention, query.device.type)
    states = attend(
        query,
        key[None].contiguous(),
        value[None].contiguous(),
        block_mask=layout.visible,
        scale=options.get("scaling"),
        enable_gqa=True,
    )  # (1, heads, line, dim)
    return states.transpose(1, 2), None


AttentionInterface.register(FLEX, line_attention)


@cache
def compiled(function: Callable, device: str) -> Callable:
    """A function compiled for lines of any length; as it is on the cpu, where compiling is slow."""
    if device == "cpu":
        return function
    return torch.compile(function, dynamic=True)


@contextmanager
def flex_packs(model: PackedModel) -> Iterator[PackedModel]:
    """The model with FlexAttention in its packs, until the block ends."""
    network = copy_sharing_weights(model.network)
    network.set_attn_implementation(FLEX)
    with mock.patch.object(packing, "attention_layout", line_layout), warnings.catch_warnings():
        # said where it is not compiled, on the cpu
        warnings.filterwarnings("ignore", "flex_attention called without torch.compile")
        yield replace(model, network=network)
