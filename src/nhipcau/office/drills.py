"""Evidence that a backup plan works: the drills of a meeting's rehearsals, from their logs.

    meeting ─▶ its rehearsals (and itself, if it is one) ─▶ event logs ─▶ drills, the newest first

Nothing is copied: the logs can't be changed, and each time the evidence is worked out anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from nhipcau.conference.drill_views import DrillView
from nhipcau.conference.misfit import EventError
from nhipcau.conference.wire import WireError, load_event
from nhipcau.office.planning.desk import Author, Desk
from nhipcau.office.planning.errors import MissingError
from nhipcau.office.planning.reading import load, read_meeting
from nhipcau.office.planning.rehearsing import rehearsals_of
from nhipcau.office.reporting import UnreadableLogError
from nhipcau.planning.parts import REHEARSES
from nhipcau.ports.eventstore import EventStore
from nhipcau.ports.papers import DrillLine
from nhipcau.ports.plans import PlanRecord
from nhipcau.quantities import ConferenceId
from nhipcau.report.drilling import drills_in
from nhipcau.report.tables_of_drills import deed, moment_words, seconds, verdict


@dataclass(frozen=True, slots=True)
class Evidence:
    """One drill, and the rehearsal in which it was had."""

    meeting: str
    title: str
    zone: str
    drill: DrillView


def drill_evidence(desk: Desk, author: Author, store: EventStore, meeting: str) -> list[Evidence]:
    """Return the drills of a meeting's rehearsals, the newest first.

    Raises:
        MissingError: there is no such meeting, or the author may not know of it.
        UnreadableLogError: a rehearsal's log is of another version.
    """
    read_meeting(desk, author, meeting)
    return evidence_of(desk, store, meeting)


def evidence_of(desk: Desk, store: EventStore, meeting: str) -> list[Evidence]:
    """Return the same; asks nobody.

    Raises:
        MissingError: there is no such meeting.
    """
    found = [one for record in _rehearsals(desk, meeting) for one in _of(store, record)]
    return sorted(found, key=lambda one: one.drill.began_ms, reverse=True)


def drill_lines(desk: Desk, store: EventStore, meeting: str) -> tuple[DrillLine, ...]:
    """Return the drills as lines of the printed backup plan, the first one first; asks nobody."""
    try:
        found = evidence_of(desk, store, meeting)
    except (MissingError, UnreadableLogError):
        # The run sheet is needed all the same; the page says what is wrong with the log.
        return ()
    return tuple(_line(one) for one in reversed(found))


def _rehearsals(desk: Desk, meeting: str) -> Iterator[PlanRecord]:
    own = load(desk, meeting)
    if own.parts.get(f"header/{REHEARSES}"):
        yield own
    for rehearsal in rehearsals_of(desk, meeting):
        try:
            yield load(desk, rehearsal)
        except MissingError:
            continue


def _of(store: EventStore, record: PlanRecord) -> Iterator[Evidence]:
    """Yield the drills of one rehearsal, of the log that goes on the longest."""
    logs = store.logs(ConferenceId(record.head.id))
    if not logs:
        return
    log = max(logs, key=lambda one: (one.last_ms, one.key.branch == ""))
    try:
        drills = drills_in([load_event(event) for event in store.read(log.key)])
    except (WireError, EventError) as error:
        raise UnreadableLogError(f"Nhật ký sự kiện không đọc được: {error}") from error
    zone = str(record.parts["header/zone"])
    for drill in drills:
        yield Evidence(record.head.id, record.head.title, zone, drill)


def _line(one: Evidence) -> DrillLine:
    drill, figures = one.drill, one.drill.figures
    return DrillLine(
        when=moment_words(drill.began_ms, ZoneInfo(one.zone)),
        deed=deed(drill),
        by=drill.by or "Bàn trực kỹ thuật",
        sites=f"{figures['reported']}/{figures['struck']}",
        sound=f"{seconds(figures['sound_p95_ms'])} / {seconds(figures['sound_max_ms'])}",
        picture=f"{seconds(figures['picture_p95_ms'])} / {seconds(figures['picture_max_ms'])}",
        goal=seconds(drill.goal_ms),
        verdict=verdict(drill.met),
    )
