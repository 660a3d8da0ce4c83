"""Choosing in a run by any method: what it stores, and that the record holds the method."""

import pytest

from delift_core.errors import MethodUnavailable
from delift_core.runs.selections import find_selection, read_selection, save_selection
from delift_core.runs.store import bundled_run
from delift_core.selection.choice import Choice
from delift_core.selection.method import MethodOptions
from delift_core.selection.methods import methods
from delift_core.workflow.choose import choose
from delift_core.workflow.methods import choose_by_method

CHOICE = Choice(objective="facility_location", budget="10%", group_by="topic")
DEMO = bundled_run()


@pytest.mark.parametrize("name", sorted(set(methods()) - {"column", "list", "gradients", "rounds"}))
def test_every_method_chooses_on_the_demo_and_keeps_to_pins_and_excludes(name):
    pins, excludes = (DEMO.pool[7].id,), (DEMO.pool[3].id,)
    choice = Choice(**{**vars(CHOICE), "pins": pins, "excludes": excludes})
    objective, selection = choose_by_method(DEMO, choice, name)
    chosen = selection.indices.tolist()
    assert len(chosen) == len(set(chosen)) == 16
    assert chosen[0] == 7 and 3 not in chosen
    assert selection.method == name
    assert selection.value == pytest.approx(objective.value(chosen))


def test_an_objective_by_name_is_the_choice_of_that_objective():
    _, by_name = choose_by_method(DEMO, CHOICE, "flqmi")
    _, chosen = choose(DEMO, Choice(objective="flqmi", budget="10%"))
    assert by_name.indices.tolist() == chosen.indices.tolist()


def test_a_stored_selection_keeps_its_method_and_what_was_varied(new_run, score):
    run = new_run("pool")
    score(run, "pool_pool")
    choice = Choice(budget="3")
    _, greedy = choose(run, choice)
    paths = {save_selection(run, choice, greedy)}
    for seed in (0, 1):
        _, selection = choose_by_method(run, choice, "random", MethodOptions(seed=seed))
        paths.add(save_selection(run, choice, selection))
    assert len(paths) == 3
    read_choice, last = read_selection(find_selection(run))
    assert read_choice == choice
    assert (last.method, last.options) == ("random", {"seed": 1})
    assert last.indices.tolist() == selection.indices.tolist()


def test_a_run_without_a_target_has_no_retrieval(new_run, score):
    run = new_run("pool")
    score(run, "pool_pool")
    with pytest.raises(MethodUnavailable, match="retrieval cannot be used here. The target is"):
        choose_by_method(run, Choice(budget="1"), "retrieval")
