"""Weights at the door: a file or a weight that is not there, and numbers that are none."""

import json
from pathlib import Path

import torch

from delift_core.errors import ModelUnavailable

INDEX = "model.safetensors.index.json"  # weight -> the file that holds it


def refuse_missing_shards(source: str, name: str) -> None:
    """Raise ModelUnavailable where a folder lacks a file that its index of weights names."""
    index = Path(source) / INDEX
    if not index.is_file():
        return
    try:
        named = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (ValueError, LookupError, AttributeError, TypeError):
        return  # transformers says what is wrong with it
    missing = sorted(file for file in named if not (index.parent / file).is_file())
    if missing:
        raise ModelUnavailable(
            f"{name}: the folder lacks {len(missing)} of the {len(named)} files of weights that"
            f" {index.name} names, {missing[0]} first. Fetch the model again."
        )


def refuse_absent_weights(name: str, report: dict) -> None:
    """Raise ModelUnavailable for weights that files lack or have in another shape.

    report: what transformers says of a model that it loaded.
    """
    mismatched = [key for key, *_ in report["mismatched_keys"]]
    absent = sorted({*report["missing_keys"], *mismatched})
    if absent:
        raise ModelUnavailable(
            f"{name}: {len(absent)} weights are missing from its files or have another shape than"
            f" config.json says, {absent[0]} first. Fetch the model again."
        )


def refuse_broken_weights(name: str, network: torch.nn.Module) -> None:
    """Raise ModelUnavailable where a weight holds NaN or an infinite number."""
    broken = [key for key, weight in network.named_parameters() if not weight.isfinite().all()]
    if broken:
        raise ModelUnavailable(
            f"{name}: {len(broken)} of its weights hold NaN or infinite numbers, {broken[0]} first."
            " Fetch the model again, or save it from a training that did not diverge."
        )
