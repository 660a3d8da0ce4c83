"""The Compare page shows the engine's comparison of what the address names."""

import json

import numpy as np
import pytest

from delift_core.comparison.comparison import Entry, compare_entries
from delift_core.runs.selections import save_selection
from delift_core.runs.store import bundled_run, open_demo
from delift_core.selection.choice import Choice
from delift_core.selection.method import MethodOptions
from delift_core.units import from_to, percent
from delift_core.workflow.choose import settled_constraints
from delift_core.workflow.compare import comparison_inputs
from delift_core.workflow.methods import choose_by_method
from tests.pages.conftest import button, table, texts, type_budget

RUN = bundled_run()
CHOICE = Choice(objective="facility_location", budget="20")


def ids(indices):
    return [RUN.pool[index].id for index in indices.tolist()]


def chosen(name, choice=CHOICE, **options):
    return choose_by_method(RUN, choice, name, MethodOptions(**options))[1]


@pytest.fixture
def compare(demo):
    """compare("longest", ..., part=...) -> the page with these side by side"""

    def open_page(*names, part="measures", budget="20", **address):
        chosen = {"compare": list(names)} if names else {}
        return demo("choose/compare", budget=budget, compare_part=part, **chosen, **address)

    return open_page


def cells(page):
    """Measure -> the text of every selection's cell."""
    rows = page.table[0].value
    return {
        name.replace("\\", "").replace("\u00a0", " ").strip(): list(row)
        for name, row in rows.iterrows()
    }


def letters(page):
    """The selections by letter and title."""
    return [column.replace("\\", "") for column in page.table[0].value.columns]


def test_at_first_sight_the_choice_stands_beside_plain_ways_to_choose(compare):
    page = compare()
    assert not page.exception and not page.error
    assert letters(page) == [
        "A · Current choice",
        "B · Longest responses",
        "C · Random",
        "D · Embedding coverage",
    ]


def test_an_example_is_open_from_the_start(compare):
    first = ids(chosen("facility_location").indices)[0]
    page = compare(part="examples")
    assert f"Example {first}" in texts(page)
    assert page.query_params["example"] in (first, [first])


def test_every_cell_holds_the_engines_number_and_its_random_range(compare):
    page = compare("choice", "longest")
    constraints = settled_constraints(RUN, CHOICE)
    entries = [Entry(name, chosen(name), constraints) for name in ("facility_location", "longest")]
    expected = compare_entries(comparison_inputs(RUN, CHOICE, RUN.kernel), entries)
    shown = list(cells(page).values())
    assert len(shown) == len(expected.measures) + 1
    for row, measure in enumerate(expected.measures):
        for column in range(2):
            text, cell = shown[row][column].replace("\\", ""), expected.cell(row, column)
            assert f"**{measure.text(cell.value)}**" in text
            assert from_to(measure.text(cell.low), measure.text(cell.high)) in text


def test_what_a_method_optimises_itself_is_marked(compare):
    marked = cells(compare("choice", "longest"))
    assert ":gray-badge[own]" in marked["Coverage of the pool ↑"][0]
    assert ":gray-badge[own]" not in marked["Coverage of the pool ↑"][1]
    assert ":gray-badge[own]" in marked["Response tokens"][1]


def test_better_and_worse_than_chance_differ_in_colour_and_mark(compare):
    coverage = cells(compare("choice", "longest"))["Coverage of the pool ↑"]
    assert coverage[0].startswith(":blue[") and "▲" in coverage[0]
    assert coverage[1].startswith(":orange[") and "▼" in coverage[1]


def test_methods_are_picked_and_taken_off_and_the_address_follows(compare):
    page = compare("choice", "longest")
    page.multiselect(key="compared selections").set_value(["longest", "k_center"]).run()
    assert letters(page) == ["A · Longest responses", "B · K-center"]
    assert page.query_params["compare"] == ["longest", "k_center"]


def test_another_objective_is_compared_under_the_same_budget(compare):
    page = compare("choice", "flqmi", part="examples")
    only = set(ids(chosen("facility_location").indices)) - set(ids(chosen("flqmi").indices))
    assert set(table(page, "left of two")["id"]) == only


def test_the_budget_counts_for_all(compare):
    page = compare("choice", "longest")
    type_budget(page, 7)
    tokens = chosen("longest", Choice(objective="facility_location", budget="7")).costs.sum()
    assert f"**{tokens:,}**" in cells(page)["Response tokens"][1].replace("\\", "")
    page = compare("choice", "longest", budget="200 tokens")
    for text in cells(page)["Response tokens"]:
        assert int(text.partition("**")[2].partition("**")[0].replace("\\", "")) <= 200


def test_only_in_either_and_in_both_are_the_engines_lists(compare):
    page = compare("choice", "longest", part="examples")
    first, second = (ids(chosen(name).indices) for name in ("facility_location", "longest"))
    expected = {
        "left": [id for id in first if id not in second],
        "right": [id for id in second if id not in first],
        "both": [id for id in first if id in second],
    }
    for name, listed in expected.items():
        page.segmented_control(key="widget compare_list").set_value(name).run()
        assert table(page, f"{name} of two")["id"].tolist() == listed
    assert page.query_params["compare_list"] in ("both", ["both"])


def test_all_of_a_list_are_pinned_or_excluded(compare):
    page = compare("longest", "random", part="examples")
    listed = table(page, "left of two")["id"].tolist()
    button(page, "Exclude all").click().run()
    assert page.query_params["excludes"] == listed and not page.exception
    page = compare("longest", "random", part="examples", pins=["polite-01"])
    listed = table(page, "left of two")["id"].tolist()
    button(page, "Pin all").click().run()
    assert page.query_params["pins"][0] == "polite-01"
    assert set(page.query_params["pins"]) == {"polite-01", *listed}


