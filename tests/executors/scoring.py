"""Scoring for actors of a cluster, in a module that they can import."""

import os
import signal
import time
from pathlib import Path

from delift_core.workflow.tile_work import open_tiles

SECONDS = 4  # for a tile that waits


def dying_once(folder, setup):
    """What scores tiles; the first process to score one is killed before it reports."""
    score = open_tiles(setup)

    def score_or_die(part, advance):
        planes = score(part, advance)
        try:
            Path(folder, "died").touch(exist_ok=False)
        except FileExistsError:
            return planes
        os.kill(os.getpid(), signal.SIGKILL)

    return score_or_die


def slowly(setup):
    """What scores tiles, and takes so long for each that every node gets to start an actor."""
    score = open_tiles(setup)

    def score_and_wait(part, advance):
        planes = score(part, advance)
        time.sleep(SECONDS)
        return planes

    return score_and_wait
