"""Giving out tasks: none is lost with its worker, what came back is kept, and who waits for whom.

Workers are played by a crew that reports at once.
"""

import pytest

from delift_core.errors import ChangedModel, LostWorkers, PoisonedTask
from delift_core.executors import dispatch
from delift_core.executors.dispatch import Dispatch
from delift_core.executors.reports import Done, Failed, Lost, Ready, Refused
from tests.executors.doing import NUMBERS, SQUARES

LOST = Lost("its process ended")


class PlayedWorker:
    """Reports what the crew's script says of its tasks."""

    def __init__(self, crew, number):
        self.crew, self.number, self.name = crew, number, f"worker {number}"
        self.is_ended = False

    def give(self, payload):
        self.crew.given.append((self.number, payload))
        self.crew.coming.append((self, self.crew.answer(self, payload)))

    def end(self):
        self.is_ended = True


class PlayedCrew:
    """Workers that are ready at once but for those of `starts`, and answer by `answer`."""

    def __init__(self, room=2, answer=None, starts=None):
        self.room, self.starts = room, starts or {}
        self.answer = answer or (lambda worker, number: Done(number * number, 1))
        self.workers, self.given, self.coming = [], [], []

    def most(self):
        return self.room

    def start(self):
        worker = PlayedWorker(self, len(self.workers) + 1)
        self.workers.append(worker)
        report = self.starts.get(worker.number, Ready())
        if report:
            self.coming.append((worker, report))
        return worker

    def reports(self, seconds):
        coming, self.coming = self.coming, []
        return coming


def collect(crew, came, advance=lambda units: None):
    for key, result in Dispatch(crew, NUMBERS).results(advance):
        came[key] = result


def all_of(crew, tasks=NUMBERS, advance=lambda units: None):
    return dict(Dispatch(crew, tasks).results(advance))


def test_every_task_is_done_once_and_every_worker_ended():
    crew, units = PlayedCrew(3), []
    assert all_of(crew, advance=units.append) == SQUARES
    assert sorted(number for _, number in crew.given) == list(range(10))
    assert len(crew.workers) == 3 and all(worker.is_ended for worker in crew.workers)
    assert sum(units) == 10


def test_no_more_workers_are_started_than_there_are_tasks():
    crew = PlayedCrew(8)
    assert all_of(crew, NUMBERS[:3]) == {0: 0, 1: 1, 2: 4}
    assert len(crew.workers) == 3


def test_tasks_are_taken_as_there_are_workers_for_them():
    taken = []
    results = Dispatch(PlayedCrew(2), (taken.append(task) or task for task in NUMBERS)).results(
        lambda units: None
    )
    next(results)
    assert len(taken) <= 5
    results.close()


def test_the_task_of_a_lost_worker_is_given_to_another_one():
    crew = PlayedCrew(2, lambda worker, number: LOST if worker.number < 3 else Done(number**2, 1))
    assert all_of(crew) == SQUARES
    assert len(crew.workers) == 4


@pytest.mark.parametrize("report", [LOST, Failed("ZeroDivisionError: by three")])
def test_a_task_that_fails_three_times_stops_the_work_by_name_behind_what_came_back(report):
    crew = PlayedCrew(2, lambda worker, number: report if number == 3 else Done(number**2, 1))
    came = {}
    with pytest.raises(PoisonedTask, match=f"number 3: 3 tries failed.*{report.reason}"):
        collect(crew, came)
    assert came.items() <= SQUARES.items() and {0, 1, 2} <= set(came)
    assert [number for _, number in crew.given].count(3) == 3


def test_an_error_comes_behind_the_results_that_came_with_it():
    def answer(worker, number):
        return Refused(MemoryError("no more")) if number == 0 else Done(number**2, 1)

    came = {}
    with pytest.raises(MemoryError, match="worker 2: no more"):
        collect(PlayedCrew(2, answer), came)
    assert came == {1: 1}


def test_what_came_back_is_handed_out_before_the_work_is_stopped():
    crew = PlayedCrew(10)

    def stop(units):
        if units:
            raise KeyboardInterrupt

    came = {}
    with pytest.raises(KeyboardInterrupt):
        collect(crew, came, stop)
    assert came == SQUARES
    assert all(worker.is_ended for worker in crew.workers)


def test_a_worker_that_would_give_other_results_stops_the_work_before_a_task_is_given_out():
    refusal = Refused(ChangedModel("its model is another."))
    crew = PlayedCrew(3, starts={3: refusal})
    with pytest.raises(ChangedModel, match="worker 3: its model is another"):
        all_of(crew)
    assert crew.given == []


def test_tasks_wait_for_workers_that_get_ready_but_not_for_ever(monkeypatch):
    crew, turns = PlayedCrew(2, starts={2: None}), []

    def patient(units):
        turns.append(len(crew.given))
        if len(turns) == 5:
            monkeypatch.setattr(dispatch.time, "monotonic", lambda: float("inf"))

    assert all_of(crew, advance=patient) == SQUARES
    assert turns[:5] == [0] * 5


def test_a_worker_that_fails_to_start_is_replaced_and_three_in_a_row_are_the_end():
    assert all_of(PlayedCrew(2, starts={1: LOST, 2: Failed("no memory")})) == SQUARES
    crew = PlayedCrew(1, starts=dict.fromkeys(range(1, 9), Failed("no room")))
    with pytest.raises(LostWorkers, match=r"3 tries failed, the last one on worker 3 \(no room\)"):
        all_of(crew)
    assert len(crew.workers) == 3


def test_others_go_on_where_no_further_worker_starts():
    starts = dict.fromkeys(range(2, 9), LOST)
    crew = PlayedCrew(2, starts=starts)
    assert all_of(crew) == SQUARES
    assert len(crew.workers) == 4 and {number for number, _ in crew.given} == {1}


def test_room_that_comes_later_is_used_and_room_that_went_is_waited_for():
    crew = PlayedCrew(0)

    def come(units):
        crew.room += 1

    assert all_of(crew, advance=come) == SQUARES
    assert len(crew.workers) > 1
