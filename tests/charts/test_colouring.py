"""Columns of the data as colours: the most frequent labels, or numbers on one scale."""

import numpy as np

from delift_core.charts.colouring import OTHER, categories, colouring


def test_labels_are_the_most_frequent_eight_and_the_rest():
    found = categories(
        ["z"] + [label for index, label in enumerate("abcdefgh") for _ in range(9 - index)]
    )
    assert found.labels == (*"abcdefgh", OTHER)
    assert found.values[0] == 8 and found.values[1] == 0


def test_numbers_are_a_scale_and_truth_values_are_labels():
    assert colouring([1, 2, 3]).numeric and colouring(np.array([0.5, np.nan])).numeric
    assert colouring([True, False, True]).labels == ("True", "False")
    assert colouring(["1", "2", "2"]).labels == ("2", "1")


def test_where_a_field_is_empty_there_is_no_number_and_a_label_that_says_so():
    column = colouring([1, None, 2.5])
    assert column.numeric and np.isnan(column.values).tolist() == [False, True, False]
    assert colouring(["a", None, "", "a", None]).labels == ("(empty)", "a")
    assert colouring([None, None]).labels == ("(empty)",)


def test_the_scale_of_numbers_ends_before_the_extremes():
    low, high = colouring([0.0] * 3 + [1.0] * 95 + [1_000.0]).ends
    assert (low, high) == (0.0, 1.0)
    assert colouring(np.array([np.nan, np.nan])).ends == (0.0, 1.0)
    assert colouring([4.0, 4.0]).ends == (4.0, 5.0)
