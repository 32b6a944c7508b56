"""Two districts with one of everything each, so that a role of the one can be tried on both."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from nhipcau.access.roles import Role
from nhipcau.conference.events import ConferenceOpened
from nhipcau.conference.wire import dump_event
from nhipcau.credentials import statements
from nhipcau.office.planning.founding import keep_plan
from nhipcau.planning.plan import Cue, Header, Paper, Phase, Pick, PickKind, Plan, Task, Turn
from nhipcau.planning.plan import Role as Part
from nhipcau.ports.eventstore import LogHead, LogKey, Stretch
from nhipcau.ports.plans import PlanRecord
from nhipcau.quantities import ConferenceId, McuName, SiteId

from ..credentials.device import RoomBrowser
from .people import DISTRICT, NEIGHBOUR, SECRET, Browser, House
from .planning import author

PDF = b"%PDF-1.4 no more than that\n%%EOF\n"
NEW_PASSWORD = "ba con trâu qua sông"


@dataclass
class Side:
    """One district: ids by the name of a route's parameter."""

    # Every parameter of a route that names a thing of a district.
    PARAMETERS: ClassVar = (
        "account",
        "grant",
        "session",
        "unit",
        "site",
        "device",
        "meeting",
        "plan",
        "task",
        "paper",
        "file",
        "template",
        "pass_id",
        "mcu",
        "conference",
        "table",
    )

    house: House
    code: str
    ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make one of everything."""
        house, code = self.house, self.code
        unit = house.unit(code)
        house.account(f"kt-{code}", Role.TECHNICIAN, code=code)
        for role in (Role.ADMINISTRATOR, Role.SECRETARY, Role.CHAIR, Role.OPERATOR):
            house.account(f"{role}-{code}", role, code=code, secret=SECRET)
        self.ids = {
            "account": f"id-kt-{code}",
            "grant": f"kt-{code}-technician",
            "unit": unit,
            "site": code,
            "meeting": f"of-{code}",
            "plan": f"plan-{code}",
            "task": "t1",
            "paper": "TL1",
            "mcu": f"mcu-{code}",
            "file": "meeting.ics",
            "conference": f"plan-{code}",
            "table": "attendance.csv",
        }
        keep_plan(house.desk, author(house, f"secretary-{code}"), _plan(unit), meeting=self.plan)
        keep_log(house, self.plan, SiteId(code))
        self._step("secretary", "submit")
        self._step("chair", "approve")
        self.sign_in()
        self.ids["device"] = self._device()
        self.ids["guest"] = self._by(
            "secretary", "POST", f"/meetings/{self.ids['meeting']}/guests", {"agency": "Báo"}
        )["site"]
        self.ids["template"] = self._by(
            "secretary", "POST", "/templates", {"meeting": self.plan, "name": "Mẫu"}
        )["id"]
        self.ids["pass_id"] = self._by("chair", "POST", "/emergency/passes", {"site": code})["id"]
        self._by("operator", "PUT", f"/line-up/{self.ids['mcu']}", self.mcu(), '"0"')

    @property
    def plan(self) -> str:
        """The meeting that this district plans."""
        return self.ids["plan"]

    def record(self) -> PlanRecord:
        """Return the plan as it is kept."""
        return self.house.plans.load(self.plan)

    def mcu(self) -> dict[str, Any]:
        """Return an MCU that serves this district."""
        return {
            "title": "MCU",
            "serves": self.ids["unit"],
            "cores": 2,
            "line_bps": 10**8,
            "max_sites": 40,
        }

    def _by(
        self, role: str, method: str, path: str, body: object = None, seen: str = ""
    ) -> dict[str, Any]:
        browser = Browser(self.house).enter(f"{role}-{self.code}")
        answer = browser.ask(method, path, body, seen_headers(seen))
        assert answer.status_code in (200, 201), (method, path, answer.text)
        said: dict[str, Any] = answer.json()
        return said

    def _step(self, role: str, step: str) -> None:
        seen = self.record().head.revision
        self._by(role, "POST", f"/meetings/{self.plan}/steps", {"step": step}, f'"{seen}"')

    def sign_in(self) -> None:
        """Sign the technician in; its session is the one in question from now on."""
        Browser(self.house).enter(f"kt-{self.code}")
        path = f"/accounts/{self.ids['account']}/sessions"
        admin = Browser(self.house).enter(f"administrator-{self.code}")
        self.ids["session"] = admin.ask("GET", path).json()[0]["id"]

    def _device(self) -> str:
        room = RoomBrowser()
        made = self._by("operator", "POST", f"/sites/{self.code}/pairing-codes", {})
        signed = statements.pairing(made["code"].replace("-", ""), room.key.text)
        body = {"code": made["code"], "key": room.key.text, "signature": room.sign(signed)}
        answer = Browser(self.house).ask("POST", "/room/pairing", body)
        device: str = answer.json()["device"]
        return device


def keep_log(house: House, conference: str, chair_site: SiteId) -> None:
    """Keep the log of a conference that has just begun."""
    opened = ConferenceOpened(
        1_800_000_000_000, ConferenceId(conference), "Họp", chair_site, (), "auto"
    )
    sent = Stretch(LogHead(), (dump_event(opened),))
    house.events.append(LogKey(opened.conference), McuName("m"), sent)


def seen_headers(seen: str) -> dict[str, str]:
    """Return a browser's headers, with the revision that was seen if there is one."""
    headers = {"origin": "https://office.example", "sec-fetch-site": "same-origin"}
    return {**headers, "if-match": seen} if seen else headers


