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
