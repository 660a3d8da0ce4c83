"""How fast a column could be scored if every matrix product ran at this machine's speed."""

import statistics
from collections import Counter
from collections.abc import Sequence

import torch

from benchmarks.scoring_peers import Columns
from benchmarks.scoring_setting import timed
from delift_core.scoring.pack_sizes import LEAST_SAVED, PACK_TOKENS
from delift_core.scoring.packing import PackedModel
from delift_core.scoring.prefixes import NONE, shared_prefixes
from delift_core.scoring.prompts import Prompt


def limit_seconds(model: PackedModel, columns: Columns) -> float:
    """Seconds of one column if every product is as fast as its shape alone, and no more costs."""
    counted = operations(model.network, columns[0])
    return sum(count / product_rate(*shape) for shape, count in counted.items())


def operations(
    network: torch.nn.Module, prompts: Sequence[Prompt], least_saved: int = LEAST_SAVED["cpu"]
) -> Counter[tuple[int, int]]:
    """Shape of a matrix, (outputs, width) -> operations of its products in one column.

    2 x weights x new tokens for every layer, the output layer on scored tokens, and 4 x width x
    (keys seen) a token and layer for attention, which counts as products of (width, width).
    """
    config = network.config
    new, seen = tokens_read(prompts, least_saved)
    scored = sum(len(prompt.response) for prompt in prompts)
    head = network.get_output_embeddings()
    counted: Counter[tuple[int, int]] = Counter()
    for part in network.modules():
        if isinstance(part, torch.nn.Linear) and part is not head:
            outputs, width = part.weight.shape
            counted[outputs, width] += 2 * outputs * width * new
    width = config.hidden_size
    counted[width, width] += config.num_hidden_layers * 4 * width * seen
    counted[tuple(head.weight.shape)] += 2 * head.weight.numel() * scored
    return counted


def tokens_read(
    prompts: Sequence[Prompt], least_saved: int = LEAST_SAVED["cpu"]
) -> tuple[int, int]:
    """(tokens that are read, keys that they see in all), each shared prefix read once."""
    prefixes, continued = shared_prefixes([prompt.tokens[:-1] for prompt in prompts], least_saved)
    spans = [(prefix.end - len(prefix.tokens), prefix.end) for prefix in prefixes]
    for prompt, prefix in zip(prompts, continued):
        start = 0
        if prefix != NONE:
            start = prefixes[prefix].end
        spans.append((start, len(prompt.fed)))
    tokens = sum(end - start for start, end in spans)
    keys = sum((end * (end + 1) - start * (start + 1)) // 2 for start, end in spans)
    return tokens, keys


def product_rate(outputs: int, width: int, rows: int = PACK_TOKENS["cpu"] // 2) -> float:
    """Operations a second of (rows, width) x (width, outputs) in float32.

    The faster of torch's two ways; the median of seven tries.
    """
    states, weight = torch.randn(rows, width), torch.randn(outputs, width)
    product = torch.empty(rows, outputs)
    packed_weight = torch.ops.mkldnn._reorder_linear_weight(weight, rows)
    ways = (
        lambda: torch.mm(states, weight.T, out=product),
        lambda: torch.ops.mkldnn._linear_pointwise(states, packed_weight, None, "none", [], ""),
    )
    with torch.inference_mode():
        medians = [statistics.median(timed(way)[0] for _ in range(7)) for way in ways]
    return 2 * rows * width * outputs / min(medians)
