"""A damaged file of a run is refused by its name, never misread.

Scoring, or the command that wrote it, makes it anew, and nothing else.
"""

import shutil

import numpy as np
import pytest

from delift_core.audit.events import Action, Event
from delift_core.audit.log import open_log
from delift_core.errors import DamagedRun, NoDatabase, NotARun
from delift_core.jobs import jobs
from delift_core.jobs.requests import score_folder
from delift_core.jobs.status import State
from delift_core.runs.integrity import missing_tiles, missing_work, repair
from delift_core.runs.projections import Projection, projection_path, read_projection
from delift_core.runs.run import Run
from delift_core.runs.selections import find_selection, read_selection, save_selection
from delift_core.runs.store import create_run, list_runs, open_demo, open_run
from delift_core.runs.tiles import chunk_key
from delift_core.scoring.plan import Plan, PlanKind
from delift_core.selection.choice import Choice
from delift_core.workflow import score as scoring
from delift_core.workflow import tile_work
from delift_core.workflow.choose import choose
from tests.faults.conftest import DONE, contents


def flipped(content, place=0.5):
    """The same bytes but for one bit."""
    changed = bytearray(content)
    changed[int(len(changed) * place)] ^= 4
    return bytes(changed)


DAMAGE = {
    "one bit": lambda content: flipped(content, 0.2),
    "cut in half": lambda content: content[: len(content) // 2],
    "emptied": lambda content: b"",
    "its last byte lost": lambda content: content[:-1],
    "three bytes": lambda content: content[:3],
    "noise": lambda content: bytes(byte * 37 % 251 for byte in range(len(content))),
}


@pytest.fixture
def scored(new_run, score):
    run = new_run("pool", "known")
    score(run, "pool_pool", "pool_known")
    return run


def spoil(file, damage):
    file.write_bytes(DAMAGE[damage](file.read_bytes()))
    return file


def again(run, tiny, *names):
    """How many tiles are scored now."""
    work = missing_work(open_run(run.folder), names or ("pool_pool", "pool_known"))
    return len(list(scoring.score_missing(work, tiny())))


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_tile_is_refused_by_name_and_it_alone_is_scored_again(
    damage, scored, tiny, tried
):
    whole, tile = contents(scored.folder), scored.tiles("pool_pool")[1]
    file = spoil(
        scored.kernel_folder("pool_pool") / chunk_key(tile, scored.grid("pool_pool")), damage
    )
    with pytest.raises(
        DamagedRun,
        match=f"{file}: this tile is damaged .*Score the run again: what is broken is made anew",
    ) as refusal:
        open_run(scored.folder).kernel("pool_pool")
    assert open_run(scored.folder).kernel("pool_known") is not None
    assert again(scored, tiny) == 1 and contents(scored.folder) == whole
    tried(f"a tile: {damage}", "scored anew", str(refusal.value).removeprefix(f"{scored.folder}/"))


def test_a_job_finds_the_damaged_tile_of_a_kernel_that_counted_as_complete(
    run_worker, new_run, many, tried
):
    run = new_run(*many, data=many)
    assert (run_worker(run)[0], jobs.status(score_folder(run.folder)).state) == DONE
    whole = contents(run.folder)
    spoil(run.kernel_folder("pool_pool") / "c" / "0" / "0" / "2", "one bit")
    code, status = run_worker(run)
    assert (code, status.state) == DONE and jobs.result(score_folder(run.folder))[
        "scored"
    ] == 18 * 4
    assert contents(run.folder) == whole
    tried("a tile, by a job", "scored anew", "72 of 324 pairs are scored again, the same bytes")


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_description_of_a_kernel_is_refused_by_name_and_written_anew(
    damage, scored, tiny, monkeypatch, tried
):
    whole, file = contents(scored.folder), scored.kernel_folder("pool_pool") / "zarr.json"
    if damage == "one bit":
        file.write_text(file.read_text().replace('"shape"', '"shbpe"', 1))
    elif damage == "its last byte lost":
        file.write_text(file.read_text().rstrip()[:-1])
    else:
        spoil(file, damage)
    with pytest.raises(DamagedRun, match=f"{file}: it is not there or damaged") as refusal:
        open_run(scored.folder).kernel("pool_pool")
    monkeypatch.setattr(tile_work, "score_tile", lambda *given: pytest.fail("scored again"))
    assert again(scored, tiny) == 0 and contents(scored.folder) == whole
    tried(
        f"a kernel's description: {damage}",
        "written anew",
        str(refusal.value).removeprefix(f"{scored.folder}/"),
    )


def test_a_job_writes_the_damaged_description_of_a_complete_kernel_anew(
    run_worker, new_run, many, tried
):
    run = new_run(*many, data=many)
    assert (run_worker(run)[0], jobs.status(score_folder(run.folder)).state) == DONE
    whole = contents(run.folder)
    spoil(run.kernel_folder("pool_pool") / "zarr.json", "cut in half")
    code, status = run_worker(run)
    assert (code, status.state) == DONE and jobs.result(score_folder(run.folder))["scored"] == 0
    assert contents(run.folder) == whole
    tried("a kernel's description, by a job", "written anew", "no pair is scored again")


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_pass_over_examples_alone_is_refused_by_name_and_made_anew(
    damage, scored, tiny, tried
):
    whole = contents(scored.folder)
    file = spoil(scored.folder / "pool" / "alone.parquet", damage)
    with pytest.raises(DamagedRun, match=f"{file}: it cannot be read") as refusal:
        open_run(scored.folder).kernel("pool_pool")
    assert again(scored, tiny) == 0 and contents(scored.folder) == whole
    tried(
        f"the pass alone: {damage}",
        "made anew",
        str(refusal.value).removeprefix(f"{scored.folder}/"),
    )


@pytest.mark.parametrize("name", ["examples", "problems"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_examples_are_refused_by_name_and_written_anew_by_the_command_that_read_them(
    damage, name, scored, roles, tiny, tmp_path, tried
):
    whole = contents(scored.folder)
    file = scored.folder / "pool" / f"{name}.parquet"
    # a table without rows holds no data
    file.write_bytes(
        DAMAGE["noise" if (damage, name) == ("one bit", "problems") else damage](file.read_bytes())
    )
    with pytest.raises(
        DamagedRun, match=f"{file}: it cannot be read.*Run the command that read it again"
    ) as refusal:
        print(open_run(scored.folder).pool)
    create_run(tmp_path, {role: roles[role] for role in ("pool", "known")}, tiny().record, "chat")
    assert contents(scored.folder) == whole
    tried(f"{name}: {damage}", "written anew", str(refusal.value).removeprefix(f"{scored.folder}/"))


@pytest.mark.parametrize("name", ["examples", "alone"])
def test_a_bit_anywhere_in_a_table_is_refused_or_changes_nothing(name, scored, tried):
    file, refused, same = scored.folder / "pool" / f"{name}.parquet", 0, 0
    sound, dataset, alone = file.read_bytes(), scored.pool, scored.alone("pool")
    for place in range(0, len(sound), max(1, len(sound) // 150)):
        file.write_bytes(flipped(sound, place / len(sound)))
        run = open_run(scored.folder)
        try:
            assert run.pool == dataset and run.pool.fingerprint == dataset.fingerprint
            assert all(
                np.array_equal(getattr(run.alone("pool"), field), getattr(alone, field))
                for field in vars(alone)
            )
            same += 1
        except DamagedRun as refusal:
            assert str(refusal).startswith(f"{file}: ")
            refused += 1
    assert refused > same
    tried(
        f"{name}.parquet: a bit at {refused + same} places",
        "never misread",
        f"{refused} refused by name, {same} changed nothing that is read",
    )


def test_the_examples_of_another_run_are_never_taken_for_those_of_this_one(scored, tried):
    shutil.copyfile(
        scored.folder / "known" / "examples.parquet", scored.folder / "pool" / "examples.parquet"
    )
    with pytest.raises(
        DamagedRun,
        match="pool/examples.parquet: these are not the examples that the run was made of",
    ) as refusal:
        print(open_run(scored.folder).pool)
    tried(
        "examples.parquet of another set",
        "refused",
        str(refusal.value).removeprefix(f"{scored.folder}/"),
    )


@pytest.mark.parametrize("damage", [*DAMAGE, "another number"])
def test_a_damaged_record_is_refused_by_name_and_written_anew_by_the_command_that_made_it(
    damage, scored, roles, tiny, tmp_path, monkeypatch, tried
):
    whole, file = contents(scored.folder), scored.folder / "run.json"
    if damage in ("another number", "one bit", "its last byte lost"):
        text = file.read_text()
        changed = {
            "another number": text.replace('"examples": 6', '"examples": 5'),
            "one bit": text.replace('"chat"', '"cjat"'),
            "its last byte lost": text.rstrip()[:-1],
        }
        file.write_text(changed[damage])
    else:
        spoil(file, damage)
    with pytest.raises(NotARun, match="run.json") as refusal:
        open_run(scored.folder)
    assert list(list_runs(tmp_path)) == []
    run = create_run(
        tmp_path, {role: roles[role] for role in ("pool", "known")}, tiny().record, "chat"
    )
    monkeypatch.setattr(tile_work, "score_tile", lambda *given: pytest.fail("scored again"))
    assert (
        run.folder == scored.folder and again(run, tiny) == 0 and contents(scored.folder) == whole
    )
    tried(
        f"run.json: {damage}", "written anew", str(refusal.value).removeprefix(f"{scored.folder}")
    )


def test_a_bit_anywhere_in_a_selection_is_refused_or_changes_nothing(workspace, tried):
    run, choice, refused, same = open_demo(workspace), Choice(budget="5"), 0, 0
    kept = save_selection(run, choice, choose(run, choice)[1])
    sound, (asked, chosen) = kept.read_bytes(), read_selection(kept)
    for place in range(0, len(sound), len(sound) // 150):
        kept.write_bytes(flipped(sound, place / len(sound)))
        try:
            found, selection = read_selection(kept)
            assert (
                found == asked
                and np.array_equal(selection.indices, chosen.indices)
                and np.array_equal(selection.gains, chosen.gains)
            )
            same += 1
        except DamagedRun as refusal:
            assert str(refusal).startswith(f"{kept}: ")
            refused += 1
    assert refused > same
    tried(
        f"a selection: a bit at {refused + same} places",
        "never misread",
        f"{refused} refused by name, {same} changed nothing that is read",
    )


@pytest.mark.parametrize("damage", [damage for damage in DAMAGE if damage != "one bit"])
def test_a_damaged_selection_or_map_is_refused_by_name_and_made_anew_on_demand(
    damage, workspace, tried
):
    run, choice = open_demo(workspace), Choice(budget="5")
    place, chosen = projection_path(run, Projection.EMBEDDING, 0), choose(run, choice)[1]
    kept = save_selection(run, choice, chosen)
    spoil(place, damage), spoil(kept, damage)
    with pytest.raises(DamagedRun, match=f"{kept}: it cannot be read.*Choose again") as refusal:
        read_selection(find_selection(run))
    with pytest.raises(DamagedRun, match=f"{place}: it cannot be read.*draw the map again"):
        read_projection(run)
    assert (
        read_selection(save_selection(run, choice, chosen))[1].indices.tolist()
        == chosen.indices.tolist()
    )
    tried(
        f"a selection and a map: {damage}",
        "refused",
        str(refusal.value).removeprefix(f"{run.folder}/"),
    )


def test_a_draw_that_another_process_writes_while_a_run_is_repaired_stays(
    score, roles, tiny, tmp_path, monkeypatch, tried
):
    run = create_run(
        tmp_path, {"pool": roles["pool"]}, tiny().record, "chat", Plan(PlanKind.NEAREST, 0.5)
    )
    score(run)
    file = run.kernel_folder("pool_pool") / "drawn.parquet"
    whole = file.read_bytes()
    file.unlink()

    def absent_and_then_written(run, name):
        file.write_bytes(whole)

    monkeypatch.setattr(Run, "pair_sample", absent_and_then_written)
    assert missing_tiles(open_run(run.folder), "pool_pool") == []
    repair(open_run(run.folder), ["pool_pool"])
    assert file.read_bytes() == whole
    tried(
        "a draw written while a run is repaired",
        "kept",
        "what was absent when it was looked for is not removed",
    )


def test_a_damaged_draw_of_a_plan_is_refused_by_name_and_drawn_again(
    new_run, roles, tiny, tmp_path, tried
):
    run = create_run(
        tmp_path, {"pool": roles["pool"]}, tiny().record, "chat", Plan(PlanKind.SAMPLED, 0.5)
    )
    list(scoring.score_missing(missing_work(run, ["pool_pool"]), tiny()))
    whole, file = contents(run.folder), run.kernel_folder("pool_pool") / "drawn.parquet"
    for damage in DAMAGE:
        spoil(file, damage)
        with pytest.raises(DamagedRun, match=f"{file}: it cannot be read"):
            open_run(run.folder).kernel("pool_pool")
        assert again(run, tiny, "pool_pool") == 0 and contents(run.folder) == whole
    tried(
        "which pairs a plan drew, in six ways",
        "drawn anew",
        "drawn.parquet is refused by name, then the same bytes",
    )


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_status_is_an_interruption_and_the_job_goes_on(
    damage, run_worker, new_run, many, tried
):
    run = new_run(*many, data=many)
    folder = score_folder(run.folder)
    run_worker(run, "pool_pool", killed=["between", 2, 0])
    for name in ("status.json", "spec.json"):
        spoil(folder / name, damage)
    found = jobs.status(folder)
    assert found.state == State.INTERRUPTED and "Start again to continue" in found.error
    assert (run_worker(run)[0], jobs.status(folder).state) == DONE
    tried(f"status.json and spec.json: {damage}", "resumed", found.error.removeprefix(f"{folder}/"))


# Verdicts

RUINED = {
    **{name: DAMAGE[name] for name in ("cut in half", "emptied", "noise", "three bytes")},
    "its header overwritten": lambda content: b"no database here" + content[16:],
    "a page overwritten": lambda content: content[:4096] + bytes(4096) + content[8192:],
}


@pytest.mark.parametrize("damage", RUINED)
def test_a_damaged_database_of_verdicts_is_refused_on_the_page_and_in_the_library_and_left_as_it_is(
    damage, demo, workspace, monkeypatch, tried
):
    monkeypatch.delenv("DELIFT_DATABASE", raising=False)
    run = open_demo(workspace)
    log = open_log(run.folder)
    log.append(
        [
            Event(f"{number}", run.pool[number].id, Action.KEEP, "anna", note="n" * 500)
            for number in range(60)
        ]
    )
    log.engine.dispose()
    file = run.folder / "audit.sqlite"
    file.write_bytes(ruined := RUINED[damage](file.read_bytes()))
    with pytest.raises(
        NoDatabase,
        match=(
            f"{file}: verdicts cannot be kept there .*if the file is damaged, move it away or put a"
            " copy in its place"
        ),
    ) as refusal:
        open_log(run.folder)
    page = demo("deliver/audit", budget="12", reviewer="anna")
    assert not page.exception and [
        error.value
        for error in page.error
        if "verdicts cannot be kept there" in error.value.replace("\\", "")
    ]
    assert file.read_bytes() == ruined
    tried(f"audit.sqlite: {damage}", "refused", str(refusal.value).removeprefix(f"{run.folder}/"))


def test_a_verdict_of_a_word_that_is_none_is_refused_rather_than_a_traceback(tmp_path, tried):
    log = open_log(tmp_path)
    log.append([Event("1", "example", Action.KEEP, "anna")])
    with log.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE delift_events SET action = 'kedp'")
    with pytest.raises(
        NoDatabase, match="verdicts cannot be read .'kedp' is not a valid Action"
    ) as refusal:
        log.events()
    tried("a verdict's word", "refused", str(refusal.value).removeprefix(f"{tmp_path}/"))
