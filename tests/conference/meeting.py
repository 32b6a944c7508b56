"""A small province for the tests, and a driver that decides, folds and keeps the log."""

from dataclasses import dataclass, field, replace

from nhipcau.conference import EMPTY, ConferenceState, Refusal, RefusalCode, decide, fold_all
from nhipcau.conference import commands as c
from nhipcau.conference.events import Event
from nhipcau.quantities import ConferenceId, EndpointId, SiteId

HALL = SiteId("56")
NHA_TRANG = SiteId("568")
KHANH_VINH = SiteId("573")
GIANG_LY = SiteId("22633")
VAN_THANH = SiteId("22519")
SITES = (HALL, NHA_TRANG, KHANH_VINH, GIANG_LY, VAN_THANH)
STRANGER = SiteId("999")

CHAIR = c.Actor(c.Role.CHAIR, HALL)
CONSOLE = c.Actor(c.Role.CONSOLE)
LAYOUTS = ("speaker", "duo", "2x2", "3x3", "4x4", "1+2", "1+7", "1+8")

ROSTER = (
    c.RosterRow(HALL, "Khánh Hòa", "province"),
    c.RosterRow(NHA_TRANG, "Nha Trang", "district", HALL),
    c.RosterRow(KHANH_VINH, "Khánh Vĩnh", "district", HALL),
    c.RosterRow(GIANG_LY, "Giang Ly", "commune", KHANH_VINH),
    c.RosterRow(VAN_THANH, "Vạn Thạnh", "commune", SiteId("571")),
)
PLAN = c.Open(ConferenceId("tet-2024"), "Hội nghị ba cấp", HALL, LAYOUTS, ROSTER)
NOW = 1_706_144_400.0


def room(site: SiteId) -> c.Actor:
    """Return the actor of an ordinary site."""
    return c.Actor(c.Role.SITE, site)


def seat(site: SiteId, number: int = 1) -> EndpointId:
    """Return an endpoint's id for `site`."""
    return EndpointId(f"{site}-{number}")


def operator(subtree: SiteId) -> c.Actor:
    """Return the actor of whoever looks after `subtree`."""
    return c.Actor(c.Role.OPERATOR, None, subtree)


@dataclass
class Meeting:
    """One conference under test; `now` is the wall clock in seconds."""

    state: ConferenceState = EMPTY
    log: list[Event] = field(default_factory=list)
    now: float = NOW

    def does(self, command: c.Command) -> tuple[Event, ...]:
        """Decide and fold; the command must not be refused."""
        outcome = decide(self.state, command, self.now)
        assert not isinstance(outcome, Refusal), outcome
        assert outcome, command
        self.state = fold_all(self.state, outcome)
        self.log.extend(outcome)
        return outcome

    def refuses(self, command: c.Command) -> RefusalCode:
        """Decide; the command must be refused. Return the code."""
        outcome = decide(self.state, command, self.now)
        assert isinstance(outcome, Refusal), outcome
        assert outcome.detail
        return outcome.code

    def joins(self, *sites: SiteId, capture: bool = True, synthetic: bool = False) -> None:
        """Seat the first endpoint of each site."""
        for site in sites:
            self.does(c.SiteJoined(site, seat(site), capture, synthetic))

    def open_mics(self) -> set[SiteId]:
        """Return the sites that can be heard."""
        return {row.site for row in self.state.sites.values() if row.mic}


def opened(*present: SiteId, rehearsal: bool = False) -> Meeting:
    """Return a meeting with the plan above and these sites in their seats."""
    meeting = Meeting()
    meeting.does(replace(PLAN, rehearsal=rehearsal))
    meeting.joins(*present)
    return meeting
