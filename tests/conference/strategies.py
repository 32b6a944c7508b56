"""Commands for Hypothesis: few sites and mostly sensible people, so that commands meet."""

from dataclasses import replace

from hypothesis import strategies as st

from nhipcau.conference import commands as c
from nhipcau.conference.drill import DrillKind, Served
from nhipcau.conference.rollcall import Evidence
from nhipcau.conference.scenario import Step
from nhipcau.quantities import McuName

from .meeting import (
    CONSOLE,
    HALL,
    LAYOUTS,
    NHA_TRANG,
    PLAN,
    ROSTER,
    SITES,
    STRANGER,
    operator,
    seat,
)
from .sheet import MERGE, SHEET, SPLITS

# Few sites and mostly sensible actors, so that commands meet instead of passing each other by.
sites = st.sampled_from((*SITES, *SITES, STRANGER))
flags = st.booleans()
rooms = st.builds(c.Actor, st.just(c.Role.SITE), sites)
chairs = st.builds(c.Actor, st.just(c.Role.CHAIR), st.sampled_from((HALL, None)))
secretaries = st.builds(c.Actor, st.just(c.Role.SECRETARY))
operators = st.builds(operator, sites)
consoles = st.just(CONSOLE)
anyone = st.builds(c.Actor, st.sampled_from(c.Role), st.none() | sites, st.none() | sites)
actors = st.one_of(chairs, chairs, secretaries, rooms, anyone)
locals_ = st.one_of(operators, rooms, chairs, anyone)
own_actors = st.one_of(rooms, rooms, chairs, anyone)
seats = st.builds(seat, sites, st.integers(1, 3))
# Any tree, of any depth, and what is none: circles, and parents that nobody knows.
rows = st.builds(replace, st.sampled_from(ROSTER), parent=st.none() | sites)
rosters = st.lists(st.sampled_from(ROSTER) | rows, unique_by=lambda row: row.site, max_size=5).map(
    tuple
)
credentials = st.sampled_from(("", "link:1", "link:2", "device:1"))
bars = st.builds(c.Bar, credentials, sites, flags, st.integers(0, 60_000))

