"""The demo's run with another pool or model in it, as a run of its own: its record says what it
holds, and its folder is named after that.
"""

import shutil
from dataclasses import replace
from pathlib import Path

from delift_core.files import digest, write_json
from delift_core.runs.record import describe
from delift_core.runs.store import bundled_run, open_run
from delift_core.runs.tables import write_dataset


def rewritten(workspace, example=None, source=None, **model):
    """The run, its pool's examples passed through example(example, place), its model named as
    given.
    """
    shipped = bundled_run()
    pool = replace(
        shipped.pool,
        source=source or shipped.pool.source,
        examples=tuple(
            example(one, place) if example else one for place, one in enumerate(shipped.pool)
        ),
    )
    record = {
        **shipped.record,
        "data": {**shipped.record["data"], "pool": describe(pool)},
        "model": {**shipped.record["model"], **model},
    }
    folder = Path(workspace) / "runs" / digest(record)[:16]
    shutil.copytree(shipped.folder, folder)
    write_dataset(pool, folder / "pool")
    write_json(record, folder / "run.json")
    return open_run(folder)
