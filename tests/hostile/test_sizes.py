"""Sizes: next to nothing, very much, many times the same; read, scored and chosen from."""

import itertools
import json

import numpy as np
import pytest
from click.testing import CliRunner

import delift_core as delift
from delift_core.cli.main import main
from delift_core.data.example import ProblemKind
from tests.hostile.attempts import (
    Read,
    Refused,
    check_every_way,
    for_each_case,
    jsonl,
    pairs,
    select_all,
    write_input,
)

LETTERS = [first + second for first, second in itertools.product("bcdfghjklmnpqrstvwxz", repeat=2)]
WIDE = [f"c{number}" for number in range(498)]
CASES = {
    "500 columns": Read(
        ",".join(["prompt", *WIDE, "response"]) + "\n" + ",".join(["p", *WIDE, "r"]) + "\n",
        [("p", "r")],
    ),
    "500 columns, none of them known": Refused(
        ",".join([*WIDE, "x", "y"]) + "\n" + "1," * 499 + "2\n",
        ", c23 and 476 more. Name them with columns=",
    ),
    "500 fields in an object": Read(
        jsonl({"prompt": "p", **{name: [1, {"a": None}] for name in WIDE}, "response": "r"}),
        [("p", "r")],
    ),
}


@for_each_case(CASES)
def test_a_very_wide_file(subject, case, tmp_path, tried):
    check_every_way(case, tmp_path, subject, tried)


def test_60_000_rows_are_read_each_as_it_is(tmp_path, tried):
    """Short rows of three words of which no two agree: none is a near duplicate."""
    rows = [
        (f"{a}{number}", b)
        for number, (a, b) in zip(
            range(60_000), itertools.cycle(itertools.product(LETTERS, LETTERS))
        )
    ]
    path = write_input(
        tmp_path,
        Read(
            jsonl(
                *(
                    f'{{"prompt": "{prompt}", "response": "{response}"}}'
                    for prompt, response in rows
                )
            ),
            rows,
        ),
    )
    dataset = delift.read_dataset(path)
    assert pairs(dataset) == rows and dataset.problems == () and dataset[59_999].id == "60000"
    exported = delift.export_subset(dataset, select_all(dataset), tmp_path / "out.parquet")
    assert exported.stat().st_size > 60_000
    tried("60,000 rows", "read", "every one, and exported")


def test_60_000_identical_rows_are_one_example(tmp_path, tried):
    dataset = delift.read_dataset(
        write_input(tmp_path, Read('{"prompt": "a", "response": "b"}\n' * 60_000, []))
    )
    assert pairs(dataset) == [("a", "b")] and {problem.kind for problem in dataset.problems} == {
        ProblemKind.EXACT_DUPLICATE
    }
    assert [problem.row for problem in dataset.problems] == list(range(2, 60_001))
    tried("60,000 identical rows", "read", "1 row, and each of the others named as the same")


def test_thousands_of_rows_nearly_the_same_are_one_example(tmp_path, tried):
    dataset = delift.read_dataset(
        [
            {"prompt": "Say " + "".join(choice), "response": "x"}
            for choice in itertools.product(*(letter + letter.upper() for letter in "abcdefghijkl"))
        ]
    )
    assert len(dataset) == 1 and len(dataset.collapsed["1"]) == len(dataset.problems) == 2**12 - 1
    tried(
        "4,096 rows that differ in case only",
        "read",
        "1 row, and each of the others named as nearly the same",
    )


