"""The events of a long session of the model province, as its MCU would have written them.

    roster, scenario ─▶ decide ─▶ events       the same seed gives the same session, event by event

145 rooms, three hours and a half: rooms come one by one, a few late, a few never; the roll is
called; the scenario runs with cues put in, skipped and put off; connections break and come back;
hands go up; eight delegations vote; the meeting is ended. Every command passes `decide`, so the log
is one that a conference can have.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from random import Random

from nhipcau.conference import commands as c
from nhipcau.conference.decide import decide
from nhipcau.conference.events import Event
from nhipcau.conference.fold import fold_all
from nhipcau.conference.refusal import Refusal
from nhipcau.conference.rollcall import Evidence
from nhipcau.conference.scenario import Ballot, Cue, CueKind, Turn
from nhipcau.conference.state import EMPTY, ConferenceState
from nhipcau.quantities import ConferenceId, EndpointId, SiteId

LONG_SESSION = ConferenceId("phien-dai")
# 25 January 2024, 07:00 in Việt Nam; the opening is an hour later.
_SEVEN_S = 1_706_140_800.0
_OPENING_MIN = 60
_MIN_S, _MS_PER_S = 60.0, 1000
_LAYOUTS = ("speaker", "1+2", "1+8", "3x3", "4x4")
_HALL = SiteId("56")
_CHAIR = c.Actor(c.Role.CHAIR, _HALL)
_CONSOLE = c.Actor(c.Role.CONSOLE)
_DISTRICTS = tuple(SiteId(str(code)) for code in range(568, 576))
_NEVER, _LATE = 4, 6
# Connections that break in an hour, of all rooms together.
_LOSSES_AN_HOUR = 60
_ANSWERS = ("Đồng ý", "Không đồng ý", "Ý kiến khác")
# Title, minutes, who speaks: an invented run sheet.
_SHEET: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("Tuyên bố lý do, giới thiệu đại biểu", 5, ("56",)),
    ("Phát biểu khai mạc", 10, ("56",)),
    ("Báo cáo kết quả, kế hoạch", 15, ("56",)),
    ("Tham luận: xã miền núi", 7, ("573",)),
    ("Tham luận: vùng cao", 7, ("575",)),
    ("Tham luận: thị xã", 6, ("572",)),
    ("Tham luận: hộ nghèo đô thị", 6, ("568",)),
    ("Ý kiến các xã", 12, ("22633", "22735", "22489")),
    ("Thảo luận theo thứ tự giơ tay", 40, ()),
    ("Giải đáp", 20, ("56",)),
    ("Biểu quyết nhiệm vụ", 5, ("56",)),
    ("Ý kiến các huyện", 40, tuple(_DISTRICTS)),
    ("Kết luận", 15, ("56",)),
)


def long_session(
    sites: int = 145, seed: int = 1, conference: ConferenceId = LONG_SESSION
) -> list[Event]:
    """Return the events of a session with so many rooms (2 to 145), from first to last."""
    course = _Course(conference, tuple(_roster(sites)), Random(seed))
    course.gather()
    course.call_roll()
    course.run()
    course.does(c.EndMeeting(_CHAIR))
    return course.log


def _roster(sites: int) -> Iterator[c.RosterRow]:
    """Yield the hall, the districts, then communes of all districts alike."""
    text = (resources.files("nhipcau.org") / "data/khanh-hoa-2024.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    order = {"province": 0, "district": 1, "commune": 2}
    for row in sorted(rows, key=lambda row: order[row["level"]])[:sites]:
        parent = SiteId(row["parent_code"]) if row["parent_code"] else None
        yield c.RosterRow(SiteId(row["code"]), row["name"], row["level"], parent)


@dataclass
class _Course:
    """The meeting as it goes on; `now_s` is its wall clock."""

    conference: ConferenceId
    roster: tuple[c.RosterRow, ...]
    chance: Random
    now_s: float = _SEVEN_S
    state: ConferenceState = EMPTY
    log: list[Event] = field(default_factory=list)
    _numbers: dict[SiteId, int] = field(default_factory=dict)
    _back_at: list[tuple[float, SiteId]] = field(default_factory=list)

    def does(self, command: c.Command) -> bool:
        """Have a command decided; return False when it was refused."""
        outcome = decide(self.state, command, self.now_s)
        if isinstance(outcome, Refusal):
            return False
        self.state = fold_all(self.state, outcome)
        self.log.extend(outcome)
        return True

    def gather(self) -> None:
        """Open the meeting; rooms come until a quarter of an hour before it begins."""
        self.does(
            c.Open(
                conference=self.conference,
                title="Hội nghị trực tuyến ba cấp (phiên dài)",
                chair_site=_HALL,
                layouts=_LAYOUTS,
                roster=self.roster,
                layout="auto",
                scenario=self._sheet(),
            )
        )
        others = [row.site for row in self.roster if row.site != _HALL]
        self.chance.shuffle(others)
        few = max(0, len(others) - 3)
        never, late = others[: min(_NEVER, few)], others[_NEVER : min(_NEVER + _LATE, few)]
        coming = [_HALL, *(site for site in others if site not in {*never, *late})]
        for site in coming:
            self.now_s += 44 * _MIN_S / len(coming)
            self.joins(site)
        self._back_at = [
            (_SEVEN_S + (_OPENING_MIN + self.chance.uniform(2, 25)) * _MIN_S, site) for site in late
        ]

    def joins(self, site: SiteId) -> None:
        """Seat a new endpoint of a room."""
        number = self._numbers[site] = self._numbers.get(site, 0) + 1
        self.does(c.SiteJoined(site, EndpointId(f"{site}-{number}"), capture=True))

    def call_roll(self) -> None:
        """Call the roll: rooms that are here show a moving picture, most are heard."""
        self.now_s = _SEVEN_S + 45 * _MIN_S
        self.does(c.CallRoll(_CHAIR))
        for site in self.state.roll.due:
            self.now_s += 0.3
            heard = -40 if self.chance.random() < 0.95 else -90
            shown = Evidence(round(self.now_s * _MS_PER_S), 20, 12, True, False, heard)
            self.does(c.NoteEvidence(site, shown if self.state.is_present(site) else None))
        for site in [*self.state.roll.missing()][:2]:
            self.does(c.ConfirmHere(_CONSOLE, site, True))

    def run(self) -> None:
        """Lead through the scenario."""
        self.passes(_SEVEN_S + _OPENING_MIN * _MIN_S - self.now_s)
        self.does(c.MuteAll(_CHAIR, True))
        while True:
            if not self.does(c.Advance(_CHAIR, self.state.scenario_revision)):
                return
            running = self.state.scenario.running()
            if running is None:
                return
            if running.cue == "q8":
                self.discusses(running.minutes)
                continue
            if running.ballot is not None:
                self.votes()
            self.changes(running.cue)
            share = running.minutes / max(1, len(running.turns))
            self.passes(share * self.chance.uniform(0.8, 1.3) * _MIN_S)

    def changes(self, cue: str) -> None:
        """Do now and then what a chair does to a scenario."""
        seen = self.state.scenario_revision
        if cue == "q3":
            self.does(c.MoveCue(_CHAIR, seen, "q6", "q3"))
        elif cue == "q4":
            self.does(c.Skip(_CHAIR, seen, "q5", None, True))
        elif cue == "q9":
            self.does(c.InsertCue(_CHAIR, seen, "Giải lao", 10, None, "q9"))
            self.does(c.Extend(_CHAIR, self.state.scenario_revision, 3))

    def discusses(self, minutes: int) -> None:
        """Hear who asks, two minutes each; not all are heard."""
        rooms = [row.site for row in self.roster if row.site != _HALL]
        for site in self.chance.sample(rooms, min(len(rooms), 25)):
            self.does(c.SetHand(c.Actor(c.Role.SITE, site), up=True))
            self.now_s += 1
        for _ in range(minutes // 2):
            if not self.state.hands:
                break
            self.does(c.GiveFloor(_CHAIR, self.state.hands[0]))
            self.passes(2 * _MIN_S * self.chance.uniform(0.7, 1.2))

    def votes(self) -> None:
        """Have every delegation answer that is here; one is written down by telephone."""
        vote = self.state.votes.open
        if vote is None:
            return
        for number, site in enumerate(vote.delegations):
            self.now_s += 5
            answer = 0 if self.chance.random() < 0.8 else self.chance.randrange(3)
            if number:
                self.does(c.CastVote(c.Actor(c.Role.SITE, site), vote.vote, answer))
            else:
                self.does(c.RecordVote(_CHAIR, vote.vote, site, answer))

    def passes(self, seconds: float) -> None:
        """Let time pass; connections break meanwhile and come back."""
        end_s = self.now_s + max(0.0, seconds)
        while self.now_s < end_s:
            self.now_s = min(end_s, self.now_s + self.chance.expovariate(_LOSSES_AN_HOUR / 3600))
            for back_s, site in sorted(self._back_at):
                if back_s <= self.now_s:
                    self._back_at.remove((back_s, site))
                    self.joins(site)
            here = [site for site in self.state.present() if site != _HALL]
            if here and self.now_s < end_s:
                self._loses(self.chance.choice(here))

    def _loses(self, site: SiteId) -> None:
        endpoint = self.state.sites[site].endpoint
        if endpoint is not None:
            self.does(c.SiteLost(site, endpoint))
            self._back_at.append((self.now_s + self.chance.expovariate(1 / 40), site))

    def _sheet(self) -> tuple[Cue, ...]:
        known = {row.site for row in self.roster}
        begins_s, cues = _SEVEN_S + _OPENING_MIN * _MIN_S, []
        for number, (title, minutes, speakers) in enumerate(_SHEET):
            sites = [SiteId(one) for one in speakers if SiteId(one) in known]
            vote = title.startswith("Biểu quyết")
            delegations = tuple(one for one in _DISTRICTS if one in known) or (_HALL,)
            cues.append(
                Cue(
                    cue=f"q{number}",
                    kind=_kind(title),
                    title=title,
                    who="",
                    minutes=minutes,
                    planned_ms=round(begins_s * _MS_PER_S),
                    fixed=not number,
                    layout="1+2",
                    turns=tuple(Turn(str(n), site, "Đại biểu") for n, site in enumerate(sites)),
                    ballot=Ballot("Thông qua nhiệm vụ", _ANSWERS, delegations) if vote else None,
                )
            )
            begins_s += minutes * _MIN_S
        return tuple(cues)


def _kind(title: str) -> CueKind:
    if title.startswith("Biểu quyết"):
        return CueKind.VOTE
    return CueKind.DISCUSSION if title.startswith("Thảo luận") else CueKind.ITEM
