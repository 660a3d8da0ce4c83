"""Several people at one server: what benchmarks/load.py measures with twenty, with six.

No clock is looked at.
"""

from benchmarks.load import PAGES, Crowd, reviewers_with_losses, shifts_of
from benchmarks.synthetic_runs import synthetic_run
from tests.e2e.conftest import serving
from tests.security.conftest import port_of

EXAMPLES, PEOPLE, VERDICTS = 120, 6, 12


def test_no_verdict_is_lost_while_others_audit_and_look_at_pages(tmp_path, tried):
    from delift_core.audit.log import open_log

    run = synthetic_run(tmp_path / "workspace", EXAMPLES)
    with serving(tmp_path / "workspace", tmp_path / "log.txt") as server:
        auditing, looking = shifts_of(Crowd(PEOPLE, VERDICTS, rounds=1), port_of(server), run)
    assert not reviewers_with_losses(run, auditing)
    events = open_log(run.folder).events()
    assert len(events) == len({event.uid for event in events}) == VERDICTS * PEOPLE // 2
    assert len({shift.reviewer for shift in auditing}) == PEOPLE // 2 and all(
        len(shift.verdicts) == VERDICTS for shift in auditing
    )
    assert [len(shift.seconds) for shift in looking] == [len(PAGES)] * (PEOPLE // 2)
    tried(
        f"{PEOPLE} people at once, half of them auditing",
        "no verdict lost",
        f"{len(events)} on disk, once each, in order",
    )
