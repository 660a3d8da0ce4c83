"""The kernels a run can have, named answered_shown after the roles at the two ends of a pair."""

from collections.abc import Collection

HELD_OUT = "held_out"  # the role that is never chosen from: no objective is built on its kernel
HELD_OUT_KERNEL = "held_out_pool"
KERNELS = {
    "pool_pool": ("pool", "pool"),
    "target_pool": ("target", "pool"),
    "pool_target": ("pool", "target"),
    "pool_known": ("pool", "known"),
    HELD_OUT_KERNEL: (HELD_OUT, "pool"),
}


def role_name(role: str) -> str:
    """A role as sentences name it: held-out."""
    return role.replace("_", "-")


def is_square(name: str) -> bool:
    """Whether the answered examples of a kernel are the shown ones."""
    return len(set(KERNELS[name])) == 1


def kernels_between(roles: Collection[str]) -> tuple[str, ...]:
    """Names of the kernels both of whose roles are among these."""
    return tuple(name for name, pair in KERNELS.items() if set(pair) <= set(roles))
