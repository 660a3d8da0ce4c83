"""Maps of a run: made once, kept in its folder, shipped with the demo."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from delift_core.errors import NotScored, UnknownChoice, UnwritableFile
from delift_core.runs.projections import Projection, projection_path, read_projection
from delift_core.runs.store import bundled_run
from delift_core.workflow import project as workflow_project
from delift_core.workflow.project import project_run


@pytest.mark.parametrize("of", Projection)
def test_a_map_is_made_once_and_read_back(new_run, score, of, monkeypatch):
    run = new_run()
    score(run)
    assert read_projection(run, of) is None
    path = project_run(run, of, seed=2)
    places = read_projection(run, of, seed=2)
    assert path == run.folder / "projections" / f"{of}-2.parquet"
    assert places.shape == (len(run.pool), 2) and places.dtype == np.float32
    monkeypatch.setattr(workflow_project, "project", None)  # from here on nothing can be worked out
    assert project_run(run, of, seed=2) == path
    assert read_projection(run, of, seed=3) is None


def test_a_map_says_what_it_was_made_of(new_run, score):
    run = new_run()
    score(run)
    record = json.loads(pq.read_metadata(project_run(run, "embedding")).metadata[b"projection"])
    assert record["of"] == "embedding" and record["seed"] == 0 and record["umap"]
    assert [file.name for file in (run.folder / "projections").iterdir()] == ["embedding-0.parquet"]


def test_a_run_that_is_not_scored_has_no_map_yet(new_run):
    with pytest.raises(NotScored, match="has not been read by the model"):
        project_run(new_run(), "embedding")
    with pytest.raises(NotScored, match="kernel pool_pool is not finished"):
        project_run(new_run(), "utility")


def test_a_map_of_something_else_is_refused_with_what_there_is(new_run):
    with pytest.raises(UnknownChoice, match="embedding, utility"):
        read_projection(new_run(), "../secret")


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(new_run, monkeypatch):
    run = new_run()
    (run.folder / "projections").write_text("a file where the folder belongs")
    monkeypatch.setattr(workflow_project, "project", None)
    with pytest.raises(UnwritableFile, match="the map cannot be kept here"):
        project_run(run, "embedding")


@pytest.mark.parametrize("of", Projection)
def test_the_demo_ships_with_its_maps(of):
    run = bundled_run()
    places = read_projection(run, of)
    assert places.shape == (len(run.pool), 2) and np.isfinite(places).all()
    assert projection_path(run, of, 0).stat().st_size < 10_000
