"""In which script a text is written: a first sight of its language that needs no model."""

import unicodedata
from collections import Counter
from functools import lru_cache

LOOKED_AT = 300  # letters of a text
NONE = "no letters"
# the first word of a letter's Unicode name -> what readers call the script
NAMES = {
    "CJK": "Chinese characters",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
}


@lru_cache(maxsize=8192)
def script_of_letter(letter: str) -> str:
    """Latin, Cyrillic, Arabic ... of one letter."""
    first = unicodedata.name(letter, "OTHER").partition(" ")[0]
    return NAMES.get(first, first.capitalize())


def script_of(text: str) -> str:
    """The script of most letters of a text; Japanese as soon as some are kana."""
    letters = [letter for letter in text[: 4 * LOOKED_AT] if letter.isalpha()][:LOOKED_AT]
    counts = Counter(map(script_of_letter, letters))
    if not counts:
        return NONE
    if "Japanese" in counts and counts.most_common(1)[0][0] == NAMES["CJK"]:
        return "Japanese"
    return counts.most_common(1)[0][0]
