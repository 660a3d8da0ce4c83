"""How each of up to six selections looks in every chart: a letter, a colour, a dash, a symbol.

Six colours do not stay apart under every colour vision: the letter and the shape double them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from delift_core.charts.figure_layout import escaped
from delift_core.charts.palette import Palette

LETTERS = "ABCDEF"
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("diamond", "circle", "square", "triangle-up", "cross", "star")
MOST = len(LETTERS)
LONGEST = 28  # characters of a title in a chart


@dataclass(frozen=True)
class Look:
    """One selection in the charts."""

    letter: str
    title: str  # as it is told on the page
    colour: str
    dash: str
    symbol: str

    @property
    def name(self) -> str:
        """Letter and title on one line of a chart, escaped."""
        title = self.title
        if len(title) > LONGEST:
            title = f"{title[: LONGEST - 1]}…"
        return escaped(f"{self.letter} · {title}")


def looks_of(titles: Sequence[str], palette: Palette) -> list[Look]:
    """One look for each title, in order."""
    looks = zip(titles, LETTERS, palette.categories, DASHES, SYMBOLS, strict=False)
    return [Look(letter, title, *marks) for title, letter, *marks in looks]