def test_all_of_a_list_are_judged_at_once(compare, workspace):
    from delift_core.audit.events import agreed, by_reviewer
    from delift_core.audit.log import open_log

    page = compare("choice", "longest", part="examples")
    listed = table(page, "left of two")["id"].tolist()
    button(page, "Mark all drop").click().run()
    verdicts = agreed(by_reviewer(open_log(open_demo(workspace).folder).events()))
    assert set(verdicts) == set(listed) and set(verdicts.values()) == {"drop"}


def test_saved_selections_are_compared_by_name_and_cut_to_the_budget(compare, workspace):
    run, large = open_demo(workspace), Choice(objective="flqmi", budget="40")
    path = save_selection(run, large, chosen("flqmi", large), "für Ärzte")
    page = compare("choice", f"saved:{path.stem}", part="examples")
    titles = page.selectbox(key="widget compare_right").options
    assert titles == ["B · für Ärzte"]
    page.segmented_control(key="widget compare_list").set_value("right").run()
    first = ids(chosen("flqmi", large).indices)[:20]
    assert set(table(page, "right of two")["id"]) == set(first) - set(
        ids(chosen("facility_location").indices)
    )


def test_a_saved_selection_below_the_budget_is_compared_as_it_is_and_says_so(compare, workspace):
    run, small = open_demo(workspace), Choice(objective="flqmi", budget="5")
    path = save_selection(run, small, chosen("flqmi", small), "small")
    page = compare("choice", f"saved:{path.stem}")
    assert "small holds 5 examples only" in texts(page) and not page.error


def upload(page, content, name="mine.csv"):
    page.session_state["import a ranking"] = True
    page.run()
    page.file_uploader(key="imported ranking").upload(name, content)
    page.session_state["import a ranking"] = True
    return page.run()


def test_an_imported_list_tells_unknown_and_repeated_ids_by_row_and_is_compared(compare):
    listed = ["polite-01", "nobody", "convert-06", "polite-01", "no one", "arith-14"]
    page = upload(compare("choice"), "\n".join(["id", *listed]).encode())
    assert "Read as a list of ids: 3 examples of the pool named, 3 rows" in texts(page)
    problems = next(frame.value for frame in page.dataframe if "reason" in frame.value)
    assert problems["row"].tolist() == [2, 4, 5]
    assert "no example with the id 'nobody'" in problems["reason"][0]
    assert "is in row 1 already" in problems["reason"][1]
    button(page, "Compare this ranking").click().run()
    assert letters(page) == ["A · Current choice", "B · mine.csv"]
    assert "mine.csv holds 3 examples only" in texts(page) and not page.exception


def test_an_imported_table_of_scores_tells_who_has_none(compare):
    rows = ["id,score", *(f"{example.id},{row}" for row, example in enumerate(RUN.pool[1:], 1))]
    page = upload(compare("choice"), "\n".join(rows).encode())
    assert "Read as ids with scores" in texts(page)
    missing = next(frame.value for frame in page.dataframe if "reason" in frame.value)
    assert len(missing) == 1 and RUN.pool[0].id in missing["reason"][0]
    page = button(page, "Compare this ranking").click().run()
    page.segmented_control(key="widget compare_part").set_value("examples").run()
    page.segmented_control(key="widget compare_list").set_value("right").run()
    best = [example.id for example in RUN.pool][-20:][::-1]
    first = ids(chosen("facility_location").indices)
    assert table(page, "right of two")["id"].tolist() == [id for id in best if id not in first]


def test_a_file_that_is_no_ranking_is_a_sentence(compare):
    page = upload(compare("choice"), b"name,points\nx,1\n")
    assert "no column is named 'id'" in texts(page) and not page.exception


def test_maps_show_every_selection_on_the_same_places(compare):
    page = compare("choice", "longest", part="maps")
    figure = json.loads(page.get("plotly_chart")[0].proto.spec)
    names = [trace.get("name") for trace in figure["data"] if trace.get("name")]
    assert names == ["A · Current choice", "B · Longest responses"]
    assert figure["layout"]["xaxis2"]["matches"] == "x"


def test_composition_is_by_any_field_and_the_address_keeps_it(compare):
    page = compare("choice", "longest", part="composition")
    counts = next(frame.value for frame in page.dataframe if "pool" in frame.value)
    topics = [RUN.pool[index].extra["topic"] for index in chosen("longest").indices.tolist()]
    assert dict(zip(counts["value"], counts["B"])) == {
        value: topics.count(value) for value in counts["value"]
    }
    assert counts["pool"].sum() == len(RUN.pool)


def test_methods_that_lack_something_say_what(compare):
    page = compare("choice")
    page.session_state["methods that lack something"] = True
    page.run()
    assert "Random, by group." in texts(page)
    assert "The group field is missing." in texts(page)


def test_the_lines_of_the_chart_end_at_the_coverage_of_the_table(compare):
    page = compare("choice", "longest")
    figure = json.loads(page.get("plotly_chart")[0].proto.spec)
    ends = [trace["y"][0] for trace in figure["data"] if trace["mode"] == "markers+text"]
    shown = cells(page)["Coverage of the pool ↑"]
    for end, text in zip(ends, shown, strict=True):
        assert f"**{percent(end)}**" in text.replace("\\", "")
    assert np.all(np.diff(ends) < 0)


def test_a_name_that_nothing_has_is_a_sentence_and_the_rest_is_compared(compare):
    page = compare("choice", "nonsense", "saved:000000000000", f"table:{'0' * 64}:mine.csv")
    assert not page.exception and len(page.error) == 3
    assert letters(page) == ["A · Current choice"]
    assert "it was imported elsewhere" in texts(page)
