"""The policy answers signalling, and the conference's own guard never says anything else."""

from typing import Any, get_args

import pytest

from nhipcau.access.actions import Action
from nhipcau.conference.commands import Actor, Role
from nhipcau.conference.decide import role_refusal
from nhipcau.conference.state import ConferenceState, SiteState
from nhipcau.mcu.admission import Ticket
from nhipcau.quantities import ConferenceId, SiteId
from nhipcau.web import drill_messages as drilled
from nhipcau.web import messages as said
from nhipcau.web import roll_messages as roll
from nhipcau.web import scenario_messages as led
from nhipcau.web import vote_messages as polled
from nhipcau.web.asking import Standing, may, standing_of, why_not
from nhipcau.web.commands import TRANSLATIONS
from nhipcau.web.deeds import message_types
from nhipcau.web.scenario_messages import ScenarioMessage

HALL, DISTRICT, COMMUNE = SiteId("hall"), SiteId("district"), SiteId("commune")
NEIGHBOUR, PRESS = SiteId("neighbour"), SiteId("press")
MEETING = ConferenceId("m")
PARENTS = {HALL: None, DISTRICT: HALL, COMMUNE: DISTRICT, NEIGHBOUR: HALL, PRESS: None}

TICKETS = {
    "room": Ticket(Role.SITE, DISTRICT),
    "guest": Ticket(Role.SITE, PRESS, is_guest=True),
    "chair": Ticket(Role.CHAIR, HALL),
    "secretary": Ticket(Role.SECRETARY, None),
    "console": Ticket(Role.CONSOLE, None),
    "operator": Ticket(Role.OPERATOR, None, DISTRICT),
}
EVERYBODY = ("room", "guest", "chair", "secretary", "console", "operator")
# Who may say it about the site itself, a site below it, a site beside it: `x` for yes.
ABOUT_SITES = {
    said.Mute: {"chair": "xxx", "console": "xxx", "operator": "xx."},
    said.Admit: {"chair": "xxx", "secretary": "xxx", "console": "xxx", "operator": "xx."},
    said.Remove: {"chair": "xxx", "console": "xxx", "operator": "xx."},
    said.Restore: {"chair": "xxx", "console": "xxx", "operator": "xx."},
    said.RoomTest: {"chair": "xxx", "console": "xxx", "operator": "xx."},
    said.Look: {"chair": "xxx", "console": "xxx", "operator": "xx."},
    said.WatchStills: {"chair": "xxx", "secretary": "xxx", "console": "xxx", "operator": "xx."},
    roll.ConfirmHere: {"chair": "xxx", "secretary": "xxx", "console": "xxx", "operator": "xx."},
    polled.VoteRecord: {"chair": "xxx", "secretary": "xxx", "console": "xxx", "operator": "xx."},
    polled.Prompt: {"chair": "xxx", "secretary": "xxx", "console": "xxx", "operator": "xx."},
    # A room answers for itself and for those below it.
    said.LowerHand: {
        "room": "xx.",
        "chair": "xxx",
        "secretary": "xxx",
        "console": "xxx",
        "operator": "xx.",
    },
    said.ForwardHand: {
        "room": "xx.",
        "chair": "xxx",
        "secretary": "xxx",
        "console": "xxx",
        "operator": "xx.",
    },
}
SEATED, LEADERS = ("room", "guest", "chair"), ("chair", "console")
TABLE, ORDER = ("chair", "secretary", "console"), ("chair", "secretary")
ABOUT_NO_SITE = {
    said.Knock: EVERYBODY,
    said.Hello: EVERYBODY,
    said.Warm: EVERYBODY,
    said.Answer: EVERYBODY,
    said.Leave: EVERYBODY,
    said.Ping: EVERYBODY,
    said.Report: EVERYBODY,
    said.Mic: SEATED,
    said.Camera: SEATED,
    said.Hand: SEATED,
    said.Content: SEATED,
    said.GiveFloor: ("chair",),
    said.TakeFloor: ("chair",),
    said.Next: ("chair",),
    said.MuteAll: ("chair",),
    said.StopContent: ("chair",),
    said.Undo: ("chair",),
    said.EndMeeting: LEADERS,
    said.HandsViaParent: ("chair",),
    said.SetLayout: LEADERS,
    said.Doors: LEADERS,
    said.Lock: LEADERS,
    said.ShowRoster: TABLE,
    **dict.fromkeys(get_args(ScenarioMessage), ORDER),
    led.CueNext: ("chair",),
    led.CueBack: ("chair",),
    led.Merge: ("chair",),
    roll.CallRoll: TABLE,
    roll.StopRoll: TABLE,
    roll.Here: SEATED,
    polled.VoteOpen: ORDER,
    polled.VoteClose: ORDER,
    polled.VoteShow: ORDER,
    polled.VoteCast: SEATED,
    # Whoever tells of its line tells of a drill; what has no seat the conference refuses.
    drilled.Drilled: EVERYBODY,
    drilled.StartDrill: ("console",),
}


