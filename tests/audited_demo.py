"""The demo with verdicts of two reviewers, for tests of the audit figures and of the report."""

from delift_core.audit.events import Action, Event
from delift_core.audit.log import open_log
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose

CHOICE = Choice(objective="facility_location", budget="12")


def event(run, index, action, reviewer, uid, **more):
    """What a reviewer says of an example of the pool."""
    return Event(uid, run.pool[index].id, Action(action), reviewer, **more)


def add_audit(run):
    """Two reviewers agree on one of the chosen and differ on another; one takes a third back."""
    first, second, third, fourth = choose(run, CHOICE)[1].indices[:4].tolist()
    log = open_log(run.folder)
    log.append(
        [
            event(run, first, "keep", "ada", "1", note="clear and right"),
            event(run, first, "keep", "bo", "2"),
            event(run, second, "drop", "ada", "3", reasons=("wrong",)),
            event(run, second, "keep", "bo", "4"),
            event(run, third, "drop", "ada", "5"),
            event(run, third, "undo", "ada", "6", undoes="5"),
            event(run, fourth, "keep", "ada", "7", queue="blind", source="chosen"),
            event(run, 0, "drop", "bo", "8", queue="blind", source="rejected random"),
        ]
    )
    log.write_guidelines("Drop what is wrong.\nKeep the rest.", "ada")
    return run
