"""Every page in three sizes and two themes: a picture of each in build/screens, to be looked at."""

import pytest

from pages.server.navigation import PAGES, START
from tests.e2e.charts import charts_drawn
from tests.e2e.conftest import ROOT
from tests.e2e.driving import follow_menu, main, settled

FOLDER = ROOT / "build" / "screens"
SIZES = ((1440, 900), (1024, 768), (1920, 1080))
CHOICE = {"run": "demo", "objective": "facility_location", "budget": "30%"}
SIDEWAYS = "part => part.scrollWidth - part.clientWidth"


def look(page, name, scheme):
    """A picture of what is in sight at every size, at none of which a page scrolls sideways."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        settled(page)
        charts_drawn(page)
        file = FOLDER / f"{width}x{height}" / f"{name}-{scheme}.png"
        page.screenshot(path=file, animations="disabled")
        beside = main(page).evaluate(SIDEWAYS)
        assert beside <= 0, f"{name} is {beside} pixels too wide for {width} x {height}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_screens_of_three_sizes(visit, scheme):
    page = visit("overview", scheme=scheme, **CHOICE)
    for entry in PAGES:
        follow_menu(page, "" if entry is START else entry.name)
        look(page, entry.name, scheme)
