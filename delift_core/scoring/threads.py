"""How many threads compute: the last bits of a sum depend on how it is split."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


def use_threads(count: int | None) -> None:
    """Have this process compute in so many threads; None leaves it as it is."""
    if count is not None:
        torch.set_num_threads(count)


@contextmanager
def threads_used(count: int | None) -> Iterator[None]:
    """Have this process compute in so many threads until the block ends; None: as it does."""
    before = threads_in_use()
    use_threads(count)
    try:
        yield
    finally:
        use_threads(before)


def threads_in_use() -> int:
    """In how many threads this process computes."""
    return torch.get_num_threads()
