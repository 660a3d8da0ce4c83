"""A kept selection comes back, and a run without one says so."""

import json
from dataclasses import fields, replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from delift_core.errors import DamagedRun, NotARun, UnknownChoice
from delift_core.runs.selections import find_selection, read_selection, save_selection
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose


@pytest.fixture
def scored(new_run, score):
    run = new_run("pool", "target", "known")
    score(run, *run.possible)
    return run


def test_a_kept_selection_comes_back_and_the_same_choice_is_the_same_file(scored):
    choice = Choice(budget="50%", pins=("pool1",), quotas={"Add": 2}, group_by="group")
    chosen = choose(scored, choice)[1]
    path = save_selection(scored, choice, chosen)
    assert (
        save_selection(scored, choice, chosen)
        == path
        == find_selection(scored)
        == find_selection(scored, path.stem)
    )
    kept_choice, kept = read_selection(path)
    assert kept_choice == choice
    for field in fields(chosen):
        assert np.array_equal(getattr(kept, field.name), getattr(chosen, field.name)), field.name


def test_a_selection_with_options_of_another_version_is_one_sentence(scored):
    choice = Choice(budget="2")
    chosen = replace(choose(scored, choice)[1], method="random", options={"warmth": 3})
    with pytest.raises(DamagedRun, match="cannot be read .*warmth.* Choose again with the same"):
        read_selection(save_selection(scored, choice, chosen))


def test_a_run_without_that_selection_says_so(scored):
    with pytest.raises(
        NotARun, match="nothing has been chosen in this run yet. Run: delift select"
    ):
        find_selection(scored)
    path = save_selection(scored, Choice(), choose(scored, Choice())[1])
    with pytest.raises(UnknownChoice, match=f"no selection 'x'. There are {path.stem}"):
        find_selection(scored, "x")


def test_a_kept_selection_says_its_method_and_one_of_before_was_chosen_by_its_objective(scored):
    choice = Choice(objective="facility_location", budget="2")
    chosen = replace(choose(scored, choice)[1], method="random")
    path = save_selection(scored, choice, chosen)
    assert read_selection(path)[1].method == "random"
    table = pq.read_table(path)
    record = json.loads(table.schema.metadata[b"selection"])
    assert record.pop("method") == "random"
    pq.write_table(table.replace_schema_metadata({"selection": json.dumps(record)}), path)
    assert read_selection(path)[1].method == "facility_location"
