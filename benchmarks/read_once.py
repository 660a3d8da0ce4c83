"""Read one file with the package of the folder this process runs in, and print what it took.

python read_once.py FILE: processor seconds, the most memory in MB, a digest of what was read.
"""

import hashlib
import sys
import time
from pathlib import Path

from delift_core.data.example import Dataset
from delift_core.data.readers import read_dataset
from delift_core.errors import DeliftError


def digest(dataset: Dataset) -> str:
    """sha256 over examples and groups of near-duplicates."""
    total = hashlib.sha256()
    for example in dataset:
        turns = [(turn.role, turn.content) for turn in example.turns]
        total.update(repr((example.id, example.row, turns, example.response)).encode())
    for first, group in dataset.collapsed.items():
        total.update(repr((first, [duplicate.id for duplicate in group])).encode())
    return total.hexdigest()


if __name__ == "__main__":
    start = time.process_time()
    try:
        dataset, found = read_dataset(sys.argv[1]), ""
    except DeliftError as refusal:
        dataset, found = None, type(refusal).__name__
    seconds = time.process_time() - start
    status = Path("/proc/self/status").read_text()
    memory = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(f"{seconds:.3f} {memory:.0f} {found or digest(dataset)}")
