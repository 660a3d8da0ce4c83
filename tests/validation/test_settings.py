"""The settings of a validation as they are recorded: what is stored keeps its address."""

import json
from dataclasses import replace

from delift_core.runs.store import bundled_run
from delift_core.validation.settings import settings_of
from delift_core.validation.validations import read_settings, settings_files


def test_validations_of_the_demo_keep_record_and_address():
    files = settings_files(bundled_run())
    assert files
    for file in files:
        settings = read_settings(file)
        assert settings.address == file.parent.name
        assert json.loads(json.dumps(settings.record)) == json.loads(file.read_text())


def test_equal_tokens_are_recorded_where_they_are_measured_and_make_another_validation():
    settings = read_settings(settings_files(bundled_run())[-1])
    without, further = (replace(settings, equal_tokens=measured) for measured in (False, True))
    assert further.record["equal_tokens"] and "equal_tokens" not in without.record
    assert further.address != without.address
    for one in (without, further):
        assert settings_of(json.loads(json.dumps(one.record))) == one
