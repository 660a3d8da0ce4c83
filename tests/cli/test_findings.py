"""What `delift validate` prints of its findings where that depends on what was measured."""

import json

from delift_core.cli.console import Reporter
from delift_core.cli.findings import say_agreement


def test_loss_and_answers_are_told_to_agree_where_answers_were_scored_and_not_elsewhere(capsys):
    say_agreement(Reporter(), 2e-4, float("nan"))
    assert capsys.readouterr().out == ""
    say_agreement(Reporter(), 2e-4, -0.8)
    assert "loss and score of answers over the arms: \u22120.80" in capsys.readouterr().out
    say_agreement(Reporter(as_json=True), 2e-4, -0.8)
    event = json.loads(capsys.readouterr().out)
    assert (event["event"], event["learning_rate"], event["correlation"]) == (
        "agreement",
        2e-4,
        -0.8,
    )
