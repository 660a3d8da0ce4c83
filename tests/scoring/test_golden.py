"""The reference implementation's own numbers: template paper gives them back, on and off the
diagonal.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from delift_core.data.example import Dataset
from delift_core.scoring.kernel_scoring import score_utilities
from delift_core.scoring.model import load_model

pytestmark = pytest.mark.model
SHARED = Path(os.environ.get("DELIFT_SHARED", Path(__file__).parents[2].parent / "shared"))
# file, examples scored
GOLDEN = [
    (Path(__file__).parent / "paper_kernel.json", 12),
    (SHARED / "golden" / "paper_kernel_mix.json", 4),
]


@pytest.fixture(scope="module")
def bundled():
    return load_model("bundled", dtype="float32", device="cpu")


@pytest.mark.parametrize(("file", "count"), GOLDEN, ids=["paper_kernel", "paper_kernel_mix"])
def test_the_paper_template_gives_the_reference_implementation_s_kernel(
    bundled, make_example, file, count
):
    if not file.exists():
        pytest.skip(f"{file.name} is not on this machine")
    golden = json.loads(file.read_text())
    pool = Dataset(
        tuple(make_example(row["prompt"], row["response"]) for row in golden["examples"][:count])
    )
    kernel = score_utilities(pool, model=bundled, template="paper")
    np.testing.assert_allclose(kernel.alone, golden["d_alone"][:count], atol=1e-4)
    np.testing.assert_allclose(
        kernel.values, np.array(golden["utility"])[:count, :count], atol=1e-4
    )
    assert kernel.square and not kernel.truncated.any()
