"""Whole numbers on their way to the device; for a card the processor does not wait."""

from collections.abc import Sequence
from itertools import chain

import torch


def on_device(device: str, *lists: Sequence[int]) -> tuple[torch.Tensor, ...]:
    """Each list as a tensor on a device, (numbers,) int64, all of them in one copy."""
    flat = torch.tensor(list(chain(*lists)), dtype=torch.long)
    if device == "cuda":
        flat = flat.pin_memory()
    # elsewhere than on cuda nothing keeps the numbers until they are there
    there = flat.to(device, non_blocking=device == "cuda")
    return there.split([len(numbers) for numbers in lists])
