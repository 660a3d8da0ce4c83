"""How many threads compute: the last bits of a sum depend on how it is split."""

import torch


def use_threads(count: int | None) -> None:
    """Have this process compute in so many threads; None leaves it as it is."""
    if count is not None:
        torch.set_num_threads(count)


def threads_in_use() -> int:
    """In how many threads this process computes."""
    return torch.get_num_threads()
