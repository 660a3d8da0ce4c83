"""The task that reads a run's pool as a trainer does, and the table that it leaves."""

from pathlib import Path

from delift_core.runs.training_tables import read_training_rows, training_rows_at
from delift_core.scoring.training_reader import TrainingReader


def test_the_stored_rows_are_those_of_the_reader_at_any_length(does, new_run, tiny):
    run, model = new_run("pool"), tiny()
    result = does("training_view", run=str(run.folder), model=model.name, edits={})
    table = read_training_rows(Path(result["path"]))
    indices = range(len(run.pool))
    for longest in (1024, 12):
        reader = TrainingReader(model.tokenizer, longest)
        assert list(training_rows_at(table, indices, longest)) == list(map(reader.row, run.pool))
    assert does.said.done == does.said.total == len(run.pool)


def test_an_edited_response_is_read_in_place_of_the_first(does, new_run, tiny):
    run, model = new_run("pool"), tiny()
    edits = {run.pool[0].id: "quite another answer"}
    path = does("training_view", run=str(run.folder), model=model.name, edits=edits)["path"]
    (row,) = training_rows_at(read_training_rows(Path(path)), [0], 1024)
    assert "quite another answer" in "".join(row.pieces[row.first_label :])