ROWS = [("Add 2 and 3", "5"), ("Name a colour", "blue"), ("Say hello", "hello there")]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_one_two_and_three_rows_are_scored_and_chosen_from(
    count, tmp_path, tried, tiny, monkeypatch
):
    """Through the library and the command line: one and all of them.

    On the command line also with a target, with known rows, and with both.
    """
    monkeypatch.setenv("DELIFT_WORKSPACE", str(tmp_path / "runs"))
    path = write_input(
        tmp_path,
        Read(
            jsonl(*({"prompt": prompt, "response": response} for prompt, response in ROWS[:count])),
            [],
        ),
    )
    kernel = delift.score_utilities(delift.read_dataset(path), model=tiny())
    assert (
        kernel.values.shape == (count, count)
        and np.isfinite(kernel.values).all()
        and np.isfinite(kernel.similarity()).all()
    )
    for budget in (1, count, 1.0):
        chosen = delift.maximise(delift.facility_location(kernel.similarity()), budget=budget)
        assert (
            len(set(chosen.indices.tolist()))
            == (1 if budget == 1 and not isinstance(budget, float) else count)
            and np.isfinite(chosen.gains).all()
        )
    for roles in ((), ("--target", path), ("--known", path), ("--target", path, "--known", path)):
        out = tmp_path / "out.jsonl"
        result = CliRunner().invoke(
            main,
            [
                *map(
                    str,
                    (
                        "run",
                        "--pool",
                        path,
                        *roles,
                        "--model",
                        tiny().name,
                        "--budget",
                        "100%",
                        "--out",
                        out,
                    ),
                )
            ],
        )
        assert result.exit_code == 0, result.output
        assert sorted(
            map(tuple, (json.loads(line).values() for line in out.read_text().splitlines()))
        ) == sorted(ROWS[:count])
    tried(
        f"{count} row{'s' * (count > 1)}",
        "read",
        "scored, chosen and exported, with and without target and known",
    )


def test_identical_rows_that_are_kept_are_worth_nothing_after_the_first(tried, tiny):
    dataset = delift.read_dataset(
        [{"prompt": "Name a colour", "response": "blue"}] * 6, near_duplicates="keep"
    )
    kernel = delift.score_utilities(dataset, model=tiny())
    assert len(dataset) == 6 and np.isfinite(kernel.values).all() and np.ptp(kernel.values) < 1e-5
    chosen = delift.maximise(delift.facility_location(kernel.similarity()), budget=3)
    assert (
        chosen.indices[0] == 0
        and chosen.gains[1:] == pytest.approx(0, abs=1e-5)
        and len(set(chosen.indices.tolist())) == 3
    )
    tried(
        "all rows identical, and all of them kept",
        "read",
        "scored alike, and nothing gained by the second",
    )


def test_prompts_beyond_the_context_are_shortened_scored_and_marked(tried, tiny):
    long = " ".join(f"word {number}" for number in range(2000))
    rows = [
        (f"{long} Name a colour", "blue"),
        ("Name a colour", "blue"),
        ("Tell all", long),
        (long, long),
    ]
    dataset = delift.read_dataset(
        [{"prompt": prompt, "response": response} for prompt, response in rows]
    )
    kernel = delift.score_utilities(dataset, model=tiny(window=160))
    assert (
        np.isfinite(kernel.values).all()
        and np.isfinite(kernel.pmi).all()
        and (kernel.alone > 0).all()
    )
    assert kernel.truncated.tolist() == [
        [True] * 4,
        [True, False, True, True],
        [True] * 4,
        [True] * 4,
    ]
    assert pairs(dataset) == rows
    tried(
        "prompts and answers beyond the context",
        "read",
        "scored on what fits, 15 of 16 pairs marked as truncated",
    )


def test_a_target_in_another_language_than_the_pool_is_scored_and_chosen_for(tmp_path, tried, tiny):
    target = delift.read_dataset(
        [
            {"prompt": "色を一つ挙げて", "response": "青です"},
            {"prompt": "قل مرحبا", "response": "مرحبا بك"},
        ]
    )
    pool = delift.read_dataset(
        [{"prompt": prompt, "response": response} for prompt, response in ROWS]
    )
    kernel = delift.score_utilities(pool, model=tiny(), answered=target)
    assert kernel.values.shape == (2, 3) and np.isfinite(kernel.values).all()
    chosen = delift.maximise(delift.flqmi(kernel.similarity()), budget=2)
    assert len(set(chosen.indices.tolist())) == 2
    both = delift.export_subset(target, select_all(target), tmp_path / "target.csv")
    assert pairs(delift.read_dataset(both)) == pairs(target)
    tried(
        "a target in Japanese and Arabic, a pool in English",
        "read",
        "scored, and chosen for by flqmi",
    )
