"""A report of a run of fewer pairs says which were scored, and how sure that leaves its numbers."""

import shutil

import numpy as np
import pytest

from delift_core.runs.selections import Choice
from delift_core.runs.store import create_run
from delift_core.scoring.plan import Plan

TWELVE = Choice("facility_location", "12")


@pytest.fixture
def part_of(demo, tmp_path):
    """part_of(plan) -> the demo as it would be had only the pairs of a plan been scored"""
    def make(plan):
        run = create_run(tmp_path, demo.datasets, demo.record["model"], demo.record["template"], plan)
        shutil.copytree(demo.folder / "projections", run.folder / "projections")
        for role in run.roles:
            run.write_alone(role, demo.alone(role))
        run.draw("pool_pool")
        planes = np.where(run.drawn("pool_pool").mask, demo.read("pool_pool"), np.nan)
        for tile in run.tiles("pool_pool"):
            run.write_tile("pool_pool", tile, planes[:, tile.rows, tile.columns])
        return run
    return make


def test_nearest_pairs_are_said_to_leave_the_others_inferred(part_of, read):
    page = read(part_of(Plan("nearest", 0.2)), TWELVE)
    assert "12 of 160 examples reach" in page.text and "where pairs that were not scored count as inferred" in page.text
    assert "Nearest pairs, 20 % of all." in page.text and "Every other pair counts at what its answered example gains on average" in page.text
    row = next(row for row in page.rows if row[0] == "pool answered, pool shown")
    assert row[6] == f"{160 * 32 / (160 * 159):.1%}" and row[4] == "0.0%"


def test_sampled_rows_come_with_an_interval(part_of, read):
    page = read(part_of(Plan("sampled", 0.2)), TWELVE)
    assert "estimated on sampled rows that the choice was not made from" in page.text and "Sampled rows, 20 % of all." in page.text


def test_every_pair_says_nothing_of_plans(page):
    assert "Fewer pairs." not in page.text and "of all pairs scored" not in page.text
