"""One choice from a made-up sparse kernel, measured in a process of its own.

    python -m benchmarks.sparse_choice KIND SIZE PAIRS

prints the number of scored pairs, the seconds of processor time of `similarity()`, of the objective
and choosing 30 %, and of the whole order with its curve, the peak of the process in MB, and the
coverage of the 30 %.
"""

import sys
import time
from itertools import pairwise

from benchmarks.processes import process_memory, reset_peak_memory
from benchmarks.synthetic_sparse import synthetic_sparse_kernel
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location
from delift_core.selection.outcome import coverage_of, curve_of
from delift_core.selection.settle import settle


def main(kind: str, size: str, pairs: str) -> None:
    maximise(facility_location(synthetic_sparse_kernel(kind, 100, 8).similarity()), 0.3)
    kernel = synthetic_sparse_kernel(kind, int(size), int(pairs))
    reset_peak_memory()
    times = [time.process_time()]
    similarity = kernel.similarity()
    times.append(time.process_time())
    objective = facility_location(similarity)
    chosen = maximise(objective, 0.3)
    times.append(time.process_time())
    curve_of(objective, settle(size, int(size)), maximise(objective, int(size)))
    times.append(time.process_time())
    seconds = [f"{after - before:.2f}" for before, after in pairwise(times)]
    coverage = coverage_of(chosen, objective)
    print(kernel.values.nnz, *seconds, f"{process_memory('VmHWM'):.0f}", f"{coverage:.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
