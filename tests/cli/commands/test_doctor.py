"""`delift doctor`: checks of this machine."""

from tests.cli.conftest import events


def test_doctor_checks_everything_it_names(delift):
    result = delift("doctor", "--json", model=False)
    checked = {event["name"]: event["ok"] for event in events(result)}
    assert {"python", "torch", "memory", "device", "bundled model", "workspace"} <= set(checked)
    assert result.exit_code == (0 if all(checked.values()) else 2)
