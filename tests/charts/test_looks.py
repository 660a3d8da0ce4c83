"""Every selection has a letter, a colour, a dash and a symbol of its own."""

from delift_core.charts.looks import LONGEST, MOST, looks_of
from delift_core.charts.palette import DARK, LIGHT


def test_six_selections_differ_in_every_mark_in_both_themes():
    for palette in (LIGHT, DARK):
        looks = looks_of([f"title {number}" for number in range(MOST)], palette)
        for mark in ("letter", "colour", "dash", "symbol"):
            assert len({getattr(look, mark) for look in looks}) == MOST == len(looks)


def test_a_name_in_a_chart_is_one_short_line_and_no_markup():
    (look,) = looks_of(["<b>%{x}</b> " + "long " * 20], LIGHT)
    assert look.name.startswith("A · &lt;b&gt;&#37;{x}")
    assert look.name.endswith("…") and "<" not in look.name
    (short,) = looks_of(["x" * LONGEST], LIGHT)
    assert short.name == f"A · {'x' * LONGEST}"
