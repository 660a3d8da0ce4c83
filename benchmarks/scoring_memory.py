"""Peak memory of scoring beyond the loaded model, measured in a process of its own.

    python -m benchmarks.scoring_memory EXAMPLES PRECISION

prints MB: the peak beyond the model, the model's weights, and the output layer's packed copy.
"""

import sys

import torch

from benchmarks.processes import process_memory, reset_peak_memory
from benchmarks.scoring_setting import DEMO
from delift_core.data.readers import read_dataset
from delift_core.scoring.model import load_model
from delift_core.scoring.pairs import KernelTask, score_alone, score_tile, scorer_for
from delift_core.scoring.plan import Tile


def main(size: str, precision: str) -> None:
    torch.set_num_threads(1)
    pool = read_dataset(DEMO, limit=int(size), near_duplicates="keep").examples
    model = load_model(dtype=precision)
    weights = sum(part.numel() * part.element_size() for part in model.network.parameters())
    scorer = scorer_for(model)
    head = model.network.get_output_embeddings()
    copy = getattr(head, "laid_out_weight", torch.empty(0)).numel() * 4
    before = process_memory("RssAnon")
    reset_peak_memory()
    task = KernelTask(pool, pool, score_alone(scorer, pool))
    score_tile(scorer, task, Tile(slice(0, min(64, len(pool))), slice(0, 2)))
    peak = process_memory("VmHWM") - process_memory("RssFile") - before
    print(f"{peak:.0f} {weights / 2**20:.0f} {copy / 2**20:.0f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
