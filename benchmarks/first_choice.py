"""Processor time of the first choice of a process: python -m benchmarks.first_choice

prints the seconds of importing numba, of choosing from a thousand, and of choosing again.
"""

import importlib
import time

import numpy as np

from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location


def seconds_to_choose(similarity: np.ndarray) -> float:
    start = time.process_time()
    maximise(facility_location(similarity), 0.3)
    return time.process_time() - start


def main() -> None:
    similarity = np.asfortranarray(
        np.random.default_rng(0).random((1_000, 1_000), dtype=np.float32)
    )
    start = time.process_time()
    importlib.import_module("numba")
    imported = time.process_time() - start
    first = seconds_to_choose(similarity)
    print(f"{imported:.2f} {first:.2f} {seconds_to_choose(similarity):.3f}")


if __name__ == "__main__":
    main()
