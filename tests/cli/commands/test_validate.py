"""`delift validate`: what it takes, tuning, the table and the sentence; going on and refusals."""

from pathlib import Path

import pytest

from delift_core.runs.store import open_run
from delift_core.validation.validations import stored_validations
from tests.cli.conftest import events, write_rows

HELD_OUT = [
    {"prompt": f"Name a {n} colour", "response": f"Green {n}", "author": author}
    for n, author in (("new", "Ann"), ("old", "Ann"), ("odd", "Bob"))
]
EQUAL = ("steps", "epochs")
SMALL = ("--budget", "3", "--random", "2", "--seeds", "2", "--epochs", "1")


@pytest.fixture
def scored(delift):
    """folder of a scored run"""
    found = events(delift("score", "--pool", "pool.jsonl", "--json"))
    write_rows(Path("held.jsonl"), HELD_OUT)
    return Path(next(event["folder"] for event in found if event["event"] == "run"))


def of_event(name, printed):
    return next(event for event in events(printed) if event["event"] == name)


def test_a_selection_is_tuned_measured_and_told_with_its_interval(delift, scored):
    command = ("validate", scored, "--held-out", "held.jsonl", *SMALL, "--equal-tokens")
    printed = delift(*command, model=False)
    for text in ("models to tune and measure: about", "learning rate 0.0002", "learning rate"):
        assert text in printed.stdout
    for arm in ("untuned", "random", "facility_location", "longest", "whole pool, equal steps"):
        assert arm in printed.stdout
    at_tokens = printed.stdout.partition("equal tokens  ")[2]
    assert "whole pool, equal tokens" in at_tokens and "read nearest to" in at_tokens
    assert "nats" in printed.stdout.splitlines()[-1]
    assert "% at equal steps" in printed.stdout or "none at equal steps" in printed.stdout
    assert "is found in four of five validations" in printed.stdout
    assert "1 selection tried" in printed.stdout and "(predicted)" in printed.stdout


def test_the_same_command_tunes_nothing_again(delift, scored):
    command = ("validate", scored, "--held-out", "held.jsonl", *SMALL, "--json")
    first, again = delift(*command, model=False), delift(*command, model=False)
    assert of_event("cost", first)["models"] > 0 and of_event("cost", again)["models"] == 0
    assert of_event("validated", first) == of_event("validated", again)
    assert len(stored_validations(open_run(scored))) == of_event("tried", again)["selections"] == 1
    selected = of_event("evidence", again)["arms"][2]
    detectable = of_event("detectable", again)["detectable"]
    assert detectable == selected["against_random"]["detectable"]
    assert set(of_event("way", again)["way"]) == {f"whole pool, equal {n}" for n in EQUAL}
    seconds = of_event("seconds", again)
    assert seconds["scoring_and_selection"] == seconds["scoring"] + seconds["selection"]


def test_examples_of_one_cluster_are_drawn_together_in_the_intervals(delift, scored):
    tuned = ("--epochs", "3", "--learning-rate", "0.05", "--json")  # the first step is at rate 0
    command = ("validate", scored, "--held-out", "held.jsonl", *SMALL, *tuned)
    apart = delift(*command, model=False)
    together = delift(*command, "--cluster-by", "author", model=False)
    assert of_event("cost", together)["models"] == 0
    alone, drawn = (of_event("evidence", each)["arms"][2] for each in (apart, together))
    assert alone["arm"] == drawn["arm"] == "facility_location"
    assert alone["losses"] == drawn["losses"]
    alone, drawn = alone["against_random"], drawn["against_random"]
    assert alone["mean"] == drawn["mean"] and alone["standard_error"] != drawn["standard_error"]
    assert (alone["low"], alone["high"]) != (drawn["low"], drawn["high"])


def test_what_it_takes_is_said_and_nothing_is_tuned_where_only_that_is_asked_for(delift, scored):
    command = ("validate", scored, "--held-out", "held.jsonl", *SMALL, "--cost", "--json")
    printed = delift(*command, model=False)
    cost = of_event("cost", printed)
    assert cost["models"] > 0 and cost["seconds"] > 0
    assert not list(scored.glob("validations/cells/*"))


def test_what_is_varied_about_the_tuner_is_recorded_and_what_cannot_be_is_refused(delift, scored):
    command = (
        "validate",
        scored,
        "--held-out",
        "held.jsonl",
        *SMALL,
        "--cost",
        "--tuner",
        "prefix",
    )
    delift(*command, "--tuner-option", "tokens=3", model=False)
    (settings,) = stored_validations(open_run(scored))
    assert settings.tuner == "prefix" and settings.options == {"tokens": 3}
    refused = delift(*command, "--tuner-option", "rank=3", model=False)
    assert refused.exit_code == 2 and "no option 'rank'. Choose tokens" in refused.stderr


def test_examples_of_the_pool_are_set_aside_in_a_run_of_their_own(delift, scored):
    options = ("--hold-out", "2", *SMALL, "--json")
    printed = delift("validate", scored, *options, model=False)
    aside = of_event("held_out", printed)
    assert (aside["held_out"], aside["pool"]) == (2, 6) and aside["run"] != str(scored)
    run = open_run(aside["run"])
    held_out = {example.id for example in run.datasets["held_out"]}
    assert not held_out & {example.id for example in run.pool}
    assert "nats" in of_event("validated", printed)["sentence"]


def test_a_named_selection_is_measured_at_its_own_budget_and_no_other_option_is_read(
    delift, scored
):
    delift("select", scored, "--budget", "2", "--name", "mine", model=False)
    command = ("validate", scored, "--held-out", "held.jsonl", "--selection", "mine", *SMALL[2:])
    found = of_event("evidence", delift(*command, "--json", model=False))
    assert found["selection"] == "mine" and found["arms"][2]["arm"] == "mine"
    assert found["agreement"] is None  # no answers were asked for
    refused = delift(*command, "--pin", "r0", model=False)
    assert refused.exit_code == 2 and "leave out --pin" in refused.stderr


def test_without_held_out_examples_it_says_how_to_give_some(delift, scored):
    refused = delift("validate", scored, *SMALL, model=False)
    assert refused.exit_code == 2 and refused.stderr.count("\n") == 1
    assert "--held-out FILE" in refused.stderr
    both = delift("validate", scored, "--held-out", "a", "--hold-out", "2", model=False)
    assert both.exit_code == 2 and "give one of the two" in both.stderr
