"""Decoding: gzip that would fill the memory is refused."""

import gzip

import pytest

from delift_core.data import decoding
from delift_core.data.readers import read_dataset
from delift_core.errors import UnreadableFile
from tests.data.sources import write


@pytest.mark.parametrize(("limit", "value"), [("EXPANSION_LIMIT", 1000), ("RATIO_FLOOR", 1000)])
def test_gzip_unpacks_within_a_bound(tmp_path, monkeypatch, limit, value):
    monkeypatch.setattr(decoding, limit, value)
    path = write(tmp_path, "pool.jsonl.gz", gzip.compress(b"a" * 3_000_000))
    with pytest.raises(
        UnreadableFile, match=r"bytes of gzip unpack to more than .* which is refused"
    ):
        read_dataset(path)
