"""`delift compare`: methods and selections of a scored run side by side."""

import json
from pathlib import Path

from click.testing import CliRunner

from delift_core.cli.main import main
from delift_core.runs.store import bundled_run, open_run
from tests.cli.conftest import events, write_rows

DEMO = bundled_run().folder


def compare(*arguments):
    return CliRunner().invoke(main, ["compare", *map(str, arguments)], catch_exceptions=False)


def scored_folder(delift, *options):
    scored = events(delift("score", "--pool", "pool.jsonl", *options, "--json"))
    return next(event["folder"] for event in scored if event["event"] == "run")


def of_event(name, result):
    return next(event for event in events(result) if event["event"] == name)


def test_tables_of_measures_overlap_and_composition_are_printed():
    printed = compare(DEMO, "--methods", "facility_location,longest,random", "--budget", "30%")
    assert printed.exit_code == 0
    for title in ("Coverage of the pool", "Vendi score", "MMD² to the pool", "Response tokens"):
        assert title in printed.stdout
    for title in ("ten random", "shared (by chance)", "order of what is shared", "topic"):
        assert title in printed.stdout
    line = next(line for line in printed.stdout.splitlines() if "Coverage of the pool" in line)
    assert "; * what the method of that column optimises itself" in printed.stdout
    assert "99.5 % ▲*" in line and line.split()[-1] == "higher"


def test_everything_is_in_one_line_of_json():
    options = ("--methods", "facility_location,k_center", "--budget", "10%", "--json")
    found = of_event("compared", compare(DEMO, *options))
    assert [entry["name"] for entry in found["entries"]] == ["facility_location", "k_center"]
    coverage = found["measures"][0]
    assert coverage["name"] == "coverage" and coverage["optimised_by"] == ["facility_location"]
    assert coverage["cells"][0]["value"] > coverage["cells"][0]["high"]
    first, second = (set(entry["ids"]) for entry in found["entries"])
    lists = found["lists"][0]
    assert set(lists["only_first"]) == first - second and set(lists["both"]) == first & second
    assert found["overlap"]["jaccard"][0][1] == len(first & second) / len(first | second)
    assert found["compositions"][0]["field"] == "topic"
    assert sum(found["compositions"][0]["pool"]) == 160
    assert found["entries"][0]["cost"]["pairs"] == 160**2


def test_without_names_the_objective_stands_beside_plain_ways_to_choose():
    found = of_event("compared", compare(DEMO, "--json"))
    names = [entry["name"] for entry in found["entries"]]
    assert names == ["flcmi", "embedding_coverage", "longest", "random"]


def test_a_budget_in_tokens_is_a_share_of_the_pools():
    options = ("--methods", "longest,random", "--budget", "10%", "--tokens", "--json")
    found = of_event("compared", compare(DEMO, *options))
    tokens = int(bundled_run().alone("pool").response_tokens.sum() / 10 + 0.5)
    assert {entry["budget"] for entry in found["entries"]} == {f"{tokens} tokens"}
    spent = next(m for m in found["measures"] if m["name"] == "tokens")
    assert all(cell["value"] <= tokens and cell["high"] <= tokens for cell in spent["cells"])


def test_a_method_without_its_needs_is_a_line_and_only_none_left_is_a_mistake(delift):
    folder = scored_folder(delift)
    printed = compare(folder, "--methods", "longest,retrieval", "--budget", "3")
    assert printed.exit_code == 0
    assert "retrieval: Method retrieval cannot be used here. The target is" in printed.stdout
    assert "Coverage of the target: There is no target" in printed.stdout
    refused = compare(folder, "--methods", "retrieval,column", "--budget", "3")
    assert refused.exit_code == 2 and refused.stderr.count("\n") == 1
    assert "retrieval cannot be used here" in refused.stderr
    unknown = compare(folder, "--methods", "guess")
    assert unknown.exit_code == 2 and "No method is called 'guess'" in unknown.stderr


def test_a_mistake_is_refused_before_held_out_examples_are_attached(delift, data_folder):
    folder = Path(scored_folder(delift))
    write_rows(data_folder / "held.jsonl", [{"prompt": "Add 5 and 5", "response": "10"}])
    (data_folder / "ids.txt").write_text("r5\n")
    for options, sentence in (
        (("--methods", "longest,guess"), "No method is called 'guess'"),
        (("--methods", "longest", "--table", "ids.txt"), "--table ids.txt is not read"),
        (("--methods", "longest", "--seed", "3"), "--seed 3 is not read"),
        (("--methods", "longest", "--budget", "500"), "500"),
    ):
        refused = compare(folder, *options, "--held-out", "held.jsonl")
        assert refused.exit_code == 2 and sentence in refused.stderr
    assert not (folder / "held_out").exists()


def test_stored_selections_and_imported_lists_are_compared(delift, data_folder):
    folder = scored_folder(delift)
    chosen = events(delift("select", folder, "--budget", "2", "--json", model=False))[0]
    (data_folder / "ids.txt").write_text("r5\nr88\nr1\nr2\n")
    options = ("--methods", "list", "--table", "ids.txt", "--budget", "3")
    result = compare(folder, *options, "--selection", chosen["selection"], "--json")
    assert of_event("unmatched", result)["row"] == 2
    found = of_event("compared", result)
    assert [entry["ids"] for entry in found["entries"]] == [["r5", "r1", "r2"], chosen["ids"]]
    assert [len(entry["ids"]) for entry in found["entries"]] == [3, 2]
    table = compare(folder, *options, "--selection", chosen["selection"]).stdout
    assert "ten random" not in table  # each cell has its own


def test_held_out_examples_are_attached_scored_once_and_compared(delift, data_folder):
    folder = scored_folder(delift)
    rows = [
        {"prompt": "Add 5 and 5", "response": "10"},
        {"prompt": "Name a colour", "response": "blue"},
    ]
    write_rows(data_folder / "held.jsonl", rows)
    options = ("--methods", "longest,random", "--budget", "3", "--json", "--held-out", "held.jsonl")
    first = compare(folder, *options)
    read = of_event("read", first)
    assert read["role"] == "held_out" and read["examples"] == 1
    assert read["problems"][0]["kind"] == "repeated in the pool"
    measure = next(m for m in of_event("compared", first)["measures"] if "held_out" in m["name"])
    assert 0 <= measure["cells"][0]["value"] <= 1 and measure["optimised_by"] == []
    again = compare(folder, *options)
    assert "loading model" not in again.stdout
    assert of_event("compared", again)["measures"] == of_event("compared", first)["measures"]
    kept = compare(folder, *options[:-2])
    assert of_event("compared", kept)["measures"] == of_event("compared", first)["measures"]
    table = compare(folder, *options[:4]).stdout
    assert "Coverage of the held-out examples" in table and "standard deviations" in table
    refused = compare(folder, "--held-out", "missing.jsonl")
    assert refused.exit_code == 2 and "missing.jsonl" in refused.stderr


def test_a_comparison_changes_nothing_in_the_run(delift, files):
    folder = Path(scored_folder(delift))
    before = files(folder)
    compare(folder, "--budget", "3")
    assert files(folder) == before
    assert open_run(folder).complete()


def test_values_that_are_not_there_are_null_in_json(delift):
    folder = scored_folder(delift, "--target", "target.jsonl")
    result = compare(folder, "--methods", "random", "--budget", "1", "--json")
    assert "NaN" not in result.stdout
    found = of_event("compared", result)
    cells = {measure["name"]: measure["cells"][0] for measure in found["measures"]}
    assert cells["mmd_target"]["value"] is None
    assert json.loads(json.dumps(found)) == found
