"""Folders: what `datasets` opens, replaced whole and only where an export wrote it."""

import hashlib
import json

import pytest

from delift_core.errors import UnwritableFile
from delift_core.export.subset import export_subset
from tests.export.conftest import ROWS, fields_in, pool_of, selection_of


def test_a_datasets_folder_holds_the_same_rows_and_is_replaced_whole(tmp_path):
    path = export_subset(pool_of(ROWS), selection_of(0, 1), tmp_path / "subset")
    path = export_subset(
        pool_of(ROWS), selection_of(2, 0), tmp_path / "subset", with_rank=True, manifest={}
    )
    assert fields_in(path) == [ROWS[2] | {"delift_rank": 1}, ROWS[0] | {"delift_rank": 2}]
    digests = json.loads((tmp_path / "subset.manifest.json").read_text())["file"]["sha256"]
    assert digests == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in path.iterdir()
    }
    assert sorted(file.name for file in tmp_path.iterdir()) == ["subset", "subset.manifest.json"]


def test_a_folder_with_other_files_is_never_replaced(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")
    with pytest.raises(UnwritableFile, match=r"mine: the folder holds other files .thesis\.tex."):
        export_subset(pool_of(ROWS), selection_of(0), tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.tex").exists()
