"""Values on their way to `st.json`: whole numbers that a browser would round are text."""

from pages.widgets.written_values import written_values


def test_whole_numbers_that_a_browser_would_round_are_shown_to_the_digit():
    assert written_values({"id": 2**53 + 1, "deep": [{"n": -(2**63) - 5}]}) == {
        "id": "9007199254740993",
        "deep": [{"n": "-9223372036854775813"}],
    }


def test_what_a_browser_shows_as_it_is_stays_as_it_is():
    values = {"n": 2**53, "share": 0.1, "is": True, "none": None, "text": "9007199254740993"}
    assert written_values(values) == values
