"""The pass without prompts on demand: once, under the lock, whole or not at all."""

import hashlib

import pytest
from filelock import FileLock

from delift_core.errors import ChangedModel, ChangedScoring, MethodUnavailable, RunBusy
from delift_core.runs.run import Run
from delift_core.runs.store import open_run
from delift_core.runs.unprompted import has_unprompted, unprompted_path
from delift_core.selection.choice import Choice
from delift_core.workflow import unprompted as workflow
from delift_core.workflow.methods import choose_by_method, lacks_unprompted
from delift_core.workflow.progress import Silent
from delift_core.workflow.unprompted import complete_unprompted
from tests.workflow.counting import Counting


def digest_of(run):
    return hashlib.sha256(unprompted_path(run, "pool").read_bytes()).hexdigest()


class Stopping(Silent):
    """A progress whose first finished example stops the work."""

    def advance(self, units=1):
        raise KeyboardInterrupt


@pytest.fixture
def made(new_run, tiny):
    run = new_run("pool")
    complete_unprompted(run, tiny())
    return run


def test_progress_counts_every_example_once(new_run, tiny):
    done = []
    complete_unprompted(new_run("pool"), tiny(), progress=Counting(done))
    assert sum(done) == 6


def test_it_is_never_made_twice(made, tiny, monkeypatch):
    monkeypatch.setattr(workflow, "score_unprompted", lambda *given: pytest.fail("made again"))
    before = digest_of(made)
    complete_unprompted(made, tiny())
    assert digest_of(made) == before


def test_each_role_has_its_own(new_run, tiny):
    run = new_run("pool", "target")
    complete_unprompted(run, tiny(), "target")
    assert has_unprompted(run, "target") and not has_unprompted(run, "pool")


def test_stopped_it_leaves_nothing_and_made_again_it_has_the_same_bytes(
    new_run, made, tiny, tmp_path
):
    run = new_run("pool", workspace=tmp_path / "stopped")
    with pytest.raises(KeyboardInterrupt):
        complete_unprompted(run, tiny(), progress=Stopping())
    assert not list((run.folder / "pool").glob("*unprompted*"))
    complete_unprompted(run, tiny())
    assert digest_of(run) == digest_of(made)


def test_what_is_damaged_is_made_anew_in_the_same_bytes(made, tiny):
    whole, file = digest_of(made), unprompted_path(made, "pool")
    file.write_bytes(file.read_bytes()[:-9])
    assert lacks_unprompted(made, ["ifd"])
    complete_unprompted(made, tiny())
    assert digest_of(made) == whole


def test_another_run_of_the_same_texts_has_it_from_the_first(new_run, made, roles, tiny):
    run = new_run("pool", "known")
    assert run.id != made.id and digest_of(run) == digest_of(made)


def test_a_run_that_another_process_scores_is_refused_and_so_is_another_model(new_run, tiny):
    run = new_run("pool")
    with FileLock(run.folder / "scoring.lock"), pytest.raises(RunBusy, match="another process"):
        complete_unprompted(run, tiny())
    with pytest.raises(ChangedModel, match="Put the model back"):
        complete_unprompted(run, tiny("gpt2"))
    earlier = Run(run.folder, {**run.record, "scoring": 0})
    with pytest.raises(ChangedScoring, match="would not be comparable"):
        complete_unprompted(earlier, tiny())
    assert not has_unprompted(run, "pool")


def test_only_methods_that_need_it_lack_it(new_run, made, tmp_path):
    bare = new_run("pool", workspace=tmp_path / "bare")
    assert lacks_unprompted(bare, ["longest", "probes"])
    assert not lacks_unprompted(bare, ["longest", "facility_location"])
    assert not lacks_unprompted(made, ["ifd", "probes"])


@pytest.mark.parametrize("method", ["ifd", "probes"])
def test_a_run_without_it_has_no_ifd_and_with_it_has(method, new_run, score, tiny):
    run = new_run("pool")
    score(run)
    with pytest.raises(MethodUnavailable, match=f"{method} cannot be used.*without its prompt is"):
        choose_by_method(run, Choice(budget="3"), method)
    complete_unprompted(run, tiny())
    _, selection = choose_by_method(open_run(run.folder), Choice(budget="3"), method)
    assert selection.method == method and len(selection) == 3
