"""A task done in this process, as a worker does it."""

import json

import pytest

from delift_core.jobs.jobs import result
from delift_core.jobs.progress import JobProgress
from delift_core.jobs.requests import REQUESTS
from delift_core.jobs.status import State
from delift_core.jobs.tasks import TASKS


@pytest.fixture
def does(tmp_path):
    """does(task, **arguments) -> what the task returns; its job folder is tmp_path/job"""

    def run(task, **arguments):
        progress = JobProgress(tmp_path / "job", task)
        try:
            stored = json.loads(json.dumps(arguments))
            returned = TASKS[task](REQUESTS[task].from_arguments(stored), progress)
            run.said = progress.status()
            progress.publish(returned)
            return result(tmp_path / "job")
        finally:
            progress.end(State.DONE)

    return run
