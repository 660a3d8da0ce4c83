"""The tasks that plan and run a validation: what they cost, count and leave in the run."""

import pytest

from delift_core.jobs.progress import Cancelled, JobProgress
from delift_core.runs.held_out import attach_held_out, held_out_address
from delift_core.runs.integrity import missing_work
from delift_core.runs.rounds import RoundStore
from delift_core.selection.round_settings import RoundSettings
from delift_core.workflow.findings import findings_of
from delift_core.workflow.score import score_missing
from delift_core.workflow.validation import open_validation
from tests.conftest import dataset

CHOICE = {"objective": "facility_location", "budget": "2"}
PROTOCOL = {"design": {"epochs": 1, "random": 2, "seeds": 2}, "learning_rates": [0.001]}


@pytest.fixture
def run(new_run, tiny):
    """a scored run with held-out examples"""
    run = new_run("pool")
    for _ in score_missing(missing_work(run, ["pool_pool"]), tiny()):
        pass
    return attach_held_out(run, dataset("held", [("Name a small colour", "pink"), ("Hi", "yo")]))


@pytest.fixture
def arguments(run, tmp_path):
    return {"run": str(run.folder), "workspace": str(tmp_path), "device": "cpu"}


def test_a_validation_is_planned_with_its_cost_then_tuned_to_its_end(does, run, arguments):
    address = held_out_address(run)
    planned = does(
        "plan_validation", **arguments, protocol=PROTOCOL, choice=CHOICE, held_out=address
    )
    assert planned["models"] == planned["all_models"] > 0 and planned["seconds"] > 0
    found = does("validate", **arguments, validation=planned["validation"])
    assert found == {
        "validation": planned["validation"],
        "models": planned["models"],
        "tuned": planned["models"],
    }
    assert does.said.done == does.said.total == planned["rows"]
    assert "nats" in findings_of(open_validation(run)).sentence
    assert does("validate", **arguments, validation=planned["validation"])["tuned"] == 0


def test_another_model_is_planned_and_tuned_by_the_executor_that_is_asked_for(
    does, run, arguments, tiny, monkeypatch
):
    other, used = tiny("qwen2").name, []
    monkeypatch.setattr(
        "delift_core.workflow.validate.complete_validation",
        lambda validation, device, progress, executor: used.append(executor) or (),
    )
    planned = does(
        "plan_validation",
        **arguments,
        protocol={**PROTOCOL, "options": {"rank": 2}},
        choice=CHOICE,
        model=other,
        executor="local:2",
    )
    settings = open_validation(run, planned["validation"]).settings
    assert settings.model["name"] == other and settings.options["rank"] == 2
    assert planned["executor"] == "local:2" and planned["seconds"] > 0
    does("validate", **arguments, validation=planned["validation"], executor="local:2")
    assert [executor.processes for executor in used] == [2]


ROUNDS = {"rounds": 3, "initial": 0.3, "step": 0.2}


def test_rounds_are_predicted_tuned_and_told_by_the_examples_they_read(does, run, arguments):
    cost = does("cost_rounds", **arguments, settings=ROUNDS)
    assert (cost["rounds"], cost["models"], cost["rows"]) == (3, 3, 45)
    assert cost["seconds"] > 0 and not (run.folder / "rounds").exists()
    found = does("rounds", **arguments, settings=ROUNDS)
    assert found["read"] == does.said.done == does.said.total == 45
    store = RoundStore(run, RoundSettings(**ROUNDS))
    assert sorted(store.order().tolist()) == list(range(6))
    store.path(3).unlink()
    assert does("cost_rounds", **arguments, settings=ROUNDS)["rows"] == 3 * 4 + 6
    assert does("rounds", **arguments, settings=ROUNDS)["read"] == 3 * 4 + 6
    assert does("cost_rounds", **arguments, settings=ROUNDS)["seconds"] == 0


def test_a_validation_is_cancelled_within_a_model_and_goes_on(
    does, run, arguments, tmp_path, monkeypatch
):
    planned = does("plan_validation", **arguments, protocol=PROTOCOL, choice=CHOICE)
    advance = JobProgress.advance

    def advance_and_wish(self, units=1):
        if self.doing.startswith("tuning model 3"):
            (tmp_path / "job" / "cancel").touch()
        advance(self, units)

    monkeypatch.setattr("delift_core.jobs.progress.CHECK_SECONDS", 0)
    with monkeypatch.context() as patch:
        patch.setattr(JobProgress, "advance", advance_and_wish)
        with pytest.raises(Cancelled):
            does("validate", **arguments, validation=planned["validation"])
    (tmp_path / "job" / "cancel").unlink()
    found = does("validate", **arguments, validation=planned["validation"])
    assert found["tuned"] == planned["models"] - 2
