"""The status read from a job folder.

Never an exception, never a dead job called alive, and a rate of the recent past.
"""

from dataclasses import replace

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delift_core.files import write_json
from delift_core.jobs import progress
from delift_core.jobs.jobs import status
from delift_core.jobs.progress import RECENT, Cancelled, JobProgress, Meter
from delift_core.jobs.status import State, Status, read_status, write_status

RUNNING = Status(
    State.RUNNING, "score", "scoring pool_pool", 5, 16, 2.5, 4.0, 4.4, None, 0.0, 12345
)
TEXTS = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [b"", b"{", b"[]", b"null", b'{"state": "running"}', b'{"state": 7}', b"[" * 5000]
    ),
)


def test_a_status_comes_back_as_it_was_written(tmp_path):
    write_status(RUNNING, tmp_path)
    found = read_status(tmp_path)
    assert replace(found, updated=0.0) == RUNNING and found.updated > 0


def test_a_running_job_whose_lock_is_free_was_interrupted(tmp_path):
    write_status(RUNNING, tmp_path)
    found = status(tmp_path)
    assert (found.state, found.done, found.rate, found.left) == (State.INTERRUPTED, 5, None, None)
    assert (
        found.error
        == "The worker was stopped from outside after 5 of 16; what is finished is kept. Start"
        " again to continue."
    )
    with FileLock(tmp_path / "worker.lock"):
        assert status(tmp_path).state == State.RUNNING


def test_before_there_are_units_an_interruption_says_what_was_done_instead(tmp_path):
    write_status(replace(RUNNING, doing="loading the model", done=0, total=0), tmp_path)
    assert status(tmp_path).error.startswith(
        "The worker was stopped from outside while loading the model; "
    )


@pytest.mark.parametrize("state", [State.DONE, State.FAILED, State.CANCELLED])
def test_what_has_ended_stays_ended(tmp_path, state):
    write_status(replace(RUNNING, state=state), tmp_path)
    assert status(tmp_path).state == state


def test_a_job_that_is_being_started_is_not_yet_called_dead(tmp_path):
    write_status(Status(State.QUEUED, "score"), tmp_path)
    with FileLock(tmp_path / "start.lock"):
        assert status(tmp_path).state == State.QUEUED
    assert status(tmp_path).state == State.INTERRUPTED


@given(content=TEXTS)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
def test_a_damaged_status_is_an_interruption_with_a_sentence(tmp_path, content):
    write_json({"task": "score", "arguments": {}}, tmp_path / "spec.json")
    (tmp_path / "status.json").write_bytes(content)
    found = status(tmp_path)
    assert (
        (found.state, found.task) == (State.INTERRUPTED, "score")
        and "cannot be read" in found.error
        and "Start again" in found.error
    )


@given(
    spoiled=st.sampled_from(["state", "done", "total", "rate", "elapsed", "pid"]),
    value=st.sampled_from(["x", [], {}]),
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=18, deadline=None
)
def test_a_field_of_another_kind_is_damage_too(tmp_path, spoiled, value):
    from dataclasses import asdict

    write_json({**asdict(RUNNING), spoiled: value}, tmp_path / "status.json")
    assert status(tmp_path).state == State.INTERRUPTED


def test_a_lost_status_of_a_job_that_was_started_is_an_interruption(tmp_path):
    write_json({"task": "score", "arguments": {}}, tmp_path / "spec.json")
    assert status(tmp_path).state == State.INTERRUPTED


# The rate


def test_the_rate_is_units_by_seconds():
    meter = Meter(5, now=100.0)
    assert meter.rate(110.0) is None
    meter.advance(4, 102.0)
    assert meter.done == 9 and meter.rate(102.0) == 2.0


def test_time_left_counts_down_between_two_packs_until_the_silence_is_longer_than_usual():
    meter = Meter(0, now=0.0)
    for now in (4.0, 8.0, 12.0):
        meter.advance(24, now)
    assert [meter.rate(now) for now in (12.0, 14.0, 20.0)] == [6.0, 6.0, 6.0]
    assert [meter.left(240, now) for now in (12.0, 14.0, 20.0)] == [28.0, 26.0, 20.0]
    assert meter.rate(24.0) == 3.0 and meter.left(240, 24.0) == 168 / 3.0
    assert meter.left(72, 19.0) == 0.0 and Meter(0, 0.0).left(24, 1.0) is None


@given(pauses=st.lists(st.floats(0.5, 20.0), min_size=2, max_size=60))
def test_time_left_never_climbs_while_nothing_is_late(pauses):
    meter, now = Meter(0, now=0.0), 0.0
    for pause in pauses:
        now += pause
        meter.advance(24, now)
    told = [
        meter.left(10**4, now + step)
        for step in np.linspace(0, 40, 60)
        if not meter.is_late(now + step)
    ]
    assert told == sorted(told, reverse=True)


def test_the_rate_recovers_after_a_standstill():
    meter, now = Meter(0, now=0.0), 0.0
    for pause, times in ((1.0, 20), (500.0, 1), (1.0, 2 * int(RECENT))):
        for _ in range(times):
            now += pause
            meter.advance(10, now)
    assert meter.rate(now) == pytest.approx(10.0)


@given(pauses=st.lists(st.floats(0.001, 100.0), min_size=1, max_size=200))
def test_the_rate_lies_between_the_slowest_and_the_fastest_there_was(pauses):
    meter, now = Meter(0, now=0.0), 0.0
    for pause in pauses:
        now += pause
        meter.advance(1, now)
    assert 1 / max(pauses) * 0.999 <= meter.rate(now) <= 1 / min(pauses) * 1.001
    assert meter.done == len(pauses)


# The progress of a task


@pytest.fixture
def followed(tmp_path):
    made = JobProgress(tmp_path, "count")
    yield made
    made.end(State.DONE)


def test_the_wish_to_cancel_stops_the_task_at_every_call(followed, monkeypatch):
    monkeypatch.setattr(progress, "CHECK_SECONDS", 0.0)
    followed.advance()
    (followed.folder / "cancel").touch()
    calls = (
        followed.advance,
        followed.check,
        lambda: followed.stage("more"),
        lambda: followed.queue("wait"),
    )
    for call in calls:
        with pytest.raises(Cancelled):
            call()


def test_a_task_is_queued_until_its_next_stage(followed):
    followed.queue("waiting for the cpu")
    assert (followed.status().state, followed.status().doing) == (
        State.QUEUED,
        "waiting for the cpu",
    )
    followed.stage("loading the model")
    assert followed.status().state == State.RUNNING


def test_a_resumed_job_has_no_rate_from_what_was_done_before(followed):
    followed.total(16, done=5)
    assert (
        followed.status().done,
        followed.status().total,
        followed.status().rate,
        followed.status().left,
    ) == (5, 16, None, None)
    followed.advance(3)
    assert followed.status().done == 8 and followed.status().left == pytest.approx(
        8 / followed.status().rate, rel=0.5
    )
