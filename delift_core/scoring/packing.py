"""Step 3 of scoring: answer-token log-probabilities of many sequences in one pass, without padding.

The tokens of several sequences stand behind one another on a single line, so the large matrix products see no padding. Only
inside attention is the line laid out as one row per sequence, each row seeing its own tokens and the cached keys and values of
the prefix that all of them continue. The row goes through the model's own attention function, so nothing of the model is rewritten.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from delift_core.errors import ModelUnavailable, OutOfMemory, ran_out, told
from delift_core.scoring.layout import lay_out_weights
from delift_core.scoring.model import CausalModel
from delift_core.scoring.precision import Precision
from delift_core.scoring.prompts import Prompt

ATTENTION = "delift_packed"
LINE_TOKENS = {"cpu": 512, "mps": 2048, "cuda": 8192}        # tokens of one pack
REACH = {"cpu": 2**16, "mps": 2**18, "cuda": 2**21}           # rows x visible keys of one pack, which bounds attention's memory


@dataclass(frozen=True, eq=False)
class Prefix:
    """Keys and values of a shown example's tokens, one pair per layer, each (heads, tokens, dim)."""

    length: int = 0
    layers: dict[int, tuple[torch.Tensor, torch.Tensor]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Layout:
    """Where each packed token sits in attention: one row per sequence."""

    queries: torch.Tensor        # (rows, width)               line position of each row's tokens
    keys: torch.Tensor           # (rows, reach)               position in [prefix, line] of the keys each row may see
    visible: torch.Tensor        # (rows, 1, width, reach)     bool
    places: torch.Tensor         # (line,)                     position in the flattened (rows, width) grid
    prefix: Prefix
    keep: Prefix | None = None   # filled with this line's own keys and values when it is a prefix


def packed_attention(module, query, key, value, attention_mask, *, layout: Layout | None = None, **options):
    """The model's own attention over the rows of a packed line; without a layout, over one plain sequence.

    query: (1, heads, line, dim); key, value: (1, groups, line, dim). Returns (1, line, heads, dim) and no weights.
    """
    attend = own_attention(module, options)
    if layout is None:
        return attend(module, query, key, value, attention_mask, **options)
    if layout.keep is not None:
        layout.keep.layers[module.layer_idx] = (key[0], value[0])
    key, value = with_prefix(layout.prefix, module.layer_idx, key[0], value[0])               # (groups, prefix + line, dim)
    rows, _ = attend(module, take(query[0], layout.queries), take(key, layout.keys), take(value, layout.keys),
                     layout.visible, **options)                                               # (rows, width, heads, dim)
    return rows.flatten(0, 1)[layout.places][None], None


def own_attention(module, options: dict):
    """SDPA, or the model's eager attention where it caps scores or adds sinks, which SDPA cannot."""
    if options.get("softcap") is None and options.get("s_aux") is None:
        return sdpa_attention_forward
    eager = sys.modules[type(module).__module__].eager_attention_forward

    def additive(module, query, key, value, mask, **options):
        if mask is None:                                                       # one plain sequence: SDPA is causal of itself, eager is not
            mask = torch.ones(query.shape[2], key.shape[2], dtype=torch.bool, device=query.device).tril()[None, None]
        bias = torch.zeros(mask.shape, dtype=query.dtype, device=query.device).masked_fill(~mask, -1e9)
        return eager(module, query, key, value, bias, **options)
    return additive


def take(states: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """(heads, line, dim), (rows, width) -> (rows, heads, width, dim)"""
    return states[:, index].transpose(0, 1)


def with_prefix(prefix: Prefix, layer: int, key: torch.Tensor, value: torch.Tensor):
    """The line's keys and values behind those of the prefix."""
    if not prefix.length:
        return key, value
    before = prefix.layers[layer]
    return torch.cat([before[0], key], dim=1), torch.cat([before[1], value], dim=1)


AttentionInterface.register(ATTENTION, packed_attention)


def lay_out(used: Sequence[int], lengths: Sequence[int], prefix: Prefix, device: str, keep: Prefix | None = None) -> Layout:
    """Rows for sequences of `lengths` tokens on one line, row r seeing the first used[r] prefix tokens and its own past."""
    past, size = torch.tensor(used)[:, None], torch.tensor(lengths)[:, None]                  # (rows, 1)
    start = size.cumsum(0) - size                                                             # (rows, 1)
    column = torch.arange(int(size.max()))[None]                                              # (1, width)
    reach = torch.arange(int((past + size).max()))[None]                                      # (1, reach)
    queries = start + column.clamp(max=size - 1)                                              # (rows, width)
    own = reach - past                                                                        # (rows, reach)  position among own tokens
    keys = torch.where(own < 0, reach, prefix.length + start + own.clamp(max=size - 1))       # (rows, reach)
    visible = own[:, None, None, :] <= column[None, None, :, :].transpose(2, 3)               # (rows, 1, width, reach)
    places = (column < size).flatten().nonzero()[:, 0]                                        # (line,)
    return Layout(queries.to(device), keys.to(device), visible.to(device), places.to(device), prefix, keep)


@torch.inference_mode()
def read_prefix(model: CausalModel, tokens: Sequence[int]) -> Prefix:
    """Run a shown example's tokens once and keep their keys and values."""
    prefix = Prefix(len(tokens))
    if tokens:
        run_line(model, [tuple(tokens)], [0], Prefix(), keep=prefix, logits_to_keep=1)
    return prefix


@torch.inference_mode()
def score_pack(model: CausalModel, prefix: Prefix, pack: Sequence[Prompt], embed: bool = False):
    """(log-probabilities, hidden states) of one pack.

    log-probabilities: (scored,) float32, response tokens of the pack's rows behind one another;
    hidden states: (line, width) of the last layer when `embed`, else None.
    """
    fed = [row.fed for row in pack]
    scored, start = [], 0
    for row, tokens in zip(pack, fed):
        scored += range(start + len(row.rest) - 1, start + len(tokens))
        start += len(tokens)
    labels = torch.tensor([token for row in pack for token in row.response], device=model.device)     # (scored,)
    output = run_line(model, fed, [row.used for row in pack], prefix,
                      logits_to_keep=torch.tensor(scored, device=model.device), output_hidden_states=embed)
    return label_log_probabilities(output.logits[0], labels), output.hidden_states[-1][0] if embed else None


def run_line(model: CausalModel, rows: Sequence[tuple[int, ...]], used: Sequence[int], prefix: Prefix,
             keep: Prefix | None = None, **options):
    """One forward pass over rows of tokens packed on a line; each row's positions go on from the prefix it continues."""
    layout = lay_out(used, [len(row) for row in rows], prefix, model.device, keep)
    tokens = torch.tensor([[token for row in rows for token in row]], device=model.device)            # (1, line)
    positions = torch.cat([torch.arange(past, past + len(row)) for past, row in zip(used, rows)])[None].to(model.device)
    return model.network(input_ids=tokens, position_ids=positions, use_cache=False, layout=layout, **options)


def label_log_probabilities(logits: torch.Tensor, labels: torch.Tensor, rows: int = 128) -> torch.Tensor:
    """log softmax of each label, (scored, vocabulary), (scored,) -> (scored,) float32, a few rows at a time."""
    parts = [-F.cross_entropy(logits[at:at + rows].float(), labels[at:at + rows], reduction="none")
             for at in range(0, len(labels), rows)]
    return torch.cat(parts)


def pack_rows(rows: Sequence[Prompt], device: str, tokens: int | None = None) -> Iterator[list[int]]:
    """Indices of `rows`, longest first, in packs that stay within the device's line length and reach.

    tokens: another line length; the reach shrinks or grows with it.
    """
    longest = tokens or LINE_TOKENS[device]
    furthest = REACH[device] * longest // LINE_TOKENS[device]
    by_length = sorted(range(len(rows)), key=lambda index: -len(rows[index].fed))
    pack, line, reach = [], 0, 0
    for index in by_length:
        length, sees = len(rows[index].fed), rows[index].used + len(rows[index].fed)
        reach = max(reach, sees)
        if pack and (line + length > longest or (len(pack) + 1) * reach > furthest):
            yield pack
            pack, line, reach = [], 0, sees
        pack.append(index)
        line += length
    if pack:
        yield pack


def prepare(model: CausalModel) -> CausalModel:
    """Lay out the weights and switch the network to packed attention, once, after checking that both change nothing for this architecture."""
    before, kind = model.network.config._attn_implementation, model.network.config.model_type
    if before == ATTENTION:
        return model
    try:
        if model.dtype == Precision.MIXED:                # rounding is meant to change answers, packing is not
            lay_out_weights(model.network, model.dtype)
        as_loaded = torch.cat([score_plainly(model, row) for row in PROBES])
        lay_out_weights(model.network, model.dtype)
        model.network.set_attn_implementation(ATTENTION)
        packed, _ = score_pack(model, read_prefix(model, PROBES[0].prefix), PROBES)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, RuntimeError, MemoryError) as reason:
        model.network.set_attn_implementation(before)
        if ran_out(reason):
            raise OutOfMemory(f"{model.name}: there is not enough memory to make the model ready ({told(reason)}). "
                              "End other programs, or choose another device or a smaller model.") from reason
        raise ModelUnavailable(f"{model.name}: a {kind} model cannot be scored in packs ({reason}). Choose a decoder-only transformer.") from reason
    drift = float((packed - as_loaded).abs().max())
    looks_ahead = any(getattr(part, "is_causal", True) is False for part in model.network.modules())
    if looks_ahead or not drift < (1e-3 if model.dtype == Precision.FLOAT32 else 0.5):
        model.network.set_attn_implementation(before)
        change = "its attention looks ahead" if looks_ahead else f"packing changes its answers by {drift:.3g} in log-probability"
        raise ModelUnavailable(f"{model.name}: a {kind} model cannot be scored in packs ({change}). "
                               "Choose a decoder-only transformer with full attention.")
    return model


PROBES = (Prompt((5, 6, 7), 3, (8, 9), (10, 11, 12)), Prompt((5, 6, 7), 2, (6, 8, 5), (9,)))   # two short sequences behind one prefix


@torch.inference_mode()
def score_plainly(model: CausalModel, row: Prompt) -> torch.Tensor:
    """The log-probabilities of `score_pack` from one ordinary forward pass over the whole sequence: (response,)."""
    tokens = torch.tensor([row.tokens + row.response], device=model.device)
    logits = model.network(input_ids=tokens, use_cache=False).logits[0, len(row.tokens) - 1:-1]
    return label_log_probabilities(logits, tokens[0, len(row.tokens):])
