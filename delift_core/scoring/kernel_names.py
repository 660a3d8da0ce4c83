"""The kernels a run can have, named answered_shown after the roles at the two ends of a pair."""

KERNELS = {
    "pool_pool": ("pool", "pool"),
    "target_pool": ("target", "pool"),
    "pool_target": ("pool", "target"),
    "pool_known": ("pool", "known"),
}


def is_square(name: str) -> bool:
    """Whether the answered examples of a kernel are the shown ones."""
    return len(set(KERNELS[name])) == 1
