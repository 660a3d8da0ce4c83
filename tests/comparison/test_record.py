"""A comparison as JSON: complete, and null where a number is none."""

import json

from delift_core.comparison.record import comparison_record, number, numbers
from tests.comparison.test_comparison import drawn_comparison


def test_the_record_holds_every_cell_list_and_count():
    inputs, compared = drawn_comparison()
    record = json.loads(json.dumps(comparison_record(inputs.pool, compared), allow_nan=False))
    assert [entry["name"] for entry in record["entries"]] == ["a", "b", "c"]
    for row, measure in enumerate(record["measures"]):
        for column, cell in enumerate(measure["cells"]):
            assert cell["value"] == number(compared.cell(row, column).value)
            assert cell["z"] == number(compared.cell(row, column).z)
    assert [(pair["first"], pair["second"]) for pair in record["lists"]] == [
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    ]
    assert record["overlap"]["expected"] == numbers(compared.expected_jaccard)
    assert record["compositions"][0]["chosen"] == compared.compositions[0].chosen.tolist()
    assert record["absent"].keys() == {"wrong_answers"}
