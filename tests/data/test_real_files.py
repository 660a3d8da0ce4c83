"""Real files, where they are here: every row is accounted for, as the manifest counts them."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from delift_core.data.example import ProblemKind
from delift_core.data.readers import read_dataset
from delift_core.errors import UnknownFormat

SHARED = (
    Path(os.environ.get("DELIFT_SHARED") or Path(__file__).parents[2].parent / "shared") / "data"
)
MANIFEST = (
    json.loads((SHARED / "MANIFEST.json").read_text())
    if (SHARED / "MANIFEST.json").exists()
    else []
)
POOLS = [entry for entry in MANIFEST if "truth" not in entry["file"]]
NEAR = {"xquad.en.json": 1, "xquad.ar.json": 1, "dev_continual_A_old_squad_300.jsonl": 1}

pytestmark = pytest.mark.skipif(
    not MANIFEST, reason="the real files are not here; set DELIFT_SHARED to their folder"
)


@pytest.fixture(scope="module", params=POOLS, ids=[entry["file"] for entry in POOLS])
def entry_and_dataset(request):
    return request.param, read_dataset(SHARED / request.param["file"])


def test_every_row_is_an_example_or_a_problem(entry_and_dataset):
    entry, dataset = entry_and_dataset
    left_out = [problem for problem in dataset.problems if problem.kind != ProblemKind.ALTERED]
    assert len(dataset) + len(left_out) == entry["rows"]
    assert dataset.format.endswith(f"{entry['rows']} of {entry['rows']} rows")


def test_empties_and_duplicates_are_those_of_the_manifest(entry_and_dataset):
    entry, dataset = entry_and_dataset
    counts = Counter(problem.kind for problem in dataset.problems)
    assert (
        counts[ProblemKind.EMPTY] == entry["empty"]
        and counts[ProblemKind.EXACT_DUPLICATE] == entry["dups"]
    )
    assert (
        counts[ProblemKind.NEAR_DUPLICATE] == NEAR.get(entry["file"], 0)
        and counts[ProblemKind.BROKEN] == 0
    )


def test_a_file_of_truths_is_no_pool():
    with pytest.raises(UnknownFormat, match="Columns are id, row, mismatched"):
        read_dataset(SHARED / "dev_noise_200.truth.csv")


def test_the_same_rows_read_the_same_from_jsonl_csv_and_parquet():
    prints = {
        read_dataset(SHARED / f"dev_mix.{kind}").text_fingerprint
        for kind in ("jsonl", "csv", "parquet")
    }
    assert len(prints) == 1


def test_known_rows_read_to_the_letter():
    svamp = read_dataset(SHARED / "SVAMP.json")[0]
    assert (svamp.id, svamp.response) == ("chal-1", "51.0")
    assert svamp.prompt.endswith("on each pack How much do you have to pay to buy each pack?")
    assert read_dataset(SHARED / "mgsm_ja.tsv")[0].response == "18"
    assert {
        turn.role for turn in read_dataset(SHARED / "glaive_toolcall_en_demo.json")[0].turns
    } == {"user", "assistant", "tool"}
    assert "<|endoftext|>" not in read_dataset(SHARED / "p3_samsum_Summarize_.jsonl")[0].response
