"""What is exported of the demo is, byte by byte, what version 0.1.0 exported."""

import hashlib
import json

import pyarrow.parquet as pq
import pytest

from delift_core.export.subset import export_subset
from delift_core.runs.store import bundled_run
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose

CHOSEN = [121, 13, 29, 44, 82, 75, 6, 138, 69, 124, 70, 78]
DIGESTS = {  # shape and suffix -> sha256 of the file
    "original.jsonl": "b952ecfbf338db98f29ff2c19bf321b62e6f0dc2f6de63f9f624f085694c1ab8",
    "original.json": "6fcafd2951712bea1926b4a31acccd819d2afbb3afdeb0724e1f1dc1fa92d883",
    "original.csv": "df4538993bb163280c549e9727a438e2b6cb9e17f41a4d54d1de655b201af4ef",
    "original.txt": "7025f9038a6c5cce1992a7720571028e33cb34c321f406d030b5f47b575ab97a",
    "alpaca.jsonl": "0d06d2a7423d09a2cd21edcade9d5b51d7e4d4e9d3e673f46a4e7cc5a244fc64",
    "alpaca.json": "18a2b27137752ace96b719efcf9c1fe6d8f7da8e851d3063e9668a8d7942d6e8",
    "alpaca.csv": "c81164fab9a88f40c6a19ad0343700e110dc9a59e0f6df9098f0dc2cc03cd589",
    "sharegpt.jsonl": "d3bae8e0a7722d66aaff4cd0fc75d05a4c0c5dd9d7ec4abc628c249532f2608c",
    "sharegpt.json": "85a7fe41885be4d36001c8289fed91a6cec921d108301bbe6d82cc06075db3a4",
    "sharegpt.csv": "6328d131df531f1cb27d7226e1f53f1bfedb62ed6e35a56c7c8a302805598d93",
    "messages.jsonl": "ca74b1bdc9785732b6d3eb904e798a679fc45525e7af89948cb8121bc08c1750",
    "messages.json": "ad64bafc8f39c0b411879f8f449fef45a32f9ed9037e919ee4257eef81d9f005",
    "messages.csv": "5869c56b1d6069f7c7c14d05967cbfbc7d358fb556813f9a6fd8a458c6bf29f0",
    "ids.jsonl": "d5cea76d8ce402451d3246357c7f42d23c9145e94db8e0d7c0f4a5ef3de79d77",
    "ids.json": "bfa237ba72895d265219b80dbbc7c19f6cdee6166588ace8b8f0b4e7147e4505",
    "ids.csv": "a1adbe6c5e769da8f00a9276a0b06ed9faf79daf3ec2b40bcdddb81bf87ad9e0",
    "ids.txt": "7025f9038a6c5cce1992a7720571028e33cb34c321f406d030b5f47b575ab97a",
}
# of the columns and rows: the bytes of a Parquet file change with the version of pyarrow
PARQUET = {
    "original": "38199801b820702b0fcab122bc8bf2c03c336cd21e37842f0b92a0013f25a96c",
    "alpaca": "6d7d875ffbe8f8db464543d1b41e71c53a59240bc26563927b310bb977d228d3",
    "sharegpt": "7c852e643f39057784d58d67b79fe51919410d18cd68ec56b288d82b041823e2",
    "messages": "e2d290ea7db37b7c1a16488c60ce86317e6756f1e5da667ff13af60a1937157a",
    "ids": "c2fc7026e4d6eef9a6df84366f6631a6ee1927f76c6eff81c9b3833c07484f83",
}


@pytest.fixture(scope="module")
def demo():
    """The demo's pool, and twelve examples chosen from it for its target."""
    run = bundled_run()
    selection = choose(run, Choice(objective="flqmi", budget="12"))[1]
    assert selection.indices.tolist() == CHOSEN
    return run.pool, selection


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("name", DIGESTS)
def test_an_export_of_the_demo_is_the_same_bytes(name, demo, tmp_path):
    shape, suffix = name.split(".")
    path = export_subset(*demo, tmp_path / f"subset.{suffix}", shape=shape)
    assert sha256(path.read_bytes()) == DIGESTS[name]


@pytest.mark.parametrize("shape", PARQUET)
def test_a_parquet_export_of_the_demo_has_the_same_columns_and_rows(shape, demo, tmp_path):
    table = pq.read_table(export_subset(*demo, tmp_path / "subset.parquet", shape=shape))
    content = json.dumps([table.schema.to_string(), table.to_pylist()])
    assert sha256(content.encode()) == PARQUET[shape]


def test_an_export_with_rank_gain_and_verdicts_and_without_a_dropped_example_is_the_same_bytes(
    demo, tmp_path
):
    pool, selection = demo
    first, second = (pool[index].id for index in selection.indices[:2])
    path = export_subset(
        pool,
        selection,
        tmp_path / "subset.jsonl",
        with_rank=True,
        with_gain=True,
        verdicts={first: "keep"},
        without=[second],
    )
    assert (
        sha256(path.read_bytes())
        == "7bbe2dfe46ca8c89c730d2829ac7cc796a9f9b271c25e5100c2e4d1428499982"
    )
