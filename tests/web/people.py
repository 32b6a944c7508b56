"""An office with people in it, asked over HTTP as a browser asks: cookies kept, origin named."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient, Cookies, Response

from nhipcau.access.accounts import Account, Credentials
from nhipcau.access.actor import AccountId, Actor, ActorKind, Grant, GrantId
from nhipcau.access.roles import Role
from nhipcau.access.totp import code_of, step_at
from nhipcau.bus.memory import MemoryBus, MemoryHub, MemoryRegistry
from nhipcau.office.admitting import Doors
from nhipcau.office.auditlog import AuditLog
from nhipcau.office.directory import DirectoryMaker
from nhipcau.office.enrolment import Enrolment
from nhipcau.office.exporting import Almanac, Exporter
from nhipcau.office.inviting import Inviting
from nhipcau.office.links import LinkMaker
from nhipcau.office.meetings import Meeting, MeetingBook
from nhipcau.office.observing import McuObserver
from nhipcau.office.passes import Passes
from nhipcau.office.people.links import SignInLinks
from nhipcau.office.people.parts import Caller, Deed, People
from nhipcau.office.planning.desk import Desk
from nhipcau.office.planning.errors import NoPlaceError, no_place
from nhipcau.office.reforms import Reforms
from nhipcau.office.reporting import Reports, Yardstick
from nhipcau.office.roster import roster
from nhipcau.office.sitenames import SiteNames
from nhipcau.office.tokens import TokenIssuer
from nhipcau.office.tree import UnitTree, apply_units, found_levels, plan_units
from nhipcau.org.importplan import ImportOrder
from nhipcau.papers.press import PlainPress
from nhipcau.picture.layout import shipped_layouts
from nhipcau.planning.rules import shipped_rules
from nhipcau.planning.workdays import vietnam_calendar
from nhipcau.ports.audit import AuditTrail
from nhipcau.ports.plans import PlanRecord
from nhipcau.quantities import ConferenceId, McuName
from nhipcau.storage.memoryaccounts import MemoryAccountStore, MemorySessionStore
from nhipcau.storage.memoryaudit import MemoryAuditTrail
from nhipcau.storage.memoryauditstore import MemoryAuditStore
from nhipcau.storage.memorydevices import MemoryDeviceStore, MemoryGuestStore
from nhipcau.storage.memoryevents import MemoryEventStore
from nhipcau.storage.memoryplans import MemoryCabinet, MemoryPlanStore
from nhipcau.storage.memoryreforms import MemoryReformStore
from nhipcau.storage.memorytree import MemoryTreeStore
from nhipcau.storage.vault import MemoryVault
from nhipcau.web.emergency_api import EmergencyParts
from nhipcau.web.office_app import OfficeParts, office_app
from nhipcau.web.paced import Pacer
from nhipcau.web.plan_parts import PlanningParts
from nhipcau.web.room_parts import RoomParts
from nhipcau.web.tree_api import TreeParts

from ..audit.chains import KEYS
from ..org.province import START, ids, levels, text_of

PASSWORD = "bốn con voi đi chợ"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PROVINCE, DISTRICT, NEIGHBOUR = "56", "573", "575"


@dataclass
class HandClock:
    """A clock that is moved by hand."""

    at_s: float = 1_800_000_000.0

    def now_s(self) -> float:
        """Return the time."""
        return self.at_s

    def wall_s(self) -> float:
        """Return the time."""
        return self.at_s


class PlainPasswords:
    """Passwords without the work, and with a count of it."""

    def __init__(self) -> None:
        self.checked = 0

    def hash(self, password: str) -> str:
        """Return what stands for a hash."""
        return f"plain:{password}"

    def fits(self, hashed: str, password: str) -> bool:
        """Count one piece of work."""
        self.checked += 1
        return hashed == f"plain:{password}"


def _random() -> Callable[[int], bytes]:
    numbers = count(1)
    return lambda size: next(numbers).to_bytes(size, "little")


def stand_at_the_gate(request: Request) -> None:
    """Let in whoever comes as an administrator of everything, for routes tried by themselves."""
    grant = Grant(GrantId("g"), Role.ADMINISTRATOR, None)
    actor = Actor(ActorKind.ACCOUNT, AccountId("a"), "quan-tri", (grant,))
    request.state.caller = Caller(actor, "")
    told: list[Deed] = []
    request.state.tell = told.append


@dataclass
class House:
    """The office and all that it leans on."""

    clock: HandClock = field(default_factory=HandClock)
    passwords: PlainPasswords = field(default_factory=PlainPasswords)
    trail: MemoryAuditTrail = field(default_factory=MemoryAuditTrail)
    # Where the audit goes instead of into `trail`.
    keeps: AuditTrail | None = None
    links: SignInLinks = field(default_factory=lambda: SignInLinks(bytes(32)))
    audit: MemoryAuditStore = field(default_factory=MemoryAuditStore)
    events: MemoryEventStore = field(default_factory=MemoryEventStore)
    yardstick: Yardstick = field(default_factory=Yardstick)

    def __post_init__(self) -> None:
        """Build it: the province, no accounts, one meeting of three districts."""
        self.tree_store = MemoryTreeStore()
        self.plans = MemoryPlanStore()
        self.published: list[str] = []
        self.without_place: set[str] = set()
        self.units = UnitTree(self.tree_store, ids())
        found_levels(self.units, levels(), START)
        text = text_of("khanh-hoa-2024.csv").encode()
        apply_units(self.units, plan_units(self.units, text, ImportOrder(START)))
        self.people = People(
            accounts=MemoryAccountStore(),
            sessions=MemorySessionStore(),
            passwords=self.passwords,
            trail=self.keeps or self.trail,
            clock=self.clock,
            view=lambda: self.units.current().as_of(START),
            random=_random(),
        )
        self.app = self._app()

    def _app(self) -> FastAPI:
        key = Ed25519PrivateKey.generate()
        issuer = TokenIssuer(key)
        book = MeetingBook(MemoryRegistry(MemoryHub()), issuer.public_key_pem())
        for name, codes in (("of-573", {DISTRICT}), ("of-575", {NEIGHBOUR})):
            asyncio.run(book.plan(self._meeting(name, codes)))
        planning = self.planning(issuer, book)
        return office_app(
            OfficeParts(
                book=book,
                links=LinkMaker(issuer, self.clock),
                observer=McuObserver(MemoryBus(MemoryHub()), self.clock),
                ready=lambda: True,
                metrics=list,
                tree=TreeParts(self.units, lambda: START),
                reforms=Reforms(
                    self.units, MemoryReformStore(self.tree_store), self.clock, lambda _came: ()
                ),
                people=self.people,
                audit=AuditLog(self.audit, lambda: KEYS, self.clock),
                rooms=self.rooms(issuer, book),
                sign_in_links=self.links,
                planning=planning,
                emergency=EmergencyParts(self.directory(key, issuer), lambda: None),
                exports=Exporter(
                    self.plans,
                    self.units,
                    PlainPress(),
                    Almanac(shipped_rules(), vietnam_calendar()),
                ),
                reports=Reports(self.desk, self.events, PlainPress(), lambda: self.yardstick),
                demo=ConferenceId("of-573"),
            )
        )

    def planning(self, issuer: TokenIssuer, book: MeetingBook) -> PlanningParts:
        """Return meetings, of which there are none yet."""
        numbers = count(1)
        desk = Desk(
            plans=self.plans,
            cabinet=MemoryCabinet(),
            vault=MemoryVault(),
            units=self.units,
            clock=self.clock,
            new_id=lambda: f"meeting-{next(numbers)}",
            layouts=frozenset(shipped_layouts()),
            trail=self.trail,
        )
        rooms, pacer = self.rooms(issuer, book), Pacer(desk.vault, self.clock)

        async def publish(record: PlanRecord) -> str:
            self.published.append(record.head.id)
            return ""

        async def room_for(meeting: str) -> None:
            if meeting in self.without_place:
                raise NoPlaceError(no_place(1))

        self.desk = desk
        return PlanningParts(desk, bytes(32), publish, room_for, rooms, pacer)

    def directory(self, key: Ed25519PrivateKey, issuer: TokenIssuer) -> DirectoryMaker:
        """Return what works out what the MCUs are told beforehand."""
        self.maker = DirectoryMaker(
            self.desk,
            Doors(MemoryDeviceStore(), MemoryGuestStore(), bytes(32)),
            SiteNames(self.units, self.clock),
            Passes(self.desk.cabinet, key, lambda: self.units.current().as_of(START), self.clock),
            issuer.public_key_pem(),
        )
        return self.maker

    def rooms(self, issuer: TokenIssuer, book: MeetingBook) -> RoomParts:
        """Return devices and guests, of which there are none yet."""
        return RoomParts(
            Enrolment(MemoryDeviceStore(), self.clock, bytes(32)),
            Inviting(MemoryGuestStore(), LinkMaker(issuer, self.clock), self.clock),
            book,
            SiteNames(self.units, self.clock),
            self.clock,
            self.keeps or self.trail,
        )

    def _meeting(self, name: str, codes: set[str]) -> Meeting:
        sites = [one for one in roster(self.units.current(), START) if one.site in codes]
        return Meeting(
            ConferenceId(name), name, McuName("m"), "http://m", sites[0].site, "auto", sites
        )

    def unit(self, code: str) -> str:
        """Return the unit of an official code."""
        return self.units.current().as_of(START).by_code[code].unit

    def account(self, login: str, *roles: Role, code: str = PROVINCE, secret: str = "") -> Account:
        """Make an account with these roles over one unit."""
        unit = self.unit(code)
        made = Account(
            AccountId(f"id-{login}"),
            login,
            login.title(),
            unit,
            tuple(Grant(GrantId(f"{login}-{role}"), role, unit) for role in roles),
            Credentials(self.passwords.hash(PASSWORD), secret=secret),
        )
        self.people.accounts.add(made)
        return made

    def kept(self, login: str) -> Account:
        """Return an account as it is now."""
        found = self.people.accounts.by_login(login)
        assert found is not None
        return found

    def code(self, secret: str = SECRET) -> str:
        """Return the code of a second factor now."""
        return code_of(secret, step_at(self.clock.at_s))

    def outcomes(self) -> list[tuple[str, str]]:
        """Return what the audit has been told: actions and outcomes."""
        return [(entry.action, entry.outcome) for entry in self.trail.entries]


class Browser:
    """A browser on our own page; each has its own cookies and address."""

    def __init__(
        self, house: House, host: str = "127.0.0.1", base: str = "https://office.example"
    ) -> None:
        self.house = house
        self.cookies = Cookies()
        self._transport = ASGITransport(house.app, client=(host, 50000))
        self._base = base

    def ask(
        self,
        method: str,
        path: str,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Response:
        """Ask, with the headers that a browser sends on our own page unless told otherwise."""
        given = (
            {"origin": self._base, "sec-fetch-site": "same-origin"} if headers is None else headers
        )

        async def asked() -> Response:
            async with AsyncClient(
                transport=self._transport, base_url=self._base, cookies=self.cookies
            ) as client:
                answer = await client.request(
                    method, f"/api/v1{path}", json=json, headers=given, **more
                )
                self.cookies = client.cookies
                return answer

        return asyncio.run(asked())

    def sign_in(self, login: str, password: str = PASSWORD) -> Response:
        """Sign in by password."""
        return self.ask("POST", "/sign-in", {"login": login, "password": password})

    def enter(self, login: str) -> "Browser":
        """Sign in as whoever it is, by the way round passwords that only a demo has."""
        account = self.house.kept(login)
        token = self.house.links.token(account.id, self.house.clock.at_s)
        assert self.ask("POST", "/sign-in/link", {"token": token}).status_code == 200
        return self

    def secret(self, kind: str = "session") -> str:
        """Return the value of a cookie."""
        with suppress(StopIteration):
            return next(
                str(one.value) for one in self.cookies.jar if one.name.endswith(f"nhipcau-{kind}")
            )
        return ""
