"""The sentence about a dataset that was read."""

from tests.cli.conftest import ROWS


def test_of_a_draw_the_sentence_says_from_what_and_that_notes_are_of_the_whole_source():
    from delift_core.cli.reading import summary
    from delift_core.data.readers import read_dataset

    marked = [{**row, "response": row["response"] + "<|im_end|>"} for row in ROWS]
    assert summary(read_dataset(marked, limit=3)).startswith(
        "3 examples from rows (prompt/response, 8 of 8 rows; a draw of 3 of 8 with seed 0); of all"
        " its rows 8 read differently, first: row 1: "
    )
    assert (
        summary(read_dataset(ROWS, limit=8))
        == "8 examples from rows (prompt/response, 8 of 8 rows)"
    )


def test_every_kind_of_note_is_told_once_with_its_count():
    from delift_core.cli.reading import summary
    from delift_core.data.readers import read_dataset

    rows = [{**row, "tools": [{"name": "f"}], "reasoning": "hm"} for row in ROWS]
    lines = summary(read_dataset(rows)).splitlines()
    assert len(lines) == 2
    assert lines[0].endswith(
        "; 16 read differently, first: row 1: the column 'tools' is left out of the prompt (8 rows:"
        " 1, 2, 3, 4, 5, ...)."
    )
    assert lines[1] == (
        "  note: row 1: the column 'reasoning' is left out of the response (8 rows: 1, 2, 3, 4, 5,"
        " ...)."
    )
