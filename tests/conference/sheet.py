"""A small run sheet for the tests: speeches, communes in one cue, a discussion, a vote, a split."""

from dataclasses import replace

from nhipcau.conference import commands as c
from nhipcau.conference.branch import Branch, PlannedSplit
from nhipcau.conference.scenario import Ballot, Cue, CueKind, Turn
from nhipcau.quantities import ConferenceId, SiteId

from .meeting import (
    CHAIR,
    GIANG_LY,
    HALL,
    KHANH_VINH,
    NHA_TRANG,
    NOW,
    PLAN,
    VAN_THANH,
    Meeting,
)

MIN_MS = 60_000
START_MS = round(NOW * 1000)


def cue(name: str, begins_min: int, minutes: int, *speakers: SiteId | None, **more: object) -> Cue:
    """Return a cue that begins so many minutes after the first, in which these sites speak."""
    turns = tuple(Turn(str(n), site, f"Đại biểu {site}") for n, site in enumerate(speakers))
    plain = Cue(
        cue=name,
        kind=CueKind.ITEM,
        title=f"Mục {name}",
        who="",
        minutes=minutes,
        planned_ms=START_MS + begins_min * MIN_MS,
        fixed=False,
        layout="1+2",
        turns=turns,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


ANSWERS = ("Đồng ý", "Không đồng ý", "Ý kiến khác")
BALLOT = Ballot("Thông qua nhiệm vụ", ANSWERS, (NHA_TRANG, KHANH_VINH))
OPENING = cue("c1", 0, 5, HALL, layout="speaker", fixed=True)
UPLAND = cue("c2", 5, 7, KHANH_VINH)
TOWN = cue("c3", 12, 6, NHA_TRANG)
COMMUNES = cue("c4", 18, 8, GIANG_LY, VAN_THANH)
TALK = cue("c5", 26, 10, kind=CueKind.DISCUSSION)
VOTE = cue("c6", 36, 5, HALL, kind=CueKind.VOTE, ballot=BALLOT)
SPLIT = cue("c7", 41, 3, kind=CueKind.SPLIT, layout="3x3")
SHEET = (OPENING, UPLAND, TOWN, COMMUNES, TALK, VOTE, SPLIT)
MERGE = cue("c8", 44, 3, kind=CueKind.MERGE)
# What the split makes of the meeting: the uplands with their commune meet by themselves.
UPLANDS = Branch(ConferenceId("tet-2024--573"), "Khánh Vĩnh", KHANH_VINH, (KHANH_VINH, GIANG_LY))
SPLITS = (PlannedSplit(SPLIT.cue, (UPLANDS,)),)
SESSION = replace(PLAN, scenario=(*SHEET, MERGE), splits=SPLITS)


def convened(*present: SiteId, sheet: tuple[Cue, ...] = SHEET) -> Meeting:
    """Return a meeting with a scenario that has not begun, and these sites in their seats."""
    meeting = Meeting()
    meeting.does(replace(PLAN, scenario=sheet, splits=SPLITS))
    meeting.joins(*present)
    return meeting


def presses_next(meeting: Meeting, times: int = 1) -> None:
    """Press "next" so many times."""
    for _ in range(times):
        meeting.does(c.Advance(CHAIR, meeting.state.scenario_revision))


def at(meeting: Meeting) -> tuple[str, str]:
    """Return the step that runs."""
    step = meeting.state.scenario.at
    assert step is not None
    return step


def order(meeting: Meeting) -> list[str]:
    """Return the cues as they come."""
    return [one.cue for one in meeting.state.scenario.cues]
