"""The demo with another pool or model, as a run of its own under the address of its record."""

import shutil
from dataclasses import replace
from pathlib import Path

from delift_core.files import digest, write_json
from delift_core.runs.record import describe
from delift_core.runs.store import bundled_run, open_run
from delift_core.runs.tables import write_dataset


def demo_variant(workspace, example=None, source=None, **model):
    """The demo with other fields of its model, and every pool example as example(old, position)."""
    shipped = bundled_run()
    examples = shipped.pool.examples
    if example:
        examples = tuple(example(old, position) for position, old in enumerate(examples))
    pool = replace(shipped.pool, source=source or shipped.pool.source, examples=examples)
    record = {
        **shipped.record,
        "data": {**shipped.record["data"], "pool": describe(pool)},
        "model": {**shipped.record["model"], **model},
    }
    folder = Path(workspace) / "runs" / digest(record)[:16]
    of_the_old_pool = shutil.ignore_patterns("held_out", "validations")
    shutil.copytree(shipped.folder, folder, ignore=of_the_old_pool)
    write_dataset(pool, folder / "pool")
    write_json(record, folder / "run.json")
    return open_run(folder)