def state() -> ConferenceState:
    rows = [SiteState(site, site, "level", parent=parent) for site, parent in PARENTS.items()]
    return ConferenceState(
        conference=MEETING, title="", chair_site=HALL, sites={row.site: row for row in rows}
    )


def standing(who: str) -> Standing:
    return standing_of(TICKETS[who], MEETING)


def message(kind: Any, site: SiteId) -> Any:
    """Return a message about `site`; the policy reads nothing else of it."""
    return kind.model_construct(site=site, sites=(site,))


def test_the_tables_have_every_message() -> None:
    assert {*ABOUT_SITES, *ABOUT_NO_SITE} == set(message_types())


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("kind", message_types(), ids=lambda one: one.__name__)
def test_a_message_is_for_whom_the_table_says(kind: type[said.ClientMessage], who: str) -> None:
    for number, site in enumerate((DISTRICT, COMMUNE, NEIGHBOUR)):
        if kind in ABOUT_SITES:
            right = ABOUT_SITES[kind].get(who, "...")[number] == "x"
        else:
            right = who in ABOUT_NO_SITE[kind]
        assert (why_not(standing(who), message(kind, site), state()) is None) == right, site


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("kind", list(TRANSLATIONS), ids=lambda one: one.__name__)
def test_the_conference_forbids_no_role_what_the_policy_allows(
    kind: type[said.ClientMessage], who: str
) -> None:
    ticket = TICKETS[who]
    actor = Actor(ticket.role, ticket.site, ticket.subtree)
    for site in PARENTS:
        command = TRANSLATIONS[kind](actor, _filled(kind, site))
        by_policy = why_not(standing(who), message(kind, site), state()) is None
        by_state = role_refusal(state(), command) is None
        # Rooms and guests are of one role there, and what stands below whom it asks later.
        finer = ticket.role is Role.SITE and kind in ABOUT_SITES
        assert by_state or not by_policy, site
        assert finer or by_policy == by_state, site


def _filled(kind: Any, site: SiteId) -> Any:
    names = ("open", "on", "up", "beside", "locked", "ask")
    led = {"seen": 0, "cue": "c1", "turn": None, "after": None, "minutes": 1, "title": ""}
    voted = {"vote": "v1", "answer": 0, "question": "?", "answers": ("a", "b")}
    told = {"delegations": (site,), "text": "", "subtree": False, "shown_s": 60, "again": False}
    plain = {"site": site, "layout": "auto", **led, **voted, **told}
    return kind.model_construct(**plain | dict.fromkeys(names, True))


def test_one_site_out_of_reach_forbids_the_whole_message() -> None:
    look = said.WatchStills(type="watch_stills", sites=(COMMUNE, DISTRICT, NEIGHBOUR))
    assert why_not(standing("operator"), look, state()) is not None
    assert why_not(standing("console"), look, state()) is None


def test_only_whoever_leads_the_whole_meeting_writes_to_all_rooms() -> None:
    to_all = polled.Prompt(type="prompt", text="Mời về chỗ")
    allowed = {who for who in EVERYBODY if why_not(standing(who), to_all, state()) is None}
    assert allowed == {"chair", "secretary", "console"}


def test_a_room_may_not_look_even_at_nobody() -> None:
    assert why_not(standing("room"), said.WatchStills(type="watch_stills", sites=()), state())


def test_everybody_who_comes_in_by_a_ticket_gets_media() -> None:
    assert [may(standing(who), Action.LIVE_MEDIA) for who in EVERYBODY] == [True] * 6