# How far a page lags behind: see `as_seen`.
lags = st.sampled_from((0, 0, 0, 1))
cues = st.sampled_from((*(cue.cue for cue in SHEET), "live", "no such"))
scenario_moves = st.deferred(
    lambda: st.one_of(
        st.builds(c.Advance, actors, lags),
        st.builds(c.GoBack, actors, lags),
        st.builds(c.PutOff, actors, lags),
        st.builds(c.Skip, actors, lags, cues, st.none() | st.sampled_from("01"), flags),
        st.builds(c.MoveCue, actors, lags, cues, st.none() | cues),
        st.builds(c.Extend, actors, lags, st.integers(-10, 10)),
        st.builds(c.Merge, actors),
        st.builds(
            c.InsertCue,
            actors,
            lags,
            st.sampled_from(("", "Giải lao")),
            st.integers(0, 10),
            st.none() | sites,
            st.none() | cues,
        ),
    )
)
sheets = st.lists(st.sampled_from(SHEET), unique_by=lambda cue: cue.cue, max_size=7).map(tuple)
ballots = st.lists(sites, min_size=1, max_size=4).map(tuple)
votes = st.sampled_from(("v1", "v2", "v3"))
voices = st.deferred(
    lambda: st.one_of(
        st.builds(
            c.OpenVote, actors, st.sampled_from(("Đồng ý?", " ")), st.just(("Có", "Không")), ballots
        ),
        st.builds(c.CastVote, own_actors, votes, st.integers(-1, 3)),
        st.builds(c.RecordVote, actors | operators, votes, sites, st.integers(-1, 3)),
        st.builds(c.CloseVote, actors, votes),
        st.builds(c.ShowVote, actors, st.none() | votes),
        st.builds(
            c.SendPrompt,
            actors | operators,
            st.sampled_from(("", "Nói gần micro")),
            st.none() | sites,
            flags,
            st.integers(0, 90),
        ),
    )
)
evidence = st.builds(
    Evidence,
    st.integers(0, 60_000),
    st.integers(0, 20),
    st.integers(0, 20),
    flags,
    flags,
    st.integers(-127, 0),
)
# Put off, as Hypothesis writes out what it draws from, and refuses to write more than a page.
calls = st.deferred(
    lambda: st.one_of(
        st.builds(c.CallRoll, actors, flags),
        st.builds(c.StopRoll, actors),
        st.builds(c.PressHere, own_actors),
        st.builds(c.ConfirmHere, actors | operators, sites, flags),
        st.builds(c.NoteEvidence, sites, st.none() | evidence),
    )
)
served = st.just((Served(McuName("mcu-tinh"), (HALL,)), Served(McuName("mcu-568"), (NHA_TRANG,))))
mcus = st.sampled_from((McuName("mcu-tinh"), McuName("mcu-568"), McuName("no such")))
drills = st.deferred(
    lambda: st.one_of(
        st.builds(
            c.BeginDrill,
            actors | consoles,
            st.sampled_from(DrillKind),
            mcus,
            st.just(McuName("mcu-tinh")),
            served,
            st.sampled_from(("", "Trực kỹ thuật")),
        ),
        st.builds(
            c.ReportDrill,
            own_actors,
            st.integers(0, 3),
            mcus,
            st.integers(-1, 900_000),
            st.integers(-1, 900_000),
        ),
    )
)
_people = st.one_of(
    drills,
    voices,
    calls,
    scenario_moves,
    scenario_moves,
    st.builds(c.SetMicrophone, own_actors, flags),
    st.builds(c.SetCamera, own_actors, flags),
    st.builds(c.SetHand, own_actors, flags),
    st.builds(c.SetContent, own_actors, flags),
    st.builds(c.GiveFloor, actors, sites, flags),
    st.builds(c.TakeFloor, actors, st.none() | sites),
    st.builds(c.NameNext, actors, st.none() | sites),
    st.builds(c.Mute, actors | operators, sites),
    st.builds(c.MuteAll, actors, flags),
    st.builds(c.LowerHand, actors | operators, sites),
    st.builds(c.StopContent, actors),
    st.builds(c.SetLayout, actors, st.sampled_from(("auto", "no such", *LAYOUTS))),
    st.builds(c.SetHandsViaParent, actors, flags),
    st.builds(c.ForwardHand, locals_, sites),
    st.builds(c.SetDoors, actors, flags),
    st.builds(c.Admit, actors | operators, sites),
    st.builds(c.Undo, actors),
    st.builds(c.Remove, actors, sites),
    st.builds(c.Restore, actors, sites),
    st.builds(c.Lock, actors, flags),
    st.builds(c.ShowRoster, actors, sites, flags),
)
_connections = st.one_of(
    st.builds(c.SiteJoined, sites, seats, flags, flags, flags, credentials, flags),
    st.builds(c.RefusePin, sites),
    st.builds(c.NoteBars, st.lists(bars, max_size=3).map(tuple)),
    st.builds(c.SiteLost, sites, seats),
    st.builds(c.SiteLeft, sites, seats),
    st.just(c.Restart()),
    st.builds(c.TakeOver, st.sampled_from(("mcu-tinh", "mcu-du-phong")), st.integers(1, 9)),
    st.builds(c.CloseBranch, st.sampled_from(("tet-2024--573", "tet-2024--573--2"))),
    st.builds(
        c.Open,
        st.just(PLAN.conference),
        st.just("Tiêu đề"),
        st.sampled_from((HALL, NHA_TRANG)),
        st.just(LAYOUTS),
        rosters,
        st.just("auto"),
        st.lists(sites, unique=True, max_size=2).map(tuple),
        st.just((*SHEET, MERGE)) | sheets,
        st.just(SPLITS) | st.just(()),
        flags,
    ),
)


_steps = st.sampled_from(
    (*(Step(one.cue, turn.turn) for one in SHEET for turn in one.turns), Step("c7"))
)
_moments = st.integers(-5, 10_000)
carries = st.builds(
    c.CarryOn,
    st.just(PLAN.conference),
    _moments,
    st.lists(
        st.builds(c.CarriedSite, sites, flags, flags, flags, flags),
        unique_by=lambda one: one.site,
        max_size=5,
    ).map(tuple),
    st.lists(sites, max_size=4).map(tuple),
    st.lists(sites, max_size=4).map(tuple),
    st.builds(c.CarriedRules, flags, flags, flags, flags),
    st.none() | st.builds(c.CarriedStep, _steps, _moments, _moments, _moments),
    st.lists(st.tuples(_steps, st.integers(-5, 5)), max_size=3).map(tuple),
    st.lists(_steps, max_size=4).map(tuple),
)


@st.composite
def _briefly(draw: st.DrawFn, commands: str) -> c.Command:
    """Draw a command by the name of its strategy, whose own description would fill pages."""
    table: dict[str, st.SearchStrategy[c.Command]] = {
        "people": _people,
        "connections": _connections,
    }
    return draw(table[commands])


people = _briefly("people")
connections = _briefly("connections")
