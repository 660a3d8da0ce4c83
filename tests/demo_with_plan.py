"""The demo as a run of a plan, whose pairs are taken from the demo."""

import shutil

import numpy as np

from delift_core.runs.store import create_run


def demo_with_plan(demo, plan, workspace):
    """A run of the demo's data in a workspace with the pairs of a plan, and the demo's maps."""
    run = create_run(workspace, demo.datasets, demo.record["model"], demo.record["template"], plan)
    shutil.copytree(demo.folder / "projections", run.folder / "projections", dirs_exist_ok=True)
    for role in run.roles:
        run.write_alone(role, demo.alone(role))
    run.sample_pairs("pool_pool")
    whole, mask = demo.read("pool_pool"), run.pair_sample("pool_pool").mask
    if not plan.is_sparse:
        whole = np.where(mask, whole, np.nan)  # (3, answered, shown)
    store = run.tile_store("pool_pool")
    for tile in run.tiles("pool_pool"):
        store.write(tile, whole[(slice(None), *store.cells(tile))])
    return run
