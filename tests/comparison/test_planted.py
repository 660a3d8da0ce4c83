"""The wrong answers planted in the demo: counted, and set against random rows."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from delift_core.comparison.planted import hypergeometric_range, planted


@given(
    st.integers(1, 40).flatmap(
        lambda size: st.tuples(st.just(size), st.integers(0, size), st.integers(0, size))
    )
)
def test_the_range_of_chance_is_that_of_scipy(drawn):
    from scipy.stats import hypergeom

    assert hypergeometric_range(*drawn) == tuple(hypergeom(*drawn).ppf([0.025, 0.975]))


def test_the_wrong_answers_planted_in_the_demo_are_counted_and_no_others():
    from delift_core.runs.store import bundled_run

    pool = bundled_run().pool
    wrong = [
        index
        for index, example in enumerate(pool)
        if example.id in ("convert-05", "arith-08", "python-01")
    ]
    found = planted(pool, np.array([*wrong, 0, 1]))
    assert (found.total, found.held, found.rows, found.expected) == (12, 3, 5, 5 * 12 / 160)
    assert (
        found.sentence
        == "Of the 12 wrong answers planted in this pool the choice holds 3; 5 rows drawn at random"
        " hold 0.4 on average, 0 to 2 in 95 of 100 draws."
    )
    assert planted(replace(pool, examples=pool.examples[1:]), np.array(wrong)) is None
    assert planted(replace(pool, examples=(pool[1], *pool.examples[1:])), np.array(wrong)) is None
