"""The report's part on other ways to choose says what the comparison of the run says."""

import pytest

from delift_core.selection.choice import Choice
from delift_core.wording import STANDINGS, random_values
from delift_core.workflow.compare import Candidates, compare
from tests.report.conftest import FL

METHODS = ("facility_location", "embedding_coverage", "longest", "random")


def cells_of(page, title):
    row = next(row for row in page.rows if row and row[0].startswith(title))
    return [cell.strip() for cell in row[1:]]


def test_every_measure_stands_beside_plain_methods_and_random_orders(demo, page):
    compared = compare(demo, Candidates(FL, METHODS))
    assert len(compared.measures) >= 10
    for number, measure in enumerate(compared.measures):
        cells = [compared.cell(number, column) for column in range(len(METHODS))]
        told = [measure.text(cell.value) + STANDINGS[cell.standing] for cell in cells]
        assert cells_of(page, measure.title) == [*told, random_values(measure, cells[0])]


def test_what_a_method_optimises_itself_is_marked(page):
    marked = [attributes for attributes in page.elements("td") if attributes.get("class") == "own"]
    # coverage here, embedding coverage, and tokens and median length of the longest
    assert len(marked) == 4
    assert "facility_location optimises it." in page.source


def test_pairs_are_what_the_choice_costs_and_the_others_do_not(page):
    assert cells_of(page, "Pairs scored for it") == ["25,600", "0", "0", "0", "0"]


@pytest.mark.parametrize(
    "choice", [Choice(budget="300 tokens"), Choice(objective="flqmi", budget="4")]
)
def test_other_budgets_and_objectives_are_compared_too(demo, read, choice):
    page = read(demo, choice)
    assert "Compared with other ways to choose" in page.text
    assert len(cells_of(page, "Coverage of the target")) == 5
