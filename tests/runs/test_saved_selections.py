"""Stored selections have names of their user's: listed, found, renamed, deleted."""

import json
import unicodedata

import pytest

from delift_core.errors import InvalidName, UnknownChoice, UnwritableFile
from delift_core.runs.names import LONGEST_NAME
from delift_core.runs.saved_selections import (
    delete_selection,
    find_saved,
    rename_selection,
    saved_selections,
)
from delift_core.runs.selections import find_selection, read_selection, save_selection
from delift_core.runs.tables import read_table, write_table
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose

NAMES = ("ours", "Für Ärzte, 2. Wahl", "цель", "目标任务", "می‌خواهم", "a" * LONGEST_NAME, "../x")
SMALL, LARGE = (Choice(objective="facility_location", budget=budget) for budget in ("2", "4"))


@pytest.fixture
def run(new_run, score):
    run = new_run("pool")
    score(run, "pool_pool")
    return run


def save(run, choice=SMALL, name=None):
    return save_selection(run, choice, choose(run, choice)[1], name)


@pytest.mark.parametrize("name", NAMES)
def test_a_selection_is_found_by_its_name_and_by_its_digest(run, name):
    path = save(run, name=name)
    save(run, LARGE, "another")
    assert find_selection(run, name) == find_selection(run, path.stem) == path
    assert find_saved(run, f" {name.upper()}  ".lower()).name == name


def test_composed_and_decomposed_letters_are_the_same_name(run):
    path = save(run, name=unicodedata.normalize("NFD", "Ärzte"))
    assert find_selection(run, unicodedata.normalize("NFC", "ärzte")) == path


@pytest.mark.parametrize(
    "name, sentence",
    [
        ("", "The name is empty. Type one of at most 60 characters."),
        (" \n\t", "The name is empty. Type one of at most 60 characters."),
        ("a" * 61, "The name has 61 characters, and at most 60 are kept. Shorten it."),
        ("a\u202eb", "The name 'a\\u202eb' holds a character that is not seen. Leave it out."),
        ("0123456789ab", "reads like the digest of a selection. Give another."),
        (" FIRST ", "The name 'first' is taken by another selection of this run"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_stored(run, name, sentence):
    first = save(run, name="first")
    with pytest.raises(InvalidName) as refused:
        save(run, LARGE, name)
    assert sentence in str(refused.value)
    assert [saved.path for saved in saved_selections(run).sound] == [first]


def test_the_same_choice_is_the_same_file_and_keeps_its_name_until_another_is_given(run):
    path = save(run, name="first")
    assert save(run) == path and find_saved(run, path.stem).name == "first"
    assert save(run, name="first") == save(run, name="second") == path
    with pytest.raises(UnknownChoice, match="no selection 'first'. There are second."):
        find_selection(run, "first")


def test_the_list_says_of_each_how_it_was_chosen_and_begins_with_the_last(run):
    save(run, name="small")
    save(run, LARGE)
    large, small = saved_selections(run).sound
    assert (small.name, small.method, small.objective) == ("small",) + ("facility_location",) * 2
    assert (small.budget, small.size, small.label) == ("2 rows", 2, "small")
    assert (large.name, large.size, large.label) == ("", 4, large.path.stem)
    assert small.saved_at <= large.saved_at


def test_another_name_changes_nothing_else(run):
    path = save(run, name="first")
    choice, chosen = read_selection(path)
    before, written = find_saved(run, "first"), path.stat().st_mtime_ns
    rename_selection(run, before, "  second   try ")
    assert path.stat().st_mtime_ns == written
    again, same = read_selection(path)
    assert again == choice and same.indices.tolist() == chosen.indices.tolist()
    assert find_saved(run, "second try").saved_at == before.saved_at


def test_a_name_that_is_taken_is_not_taken_again_by_renaming(run):
    save(run, name="first")
    save(run, LARGE, "second")
    with pytest.raises(InvalidName, match="taken by another selection"):
        rename_selection(run, find_saved(run, "second"), "first")
    rename_selection(run, find_saved(run, "second"), "Second")
    assert {saved.name for saved in saved_selections(run).sound} == {"first", "Second"}


def test_a_deleted_selection_is_gone_and_its_name_free(run):
    save(run, name="first")
    other = save(run, LARGE, "second")
    delete_selection(find_saved(run, "first"))
    assert [saved.path for saved in saved_selections(run).sound] == [other]
    save(run, name="first")


def test_a_selection_of_before_there_were_names_is_listed_by_its_digest(run):
    path = save(run, name="first")
    table = read_table(path)
    record = json.loads(table.schema.metadata[b"selection"])
    del record["name"], record["method"]
    write_table(table.replace_schema_metadata({"selection": json.dumps(record)}), path)
    (saved,) = saved_selections(run).sound
    assert (saved.label, saved.method) == (path.stem, "facility_location")
    rename_selection(run, saved, "now")
    assert find_selection(run, "now") == path and len(read_selection(path)[1]) == 2


def test_a_damaged_selection_is_told_and_the_others_are_listed(run):
    path = save(run, name="first")
    save(run, LARGE, "second")
    path.write_bytes(path.read_bytes()[:-20])
    listed = saved_selections(run)
    assert [saved.name for saved in listed.sound] == ["second"]
    assert [f"{path}: it cannot be read" in str(refusal) for refusal in listed.damaged] == [True]
    assert find_selection(run, path.stem) == path
    assert save(run, name="first") == path and not saved_selections(run).damaged


def test_a_folder_that_cannot_be_written_keeps_the_selection(run, monkeypatch):
    save(run, name="first")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.unlink", refuse)
    with pytest.raises(UnwritableFile, match="Permission denied"):
        delete_selection(find_saved(run, "first"))
    assert find_saved(run, "first").size == 2
