"""An answer token by token, as the pages show it."""

import numpy as np
import pytest

from delift_core.runs.store import bundled_run
from delift_core.units import number
from pages.widgets.token_view import visible
from tests.pages.conftest import button, texts, wait_until


@pytest.mark.model
def test_a_pair_is_explained_token_by_token_and_the_run_keeps_it(demo):
    run = bundled_run()
    utility = run.kernel("pool_pool").values[3, 5]
    page = demo("inspect/heatmap", answered=run.pool[3].id, shown=run.pool[5].id)
    wait_until(
        button(page, "Explain it token by token").click().run(),
        f"The shares sum to {number(utility, '+.4f')}",
    )
    tokens = next(frame.value for frame in page.dataframe if "share" in frame.value.columns)
    assert tokens["share"].sum() == pytest.approx(utility, abs=2e-5)
    np.testing.assert_allclose(tokens["with"] - tokens["without"], tokens["difference"])
    assert "The shares sum to" in texts(
        demo("inspect/heatmap", answered=run.pool[3].id, shown=run.pool[5].id)
    )


@pytest.mark.parametrize(
    "piece, seen",
    [("\n", "↵\n"), ("  ", "··"), ("", "▪"), (" a", " a"), ("\t", "⇥"), ("a\n", "a↵\n")],
)
def test_white_space_can_be_seen(piece, seen):
    assert visible(piece) == seen