def _plan(unit: str) -> Plan:
    header = Header(
        title="Họp huyện", kind="district", host=unit, starts="2027-03-02T08:00", secret=False
    )
    return Plan(
        header=header,
        participants=(
            Pick(id="p1", place="1", kind=PickKind.UNIT, unit=unit, role=Part.CHAIR),
            Pick(id="p2", place="2", kind=PickKind.SUBTREE, unit=unit),
        ),
        cues=(Cue(id="c1", place="1", title="Khai mạc", minutes=10, turns=(Turn(unit=unit),)),),
        tasks=(Task(id="t1", place="1", phase=Phase.BEFORE, text="Chuẩn bị"),),
        papers=(Paper(id="TL1", place="1", title="Báo cáo"),),
    )


Body = Callable[[Side], Any]
# What is asked with each route that changes something. A route that is missing here fails the test.
BODIES: dict[tuple[str, str], Body] = {
    ("PATCH", "/accounts/{account}"): lambda _: {"name": "Tên khác"},
    ("PUT", "/accounts/{account}/password"): lambda _: {"password": NEW_PASSWORD},
    ("POST", "/accounts/{account}/grants"): lambda side: {
        "role": "chair",
        "unit": side.ids["unit"],
    },
    ("PATCH", "/meetings/{plan}"): lambda _: {
        "changes": [{"op": "set", "part": "header/title", "value": "Khác"}]
    },
    ("POST", "/meetings/{plan}/steps"): lambda _: {"step": "revise"},
    ("PUT", "/meetings/{plan}/duties/{task}/check"): lambda _: {"done": True},
    ("PUT", "/meetings/{plan}/invitation"): lambda _: {"number": "1/GM"},
    ("PUT", "/meetings/{plan}/attendance/{unit}"): lambda _: {"coming": True},
    ("PUT", "/meetings/{plan}/papers/{paper}/file"): lambda _: PDF,
    ("POST", "/meetings/{plan}/papers/{paper}/approval"): lambda _: {"sha256": "0" * 64},
    ("PUT", "/units/{unit}/contacts"): lambda _: {"contacts": []},
    ("PUT", "/line-up/{mcu}"): lambda side: side.mcu(),
    ("POST", "/meetings/{meeting}/guests"): lambda _: {"agency": "Báo"},
    ("POST", "/meetings/{meeting}/entrances"): lambda _: {"role": "chair"},
    ("POST", "/sites/{site}/pairing-codes"): lambda _: {},
    ("PATCH", "/devices/{device}"): lambda _: {"join": "itself"},
    # Made in a part of the tree that the body names.
    ("POST", "/accounts"): lambda side: {
        "login": f"moi-{side.code}",
        "name": "Mới",
        "unit": side.ids["unit"],
        "password": NEW_PASSWORD,
    },
    ("POST", "/meetings"): lambda side: {"host": side.ids["unit"]},
    ("POST", "/emergency/passes"): lambda side: {"site": side.code},
    ("POST", "/templates"): lambda side: {"meeting": side.plan, "name": "Mẫu khác"},
}


def two_sides() -> tuple[Side, Side]:
    """Return the district in question and its neighbour, in one office."""
    house = House()
    return Side(house, DISTRICT), Side(house, NEIGHBOUR)
