"""Methods and stored selections of a run side by side."""

from dataclasses import replace

import numpy as np
import pytest

from delift_core.errors import MethodUnavailable, UnknownChoice
from delift_core.runs.selections import save_selection
from delift_core.runs.store import bundled_run, open_demo
from delift_core.runs.unprompted import unprompted_path
from delift_core.selection.choice import Choice
from delift_core.selection.methods import methods
from delift_core.selection.outcome import coverage_of
from delift_core.workflow.choose import choose, full_order, objective_of, outcome_within
from delift_core.workflow.compare import Candidates, compare
from delift_core.workflow.unprompted import complete_unprompted

DEMO = bundled_run()
CHOICE = Choice(objective="facility_location", budget="10%")


def test_every_method_of_the_demo_is_compared_or_says_what_it_needs():
    compared = compare(DEMO, Candidates(CHOICE, tuple(methods())))
    names = {entry.name for entry in compared.entries}
    assert names | set(compared.refused) == set(methods())
    assert {"facility_location", "longest", "random", "k_center"} <= names
    assert "--table" in compared.refused["list"] and "--field" in compared.refused["column"]
    assert "held_out_coverage" in [measure.name for measure in compared.measures]
    assert not compared.absent


def test_the_coverage_of_an_objective_and_its_band_are_those_of_its_outcome():
    objective = objective_of(DEMO, CHOICE, DEMO.kernel)
    outcome = outcome_within(DEMO, CHOICE, full_order(DEMO, CHOICE, objective))
    cell = compare(DEMO, Candidates(CHOICE, ("facility_location",))).cell(0, 0)
    assert cell.value == pytest.approx(outcome.coverage, rel=1e-12)
    assert (cell.low, cell.high) == pytest.approx(outcome.random_range, rel=1e-12)


def test_each_objective_reaches_most_of_what_it_maximises():
    compared = compare(DEMO, Candidates(CHOICE, ("facility_location", "flqmi", "longest")))
    names = [measure.name for measure in compared.measures]
    values = compared.values[[names.index("coverage"), names.index("target_coverage")]]
    assert values.argmax(axis=1).tolist() == [0, 1]


def test_the_method_ifd_has_the_largest_mean_ifd_of_the_demo():
    compared = compare(DEMO, Candidates(CHOICE, ("longest", "ifd", "easiest")))
    row = [measure.name for measure in compared.measures].index("ifd")
    assert compared.values[row].argmax() == 1
    assert compared.cell(row, 1).value > compared.cell(row, 1).high


def test_a_damaged_pass_without_prompts_leaves_out_what_needs_it_with_a_sentence(tmp_path):
    run = open_demo(tmp_path)
    file = unprompted_path(run, "pool")
    file.write_bytes(file.read_bytes()[:-9])
    compared = compare(run, Candidates(CHOICE, ("longest", "ifd")))
    assert [entry.name for entry in compared.entries] == ["longest"]
    assert f"{file}: it cannot be read" in compared.refused["ifd"]
    assert "Choose once by ifd" in compared.absent["ifd"]


def test_a_stored_selection_keeps_its_own_constraints(new_run, score):
    run = new_run("pool")
    score(run, "pool_pool")
    choice = Choice(budget="3", pins=(run.pool[2].id,))
    objective, selection = choose(run, choice)
    name = save_selection(run, choice, selection).stem
    compared = compare(run, Candidates(Choice(budget="2"), ("longest",), (name, name)))
    assert [entry.name for entry in compared.entries] == ["longest", name]
    assert [len(entry.rows) for entry in compared.entries] == [2, 3]
    assert all(rows[0] == 2 and len(rows) == 3 for rows in compared.draws[1].rows)
    assert compared.cell(0, 1).value == pytest.approx(coverage_of(selection, objective))


def test_costs_are_the_pairs_and_passes_of_a_method(new_run, score, tiny):
    run = new_run("pool", "target")
    score(run, "pool_pool", "target_pool")
    complete_unprompted(run, tiny())
    pool, target = len(run.pool), len(run.datasets["target"])
    names = ("facility_location", "flqmi", "longest", "retrieval", "random", "ifd", "probes")
    compared = compare(run, Candidates(Choice(budget="2"), names))
    costs = {entry.name: (entry.cost.pairs, entry.cost.passes) for entry in compared.entries}
    assert costs == {
        "facility_location": (pool**2, pool),
        "flqmi": (target * pool, pool + target),
        "longest": (0, pool),
        "retrieval": (0, pool + target),
        "random": (0, 0),
        "ifd": (0, 2 * pool),
        "probes": (pool**2, 2 * pool),
    }
    assert all(entry.cost.seconds >= 0 for entry in compared.entries)


def test_a_run_that_is_not_scored_compares_what_needs_no_model(new_run):
    run = new_run("pool")
    compared = compare(run, Candidates(Choice(budget="2"), ("facility_location", "random")))
    assert [entry.name for entry in compared.entries] == ["random"]
    assert "not finished" in compared.refused["facility_location"]
    assert compared.measures == ()


def test_nothing_left_and_unknown_names_are_refused(new_run):
    run = new_run("pool")
    candidates = Candidates(Choice(budget="2"), ("longest", "retrieval"))
    with pytest.raises(MethodUnavailable, match="longest cannot be used.*retrieval cannot"):
        compare(run, candidates)
    with pytest.raises(MethodUnavailable, match="Name a method or a selection"):
        compare(run, replace(candidates, methods=()))
    with pytest.raises(UnknownChoice, match="No method is called 'guess'"):
        compare(run, replace(candidates, methods=("guess",)))


def test_the_same_comparison_twice_is_the_same():
    candidates = Candidates(CHOICE, ("facility_location", "k_center", "random"), fields=("topic",))
    once, again = compare(DEMO, candidates), compare(DEMO, candidates)
    assert once.values.tolist() == again.values.tolist()
    assert once.compositions[0].chosen.tolist() == again.compositions[0].chosen.tolist()


def test_held_out_examples_of_the_run_measure_every_selection(new_run, score, roles):
    """The last of the pool as held-out: texts of their own, but the same kernel row for row."""
    held_out = replace(roles["pool"], examples=roles["pool"].examples[4:])
    run = new_run("pool", "held_out", data={**roles, "held_out": held_out})
    names = ("facility_location", "longest")
    score(run, "pool_pool")
    assert "held_out_coverage" in compare(run, Candidates(Choice(budget="2"), names)).absent
    score(run, "held_out_pool")
    compared = compare(run, Candidates(Choice(budget="2"), names))
    number = [measure.name for measure in compared.measures].index("held_out_coverage")
    helped = np.maximum(run.kernel("held_out_pool").values, 0)  # (held out, pool)
    for index, entry in enumerate(compared.entries):
        share = helped[:, entry.rows].max(axis=1).sum() / helped.max(axis=1).sum()
        assert compared.cell(number, index).value == pytest.approx(share)
