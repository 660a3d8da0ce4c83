"""Attention over a pack: each sequence sees its own tokens and the cached prefix that it continues.

The tokens of a pack stand behind one another on one line. Only inside attention is the line laid
out as one row per sequence; the rows go through the model's own attention, so nothing of the model
is rewritten. The layout is worked out on the device, and nothing in it waits for the device.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from delift_core.scoring.device_copies import on_device

ATTENTION = "delift_packed"  # the name under which transformers finds it
MASKED = -1e9  # added to a score that a token may not see


@dataclass(frozen=True, slots=True)
class PackRow:
    """Tokens to read behind a prefix that was read before."""

    # (seen,) positions in the cache of the prefix's tokens, in order, on the device; rows behind
    # the same prefix hold the same tensor
    past: torch.Tensor
    tokens: tuple[int, ...]


@dataclass(eq=False)
class KeyValueCache:
    """Keys and values of tokens that were read, one pair per layer, each (groups, tokens, dim)."""

    length: int = 0  # tokens
    layers: dict[int, tuple[torch.Tensor, torch.Tensor]] = field(default_factory=dict)

    def extend(self, line: "KeyValueCache") -> None:
        """Append the keys and values of another line."""
        for layer, (key, value) in line.layers.items():
            self.layers[layer] = append(self, layer, key, value)
        self.length += line.length


@dataclass(frozen=True, eq=False)
class AttentionLayout:
    """Where each packed token sits in attention: one row per sequence."""

    queries: torch.Tensor  # (rows, width)  line position of each row's tokens
    keys: torch.Tensor  # (rows, reach)  position in [cache, line] of the keys each row may see
    visible: torch.Tensor  # (rows, 1, width, reach)  bool
    cells: torch.Tensor  # (line,)  position of each token in the flattened (rows, width) grid
    positions: torch.Tensor  # (line,)  position of each token in its sequence
    cache: KeyValueCache
    record: KeyValueCache | None = None  # takes this line's keys and values where others need them


def packed_attention(
    module, query, key, value, attention_mask, *, layout: AttentionLayout | None = None, **options
):
    """The model's own attention over the rows of a pack; without a layout, over a plain sequence.

    query: (1, heads, line, dim); key, value: (1, groups, line, dim).
    Returns (1, line, heads, dim) and no weights. The arguments are those of transformers.
    """
    attend = own_attention(module, options)
    if layout is None:
        return attend(module, query, key, value, attention_mask, **options)
    if layout.record is not None:
        layout.record.layers[module.layer_idx] = (key[0], value[0])
    # (groups, cache + line, dim)
    key, value = append(layout.cache, module.layer_idx, key[0], value[0])
    rows, _ = attend(
        module,
        gather(query[0], layout.queries),
        gather(key, layout.keys),
        gather(value, layout.keys),
        layout.visible,
        **options,
    )  # (rows, width, heads, dim)
    return rows.flatten(0, 1).index_select(0, layout.cells)[None], None


AttentionInterface.register(ATTENTION, packed_attention)


def own_attention(module, options: dict) -> Callable:
    """SDPA, or the model's eager attention where it caps scores or adds sinks."""
    if options.get("softcap") is None and options.get("s_aux") is None:
        return grouped_attention
    eager = sys.modules[type(module).__module__].eager_attention_forward

    def additive(module, query, key, value, mask, **options):
        if mask is None:  # one plain sequence: SDPA is causal of itself, eager is not
            size = (query.shape[2], key.shape[2])
            mask = torch.ones(size, dtype=torch.bool, device=query.device).tril()[None, None]
        bias = torch.zeros(mask.shape, dtype=query.dtype, device=query.device)
        return eager(module, query, key, value, bias.masked_fill(~mask, MASKED), **options)

    return additive


def grouped_attention(module, query, key, value, mask, **options):
    """SDPA; on the cpu without writing out a group's keys for each of its heads.

    On a GPU that would cost its fast kernels for masks.
    """
    if mask is None or query.device.type != "cpu":
        return sdpa_attention_forward(module, query, key, value, mask, **options)
    rows = F.scaled_dot_product_attention(
        query, key, value, mask, scale=options.get("scaling"), enable_gqa=True
    )  # (rows, heads, width, dim)
    return rows.transpose(1, 2), None


def gather(states: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """(heads, line, dim), (rows, width) -> (rows, heads, width, dim)"""
    return states.index_select(1, index.flatten()).unflatten(1, index.shape).transpose(0, 1)


def append(
    cache: KeyValueCache, layer: int, key: torch.Tensor, value: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """A line's keys and values of a layer, (groups, line, dim) each, behind those of the cache."""
    if not cache.length:
        return key, value
    cached_key, cached_value = cache.layers[layer]
    return torch.cat([cached_key, key], dim=1), torch.cat([cached_value, value], dim=1)


def attention_layout(
    rows: Sequence[PackRow], cache: KeyValueCache, device: str, record: KeyValueCache | None = None
) -> AttentionLayout:
    """The layout in which each row sees its prefix in the cache, and of its own tokens those up to
    each.
    """
    sizes = [len(row.tokens) for row in rows]
    line, width = sum(sizes), max(sizes)
    prefix, past = prefixes_of(rows, device)  # (rows,), (prefixes, longest)
    seen, size = on_device(device, [len(row.past) for row in rows], sizes)  # (rows,) each
    start = size.cumsum(0) - size  # (rows,)
    row = torch.arange(len(rows), device=device).repeat_interleave(
        size, output_size=line
    )  # (line,)
    place = torch.arange(line, device=device) - start[row]  # (line,)  among its row's own tokens
    seen, size, start = seen[:, None], size[:, None], start[:, None]  # (rows, 1) each
    column = torch.arange(width, device=device)[None]  # (1, width)
    most = max(len(row.past) + len(row.tokens) for row in rows)
    reach = torch.arange(most, device=device)[None]  # (1, reach)
    own = reach - seen  # (rows, reach)  position among own tokens, of the prefix's below 0
    keys = cache.length + start + own.clamp(max=size - 1)  # (rows, reach)
    past = F.pad(past, (0, most - past.shape[1]))[prefix]
    return AttentionLayout(
        queries=start + column.clamp(max=size - 1),  # (rows, width)
        keys=torch.where(own < 0, past, keys),  # (rows, reach)
        visible=own[:, None, None, :] <= column[0, :, None],  # (rows, 1, width, reach)
        cells=row * width + place,  # (line,)
        positions=seen[row, 0] + place,  # (line,)
        cache=cache,
        record=record,
    )


def prefixes_of(rows: Sequence[PackRow], device: str) -> tuple[torch.Tensor, torch.Tensor]:
    """((rows,) number of each row's prefix, (prefixes, longest) positions of each in the cache)."""
    pasts = {id(row.past): row.past for row in rows}
    numbers = {of: number for number, of in enumerate(pasts)}
    (prefix,) = on_device(device, [numbers[id(row.past)] for row in rows])
    return prefix, pad_sequence(list(pasts.values()), batch_first=True)
