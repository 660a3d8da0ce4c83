"""Notes of one kind are summed: one problem with the count and the first rows."""

from delift_core.data.example import Problem, ProblemKind
from delift_core.data.notes import Note, summed_notes


def test_a_note_on_one_row_keeps_its_own_sentence():
    note = Note("a turn is empty.", "turn 2 is empty.")
    assert summed_notes([(4, note)]) == [Problem(4, "turn 2 is empty.", ProblemKind.ALTERED)]


def test_several_notes_of_a_kind_in_one_row_stay_apart_unless_they_are_equal():
    notes = [Note("a turn is empty.", f"turn {number} is empty.") for number in (2, 4, 4)]
    problems = summed_notes((1, note) for note in notes)
    assert [problem.reason for problem in problems] == ["turn 2 is empty.", "turn 4 is empty."]


def test_notes_of_a_kind_in_several_rows_become_one_with_their_count():
    note = Note("a turn is empty.", "turn 2 is empty.")
    [problem] = summed_notes((row, note) for row in (3, 3, 5, 6, 7, 8, 9))
    assert problem.row == 3 and problem.count == 6
    assert problem.reason == "a turn is empty (6 rows: 3, 5, 6, 7, 8, ...)."
