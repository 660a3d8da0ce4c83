"""Rounds of tuning on the Compare page: their minutes first, then a job that can be continued."""

import numpy as np

from delift_core.files import write_json
from delift_core.jobs.status import State, Status, write_status
from delift_core.runs.rounds import RoundStore
from delift_core.runs.store import open_demo
from delift_core.selection.baselines.rounds import first_picks
from delift_core.selection.round_settings import RoundSettings
from delift_core.units import duration
from tests.pages.conftest import button, texts


def ended(folder, state, result=None):
    """A job that ended like this"""
    folder.mkdir(parents=True, exist_ok=True)
    write_status(Status(state, folder.name), folder)
    if result is not None:
        write_json(result, folder / "result.json")


def test_the_minutes_of_tuning_rounds_are_told_before_they_are_tuned(demo, workspace, monkeypatch):
    started = []
    monkeypatch.setattr("pages.choose.compare_rounds.jobs.start", started.append)
    run = open_demo(workspace)
    page = demo("choose/compare", budget="20")
    assert "Tune the rounds" not in [button.label for button in page.button]
    page.session_state["methods that lack something"] = True
    page.run()
    page.session_state["methods that lack something"] = True
    button(page, "Work out what the rounds take").click().run()
    assert (started[0].task, started[0].run) == ("cost_rounds", str(run.folder))
    ended(started[0].folder, State.DONE, {"rounds": 3, "seconds": 750.0})
    page.run()
    assert f"3 rounds of tuning, 768 examples to read, about {duration(750)}" in texts(page)
    button(page, "Tune the rounds").click().run()
    assert (started[1].task, started[1].run) == ("rounds", str(run.folder))


def test_rounds_that_were_stopped_are_continued_and_whole_ones_are_compared(
    demo, workspace, monkeypatch
):
    started = []
    monkeypatch.setattr("pages.choose.compare_rounds.jobs.start", started.append)
    run = open_demo(workspace)
    store = RoundStore(run, RoundSettings())
    order = np.random.default_rng(0).permutation(len(run.pool))
    order = [row for row in order if row not in set(first_picks(store.settings, store.size))]
    for number in store.missing:
        count = store.settings.picks(number, store.size)
        store.write(number, np.array(order[:count]))
        del order[:count]
    whole = store.path(3).read_bytes()
    store.path(3).unlink()
    ended(run.folder / "jobs" / "rounds", State.CANCELLED)
    page = demo("choose/compare", budget="20")
    assert "1 round of tuning" in texts(page) and "is kept" in texts(page)
    button(page, "Continue the rounds").click().run()
    assert started[0].task == "rounds"
    store.path(3).write_bytes(whole)
    page = demo("choose/compare", budget="20", compare=["choice", "rounds"])
    assert (
        not page.exception and not page.error and "Rounds of tuning" in page.multiselect[0].options
    )
    assert len(page.table[0].value.columns) > 1
