"""Twenty people at one server, half of them auditing, half looking at pages: python -m
benchmarks.load, or make bench. Writes benchmarks/LOAD.md.
"""

import json
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.rows import MILLISECONDS, Check, Row, load, write_report
from benchmarks.serving import serving
from benchmarks.synthetic_runs import made_run
from benchmarks.visitor import NotDrawn, Visitor, visiting
from delift_core.audit.log import open_log
from delift_core.runs.run import Run

REPORT = Path(__file__).with_name("LOAD.md")
EXAMPLES, PEOPLE, VERDICTS, ROUNDS = 2_000, 20, 60, 6
# seconds between two acts of a person: as people are, and as fast as the server answers
PAUSES = (1.0, 0.0)
SAYS = ("keep", "drop", "flag")
PAGES = ("subset", "map", "heatmap", "examples", "export")
CARD = "bidi_component:audit card"


@dataclass(frozen=True)
class Shift:
    """What one person did, and how long the server took for each of it."""

    reviewer: str  # nobody where only pages were looked at
    given: Sequence[tuple[str, str]]  # (example, verdict) in order
    seconds: Sequence[float]


def audit(port: int, run: Run, reviewer: str, verdicts: int, pause: float) -> Shift:
    """Give verdicts from the card, each when the one before is answered for: written, and the next
    example shown.
    """
    given, seconds = [], []
    with visiting(
        port, "audit", urlencode({"run": run.id, "reviewer": reviewer, "queue": "random"})
    ) as visitor:
        visitor.rerun()
        for verdict in islice(cycle(SAYS), verdicts):
            example, took = say(visitor, verdict)
            given.append((example, verdict))
            seconds.append(took)
            time.sleep(pause)
    return Shift(reviewer, given, seconds)


def say(visitor: Visitor, verdict: str) -> tuple[str, float]:
    """(example, seconds) of one verdict, told as audit_card.js tells it."""
    card, uid = visitor.elements[CARD], uuid.uuid4().hex
    example = json.loads(card.json)["card"]["id"]
    act = {"uid": uid, "act": verdict, "example": example, "reasons": [], "note": "", "tries": 0}
    rerun = visitor.rerun(
        WidgetState(id=card.id, json_value=json.dumps({"act": act})), within=CARD
    )
    after = json.loads(visitor.elements[CARD].json)
    if after["answered"] != uid or after["refusal"]:
        raise NotDrawn(
            f"the verdict on {example} was not answered for: {after['refusal'] or 'no word of it'}"
        )
    return example, rerun.seconds


def look(port: int, run: Run, rounds: int, pause: float) -> Shift:
    """Follow the menu from page to page, round after round."""
    seconds = []
    with visiting(port, "subset", urlencode({"run": run.id})) as visitor:
        visitor.rerun()
        for page in PAGES * rounds:
            seconds.append(visitor.turn_to(page).seconds)
            visitor.find("heading", page.capitalize())
            time.sleep(pause)
    return Shift("", (), seconds)


def together(*work: Callable[[], Shift]) -> list[Shift]:
    """Everybody at once, each on a socket of their own. Raises what anybody met."""
    with ThreadPoolExecutor(len(work)) as people:
        return [shift.result() for shift in [people.submit(one) for one in work]]


def crowd(
    port: int, run: Run, people: int, verdicts: int, rounds: int, pause: float, named: str
) -> tuple[list[Shift], list[Shift]]:
    """(auditing, looking), half of the people each."""
    auditing = [
        lambda place=place: audit(port, run, f"{named} {place}", verdicts, pause)
        for place in range(people // 2)
    ]
    looking = [lambda: look(port, run, rounds, pause)] * (people - people // 2)
    shifts = together(*auditing, *looking)
    return shifts[: people // 2], shifts[people // 2 :]


def lost(run: Run, auditing: Sequence[Shift]) -> list[str]:
    """What of the verdicts given is not on disk, once each, in order, under the right name."""
    written = {}
    for event in open_log(run.folder).events():
        written.setdefault(event.reviewer, []).append((event.example, str(event.action)))
    return [
        shift.reviewer for shift in auditing if written.get(shift.reviewer) != list(shift.given)
    ]


def measured(workspace: Path) -> Iterator[Row | Check]:
    """One person alone, then twenty."""
    run = made_run(workspace, EXAMPLES)
    with serving(workspace) as server:
        look(server.port, run, 1, 0.0)  # what is worked out once for everybody is worked out
        before = load()
        pages, verdicts = (
            look(server.port, run, ROUNDS, 0.0).seconds,
            audit(server.port, run, "alone", VERDICTS, 0.0).seconds,
        )
        alone = (
            Row("a page, 1 session", pages, MILLISECONDS, load=before),
            Row("a verdict, 1 session", verdicts, MILLISECONDS, load=before),
        )
        yield from alone
        for pause in PAUSES:
            yield from with_a_crowd(server.port, run, pause, [row.median for row in alone])


def with_a_crowd(
    port: int, run: Run, pause: float, alone: Sequence[float]
) -> Iterator[Row | Check]:
    """Times of everybody, and whether every verdict is there."""
    how, before = f"each pausing {pause:g} s" if pause else "nobody pausing", load()
    auditing, looking = crowd(port, run, PEOPLE, VERDICTS, ROUNDS, pause, f"reviewer, {how},")
    for what, shifts, median in zip(("page", "verdict"), (looking, auditing), alone, strict=True):
        seconds = [one for shift in shifts for one in shift.seconds]
        yield Row(
            f"a {what}, {PEOPLE} sessions, {how}",
            seconds,
            MILLISECONDS,
            beside=f"1 session takes {MILLISECONDS(median)}",
            load=before,
        )
    given, missing = sum(len(shift.given) for shift in auditing), lost(run, auditing)
    yield Check(
        f"every verdict of {len(auditing)} reviewers is on disk, once, in order, under its name:"
        f" {how}",
        not missing,
        f"{given:,} given, lost: {', '.join(missing) or 'none'}",
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
