"""Validating: worked out, started, followed over a reload, and read. A tiny model, really tuned."""

import re
from pathlib import Path

import pytest

from tests.e2e.conftest import serving
from tests.e2e.driving import SETTLED, button, expect, main, metric, settled

SLOW = 300_000  # milliseconds for a worker that imports torch on a busy machine
HELD_OUT = [("Name a small colour", "pink"), ("Add 7 and 2", "9"), ("Say thanks", "thank you")]


@pytest.fixture
def own(tmp_path):
    with serving(tmp_path / "workspace", tmp_path / "log.txt") as running:
        yield running


@pytest.fixture
def run(own, new_run, score):
    """a scored run of a tiny model with held-out examples, in the server's workspace"""
    from delift_core.runs.held_out import attach_held_out
    from tests.conftest import dataset

    run = new_run("pool", workspace=own.workspace)
    score(run)
    return attach_held_out(run, dataset("held", HELD_OUT))


def set_small(page):
    """As few models as a validation can have."""
    button(page, "Seeds, rates, growth ...").click()
    for field, value in {"Random selections": 2, "Seeds": 2, "Epochs": 1}.items():
        box = page.get_by_role("spinbutton", name=field, exact=True)
        box.fill(str(value))
        box.press("Enter")
        settled(page)
    page.keyboard.press("Escape")


def test_a_validation_is_worked_out_started_reloaded_and_read(own, run, visit):
    from delift_core.runs.lock import device_lock
    from delift_core.scoring.model import pick_device

    page = visit("validate", own, run=run.id, objective="facility_location", budget="2")
    set_small(page)
    expect(main(page)).to_contain_text("2 random selections · 2 seeds of every other arm · 1 epoch")
    button(page, "Work out what it takes").click()
    expect(metric(page, "Time")).to_have_text(re.compile("about"), timeout=SLOW)
    models = int(metric(page, "Models to tune").inner_text())
    with device_lock(own.workspace, pick_device("auto"), lambda: None):  # so that it cannot end
        button(page, "Tune and measure").click()
        expect(main(page)).to_contain_text("Tuning and measuring: waiting for the", timeout=SLOW)
        page.reload()
        settled(page)
        expect(main(page)).to_contain_text("Tuning and measuring: waiting for the")
    sentence = main(page).get_by_role("heading", name=re.compile("random .*nats"))
    expect(sentence).to_be_visible(timeout=SLOW)
    expect(sentence).to_contain_text("[")
    assert models == len(list((run.folder / "validations" / "cells").glob("*.parquet")))
    expect(page.locator(SETTLED)).to_be_attached(timeout=SLOW)
    assert "libtorch" not in loaded_libraries(own.process.pid)


def loaded_libraries(pid):
    """The files that a process has mapped; nothing where the system does not tell."""
    maps = Path(f"/proc/{pid}/maps")
    return maps.read_text() if maps.exists() else ""
