"""Peak memory of one choice, measured in a process of its own.

    python -m benchmarks.selection_memory KIND SIZE LAYOUTS

prints for a column-major kernel, and for a row-major one where LAYOUTS is 2: the peak beyond the
kernel in kernels, the peak of the process in MB, and the seconds of processor time.
"""

import sys
import time

import numpy as np

from benchmarks.processes import process_memory, reset_peak_memory
from benchmarks.selection_peers import ours
from benchmarks.synthetic_kernels import synthetic_kernel


def main(kind: str, size: str, layouts: str) -> None:
    ours(synthetic_kernel("clustered RBF", 1_000))
    for layout in (np.asarray, np.ascontiguousarray)[: int(layouts)]:
        similarity = layout(synthetic_kernel(kind, int(size)))
        before = process_memory("VmRSS")
        reset_peak_memory()
        start = time.process_time()
        ours(similarity)
        seconds = time.process_time() - start
        peak = process_memory("VmHWM")
        kernels = (peak - before) / (similarity.nbytes / 2**20)
        print(f"{kernels:.2f} {peak:.0f} {seconds:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
