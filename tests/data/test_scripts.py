"""The script of a text tells its language at first sight."""

import pytest

from delift_core.data.scripts import NONE, script_of


@pytest.mark.parametrize(
    "text, script",
    [
        ("What is 2 + 3?", "Latin"),
        ("Wie heißt die Hauptstadt?", "Latin"),
        ("Столица Франции", "Cyrillic"),
        ("ما هي العاصمة", "Arabic"),
        ("法国的首都是什么", "Chinese characters"),
        ("フランスの首都は何ですか", "Japanese"),
        ("東京都は日本国首都の名", "Japanese"),
        ("프랑스의 수도", "Korean"),
        ("राजधानी", "Devanagari"),
        ("12 + 4 = 16", NONE),
        ("", NONE),
    ],
)
def test_the_script_of_most_letters_counts(text, script):
    assert script_of(text) == script


def test_a_few_foreign_words_do_not_change_the_script():
    assert script_of("Translate into Russian, please: да") == "Latin"
