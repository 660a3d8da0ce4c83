"""`delift runs`: the runs of a workspace."""


def test_runs_of_an_empty_workspace_say_how_to_make_one(delift):
    assert "No runs in workspace. Make one with: delift run" in delift("runs", model=False).stdout
