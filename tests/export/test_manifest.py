"""The manifest: what made a subset, without a word about when or on whose machine."""

import json
import platform

import numpy as np

from delift_core.data.readers import read_dataset
from delift_core.export.manifest import Provenance, as_typed, manifest_of, manifest_path
from delift_core.export.subset import export_subset
from delift_core.selection.budget import Budget, BudgetUnit
from delift_core.selection.greedy import Selection
from delift_core.selection.objective_names import ObjectiveName
from tests.export.conftest import ROWS


def test_the_manifest_tells_data_choice_and_versions(tmp_path):
    pool, target = read_dataset(ROWS), read_dataset(ROWS[:1])
    chosen = Selection(
        np.array([2, 0]),
        np.array([1.0, 0.0]),
        Budget(0.5, BudgetUnit.FRACTION),
        ObjectiveName.FLQMI,
        {"eta": 1.0},
    )
    provenance = Provenance(
        target=target,
        model={"name": "bundled", "context": np.int64(8)},
        template="chat",
        seed=3,
        options={"diagonal": "capped"},
        command="delift run --pool pool.jsonl --out out.csv",
    )
    record = manifest_of(pool, chosen, provenance)
    path = export_subset(pool, chosen, tmp_path / "out.csv", manifest=record)
    written = json.loads(manifest_path(path).read_text())
    assert (
        written["data"]["pool"]["fingerprint"] == pool.fingerprint
        and written["data"]["target"]["examples"] == 1
    )
    assert written["selection"] == {
        "objective": "flqmi",
        "parameters": {"eta": 1.0},
        "budget": {"amount": 0.5, "unit": "fraction"},
        "chosen": 2,
        "pinned": 0,
        "value": 1.0,
        "saturated_at": 1,
    }
    assert (
        written["command"],
        written["seed"],
        written["model"]["context"],
        written["options"],
    ) == (record["command"], 3, 8, {"diagonal": "capped"})
    assert (
        written["versions"]["python"] == platform.python_version()
        and written["versions"]["numpy"] == np.__version__
    )
    assert str(tmp_path) not in json.dumps(written)


def test_the_manifest_tells_how_the_pool_was_read_and_who_was_dropped():
    pool = read_dataset(
        [*ROWS, {"id": "d", "prompt": "Say bye.", "response": "Bye<|im_end|>"}],
        limit=3,
        seed=5,
        near_duplicates="keep",
    )
    chosen = Selection(
        np.array([2, 0]),
        np.array([1.0, 0.0]),
        Budget(2, BudgetUnit.ROWS),
        ObjectiveName.FACILITY_LOCATION,
    )
    record = manifest_of(pool, chosen, Provenance(dropped=[pool[0].id], left_out=True))
    assert record["data"]["pool"]["asked"] == {
        "usable": 4,
        "limit": 3,
        "seed": 5,
        "near_duplicates": "keep",
    }
    assert (record["data"]["pool"]["problems"], record["data"]["pool"]["altered"]) == (0, 1)
    assert record["audit"] == {"dropped": [pool[0].id], "left_out": 1}
    assert manifest_of(pool, chosen, Provenance(dropped=[pool[0].id]))["audit"]["left_out"] == 0


def test_the_home_of_a_person_is_not_in_the_manifest(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert [
        as_typed(name) for name in ("/home/ada/pool.jsonl", "/home/adam/pool.jsonl", "pool.jsonl")
    ] == ["~/pool.jsonl", "/home/adam/pool.jsonl", "pool.jsonl"]


def test_rows_that_were_left_out_are_listed_by_number_and_counted_beyond_ten():
    pool = read_dataset([*ROWS, *({"prompt": "a", "response": ""} for _ in range(12))])
    chosen = Selection(np.array([0]), np.array([1.0]), Budget(1, BudgetUnit.ROWS), None)
    told = manifest_of(pool, chosen)["data"]["pool"]
    assert [problem["row"] for problem in told["left_out"]] == [4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    assert told["left_out"][0]["kind"] == "empty response" and told["left_out"][0]["reason"]
    assert told["problems"] == told["problem_kinds"]["empty response"] == 12
