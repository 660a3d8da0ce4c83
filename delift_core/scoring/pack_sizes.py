"""How large the packs are that a device reads at a time."""

PACK_TOKENS = {"cpu": 512, "mps": 2048, "cuda": 8192}  # most tokens of one pack
# most attention cells of one pack, rows x visible keys, which bounds attention's memory
PACK_CELLS = {"cpu": 2**16, "mps": 2**18, "cuda": 2**21}
LEAST_PACK = 32  # tokens of the smallest pack that is tried
PADDING = 2  # most cells of (rows, width) per pack token: short rows are padded to the longest
HELD_PREFIXES = 4  # packs whose worth of prefix tokens is cached at a time, besides the longest
LEAST_SAVED = {"cpu": 16, "mps": 64, "cuda": 256}  # tokens a prefix has to save: 1/32 of a pack


def pack_cells(device: str, pack_tokens: int) -> int:
    """Most attention cells of a pack of that many tokens."""
    return PACK_CELLS[device] * pack_tokens // PACK_TOKENS[device]
