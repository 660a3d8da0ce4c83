"""The demo as it would be had only some of its pairs been scored."""

import shutil

import numpy as np

from delift_core.runs.store import create_run


def part_of(demo, plan, workspace):
    """A run of the demo's data in a workspace with the pairs of a plan, taken from the demo; its
    maps come along.
    """
    run = create_run(workspace, demo.datasets, demo.record["model"], demo.record["template"], plan)
    shutil.copytree(demo.folder / "projections", run.folder / "projections", dirs_exist_ok=True)
    for role in run.roles:
        run.write_alone(role, demo.alone(role))
    run.sample_pairs("pool_pool")
    planes = np.where(run.pair_sample("pool_pool").mask, demo.read("pool_pool"), np.nan)
    for tile in run.tiles("pool_pool"):
        run.write_tile("pool_pool", tile, planes[:, tile.rows, tile.columns])
    return run
