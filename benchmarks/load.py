"""Measure twenty people at one server, half auditing, half looking at pages.

python -m benchmarks.load, or make bench, writes benchmarks/LOAD.md.
"""

import json
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.rows import MILLISECONDS, Check, Row, load, write_report
from benchmarks.serving import serving
from benchmarks.synthetic_runs import synthetic_run
from benchmarks.visitor import NotDrawn, Visitor, visiting
from delift_core.audit.log import open_log
from delift_core.runs.run import Run

REPORT = Path(__file__).with_name("LOAD.md")
EXAMPLES = 2_000  # of the pool
PEOPLE = 20
VERDICTS = 60  # of one reviewer
ROUNDS = 6  # through the pages, of one who looks
# seconds between two acts of a person: as people are, and as fast as the server answers
PAUSES = (1.0, 0.0)
ACTIONS = ("keep", "drop", "flag")
PAGES = ("subset", "map", "heatmap", "examples", "export")
CARD = "bidi_component:audit card"


@dataclass(frozen=True)
class Shift:
    """What one person did, and how long the server took for each act."""

    reviewer: str  # empty where only pages were looked at
    verdicts: Sequence[tuple[str, str]]  # (example, verdict) in order
    seconds: Sequence[float]


def audit(port: int, run: Run, reviewer: str, verdicts: int, pause: float) -> Shift:
    """Give verdicts from the card, each when the one before is written."""
    written, seconds = [], []
    query = urlencode({"run": run.id, "reviewer": reviewer, "queue": "random"})
    with visiting(port, "audit", query) as visitor:
        visitor.rerun()
        for verdict in islice(cycle(ACTIONS), verdicts):
            example, duration = give_verdict(visitor, verdict)
            written.append((example, verdict))
            seconds.append(duration)
            time.sleep(pause)
    return Shift(reviewer, written, seconds)


def card_act(visitor: Visitor, act: str) -> tuple[str, WidgetState, str]:
    """(example of the card, a key pressed on it as audit_card.js sends it, uid of the act)."""
    card, uid = visitor.elements[CARD], uuid.uuid4().hex
    example = json.loads(card.json)["card"]["id"]
    sent = {"uid": uid, "act": act, "example": example, "reasons": [], "note": "", "tries": 0}
    return example, WidgetState(id=card.id, json_value=json.dumps({"act": sent})), uid


def give_verdict(visitor: Visitor, verdict: str) -> tuple[str, float]:
    """(example, seconds) of one verdict."""
    example, state, uid = card_act(visitor, verdict)
    rerun = visitor.rerun(state, within=CARD)
    after = json.loads(visitor.elements[CARD].json)
    if after["answered"] != uid or after["refusal"]:
        raise NotDrawn(
            f"the verdict on {example} was not answered for: {after['refusal'] or 'no word of it'}"
        )
    return example, rerun.seconds


def look(port: int, run: Run, rounds: int, pause: float) -> Shift:
    """Turn from page to page, round after round."""
    seconds = []
    with visiting(port, "subset", urlencode({"run": run.id})) as visitor:
        visitor.rerun()
        for page in PAGES * rounds:
            seconds.append(visitor.turn_to(page).seconds)
            visitor.find("heading", page.capitalize())
            time.sleep(pause)
    return Shift("", (), seconds)


def together(*work: Callable[[], Shift]) -> list[Shift]:
    """Everybody at once, each on a socket of their own. Raises the first error of anybody."""
    with ThreadPoolExecutor(len(work)) as people:
        shifts = [people.submit(shift) for shift in work]
        return [shift.result() for shift in shifts]


@dataclass(frozen=True)
class Crowd:
    """How many people come, and what each of them does."""

    people: int = PEOPLE
    verdicts: int = VERDICTS  # of each reviewer
    rounds: int = ROUNDS  # through the pages, of each who looks
    pause: float = 0.0  # seconds between two acts
    name: str = "reviewer"  # of the reviewers, before their numbers


def shifts_of(crowd: Crowd, port: int, run: Run) -> tuple[list[Shift], list[Shift]]:
    """(auditing, looking), half of the people each."""
    reviewers = crowd.people // 2
    auditing = [
        partial(audit, port, run, f"{crowd.name} {number}", crowd.verdicts, crowd.pause)
        for number in range(reviewers)
    ]
    looking = [partial(look, port, run, crowd.rounds, crowd.pause)] * (crowd.people - reviewers)
    shifts = together(*auditing, *looking)
    return shifts[:reviewers], shifts[reviewers:]


def reviewers_with_losses(run: Run, auditing: Sequence[Shift]) -> list[str]:
    """Reviewers whose verdicts are not on disk, once each, in order, under their name."""
    stored: dict[str, list[tuple[str, str]]] = {}
    for event in open_log(run.folder).events():
        stored.setdefault(event.reviewer, []).append((event.example, str(event.action)))
    return [
        shift.reviewer for shift in auditing if stored.get(shift.reviewer) != list(shift.verdicts)
    ]


def measured(workspace: Path) -> Iterator[Row | Check]:
    """One person alone, then twenty."""
    run = synthetic_run(workspace, EXAMPLES)
    with serving(workspace) as server:
        look(server.port, run, 1, 0.0)  # what is worked out once for everybody is worked out
        load_before = load()
        pages = look(server.port, run, ROUNDS, 0.0).seconds
        verdicts = audit(server.port, run, "alone", VERDICTS, 0.0).seconds
        alone = (
            Row("a page, 1 session", pages, MILLISECONDS, load=load_before),
            Row("a verdict, 1 session", verdicts, MILLISECONDS, load=load_before),
        )
        yield from alone
        for pause in PAUSES:
            yield from with_a_crowd(server.port, run, pause, [row.median for row in alone])


def with_a_crowd(
    port: int, run: Run, pause: float, alone: Sequence[float]
) -> Iterator[Row | Check]:
    """Times of everybody, and whether every verdict is stored."""
    load_before = load()
    pauses = "nobody pausing"
    if pause:
        pauses = f"each pausing {pause:g} s"
    crowd = Crowd(pause=pause, name=f"reviewer, {pauses},")
    auditing, looking = shifts_of(crowd, port, run)
    for act, shifts, median in zip(("page", "verdict"), (looking, auditing), alone, strict=True):
        yield Row(
            f"a {act}, {PEOPLE} sessions, {pauses}",
            [seconds for shift in shifts for seconds in shift.seconds],
            MILLISECONDS,
            comparison=f"1 session takes {MILLISECONDS(median)}",
            load=load_before,
        )
    count = sum(len(shift.verdicts) for shift in auditing)
    missing = reviewers_with_losses(run, auditing)
    yield Check(
        f"every verdict of {len(auditing)} reviewers is on disk, once, in order, under its name:"
        f" {pauses}",
        not missing,
        f"{count:,} given, lost: {', '.join(missing) or 'none'}",
    )


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="delift-load-") as folder:
        rows = []
        for row in measured(Path(folder)):
            print(row, flush=True)
            rows.append(row)
    write_report(rows, REPORT, "Many people at one server, measured")


if __name__ == "__main__":
    main()
