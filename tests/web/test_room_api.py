"""Pairing, keys, the agenda and guests over HTTP, and the plan that the MCUs get of it."""

import asyncio
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Depends, FastAPI, Request
from httpx import ASGITransport, AsyncClient, Response

from nhipcau.access.actor import AccountId, Actor, ActorKind, Grant, GrantId
from nhipcau.access.roles import Role
from nhipcau.bus.memory import MemoryHub, MemoryRegistry
from nhipcau.credentials import statements
from nhipcau.credentials.codes import pin_matches
from nhipcau.mcu.admission import Shown, admit_shown
from nhipcau.office.admitting import Doors
from nhipcau.office.enrolment import CODE_LIFETIME_MS, OVERLAP_MS, Enrolment
from nhipcau.office.inviting import Inviting
from nhipcau.office.links import LinkMaker
from nhipcau.office.meetings import Meeting, MeetingBook
from nhipcau.office.people.parts import Caller
from nhipcau.office.roster import roster
from nhipcau.office.sitenames import SiteNames
from nhipcau.office.tokens import TokenIssuer
from nhipcau.office.tree import UnitTree, apply_units, found_levels, plan_units, today
from nhipcau.org.importplan import ImportOrder
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.subjects import plan_key
from nhipcau.quantities import ConferenceId, McuName, SiteId
from nhipcau.storage.memoryaudit import MemoryAuditTrail
from nhipcau.storage.memorydevices import MemoryDeviceStore, MemoryGuestStore
from nhipcau.storage.memorytree import MemoryTreeStore
from nhipcau.web.device_api import device_router
from nhipcau.web.guest_api import guest_router
from nhipcau.web.problems import answer_with_problems
from nhipcau.web.room_parts import RoomParts

from ..credentials.device import RoomBrowser
from ..mcu.machine import HandClock
from ..org.province import START, ids, levels, text_of

MEETING = ConferenceId("tet")
SITE = SiteId("573")
HOUR_S = 3_600


def as_administrator(request: Request) -> None:
    """Stand where the gate stands: whoever asks administers everything."""
    grant = Grant(GrantId("g"), Role.ADMINISTRATOR, None)
    actor = Actor(ActorKind.ACCOUNT, AccountId("a"), "quan-tri", (grant,))
    request.state.caller = Caller(actor, "")


class Office:
    """The routes of devices and guests, and what stands behind them."""

    def __init__(self) -> None:
        self.clock = HandClock(wall_s=1_706_144_400.0)
        units = UnitTree(MemoryTreeStore(), ids())
        found_levels(units, levels(), START)
        csv = text_of("khanh-hoa-2024.csv").encode()
        apply_units(units, plan_units(units, csv, ImportOrder(START)))
        sites = roster(units.current(), today(self.clock))
        issuer = TokenIssuer(Ed25519PrivateKey.generate())
        self.doors = Doors(MemoryDeviceStore(), MemoryGuestStore(), bytes(32))
        self.registry = MemoryRegistry(MemoryHub())
        self.book = MeetingBook(self.registry, issuer.public_key_pem(), self.doors, self.clock)
        self.audit = MemoryAuditTrail()
        self.starts_s = int(self.clock.wall_s()) + HOUR_S
        self.meeting = Meeting(
            MEETING,
            "Hội nghị ba cấp",
            McuName("mcu"),
            "http://mcu.example",
            sites[0].site,
            "auto",
            sites,
            self.starts_s,
            self.starts_s + 8 * HOUR_S,
        )
        asyncio.run(self.book.plan(self.meeting))
        enrolment = Enrolment(self.doors.devices, self.clock, self.doors.secret)
        inviting = Inviting(self.doors.guests, LinkMaker(issuer, self.clock), self.clock)
        names = SiteNames(units, self.clock)
        parts = RoomParts(enrolment, inviting, self.book, names, self.clock, self.audit)
        self.app = FastAPI(dependencies=[Depends(as_administrator)])
        answer_with_problems(self.app)
        self.app.include_router(device_router(parts))
        self.app.include_router(guest_router(parts))

    def ask(self, method: str, path: str, body: object = None, host: str = "127.0.0.1") -> Response:
        transport = ASGITransport(self.app, client=(host, 50_000))

        async def asked() -> Response:
            async with AsyncClient(transport=transport, base_url="http://office") as client:
                return await client.request(method, f"/api/v1{path}", json=body)

        return asyncio.run(asked())

    def plan(self) -> ConferencePlan:
        entry = asyncio.run(self.registry.get(plan_key(MEETING)))
        assert entry is not None
        return ConferencePlan.model_validate_json(entry.value)

    def now_ms(self) -> int:
        return round(self.clock.wall_s() * 1000)

    def make_code(self, join: str = "itself") -> str:
        answer = self.ask("POST", f"/sites/{SITE}/pairing-codes", {"join": join})
        assert answer.status_code == 201
        code: str = answer.json()["code"]
        return code

    def pair(self, browser: RoomBrowser, code: str, **changed: object) -> Response:
        signed = statements.pairing(code.replace("-", ""), browser.key.text)
        body = {"code": code, "key": browser.key.text, "signature": browser.sign(signed)}
        return self.ask("POST", "/room/pairing", {**body, **changed}, "192.0.2.7")

    def agenda(self, browser: RoomBrowser, device: str, at_ms: int | None = None) -> Response:
        at_ms = self.now_ms() if at_ms is None else at_ms
        signature = browser.sign(statements.agenda(device, at_ms))
        body = {"device": device, "at_ms": at_ms, "signature": signature}
        return self.ask("POST", "/room/agenda", body)

    def rotate(self, old: RoomBrowser, new: RoomBrowser, device: str, **changed: Any) -> Response:
        at_ms = self.now_ms()
        said = statements.rotation(device, new.key.text, at_ms)
        body = {
            "device": device,
            "at_ms": at_ms,
            "signature": old.sign(said),
            "key": new.key.text,
            "key_signature": new.sign(said),
        }
        return self.ask("POST", "/room/keys", {**body, **changed})


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def browser() -> RoomBrowser:
    return RoomBrowser()


@pytest.fixture
def device(office: Office, browser: RoomBrowser) -> str:
    answer = office.pair(browser, office.make_code())
    assert answer.status_code == 201
    said: str = answer.json()["device"]
    return said


def test_a_paired_browser_is_in_the_plan_and_has_an_agenda(
    office: Office, browser: RoomBrowser, device: str
) -> None:
    (planned,) = office.plan().devices
    assert (planned.device, planned.site, planned.keys) == (device, SITE, (browser.key.text,))
    agenda = office.agenda(browser, device).json()
    assert agenda["site_name"].endswith("Khánh Vĩnh")
    assert agenda["join"] == "itself"
    (meeting,) = agenda["meetings"]
    assert (meeting["meeting"], meeting["live"]) == (MEETING, False)
    assert meeting["mcus"] == ["http://mcu.example"]
    office.clock.pass_s(HOUR_S)
    assert office.agenda(browser, device).json()["meetings"][0]["live"]
    office.clock.pass_s(9 * HOUR_S)
    assert office.agenda(browser, device).json()["meetings"] == []


def test_a_code_is_good_once_and_for_ten_minutes(office: Office, browser: RoomBrowser) -> None:
    code = office.make_code()
    assert office.pair(browser, code).status_code == 201
    assert office.pair(RoomBrowser(), code).status_code == 403
    late = office.make_code()
    office.clock.pass_s(CODE_LIFETIME_MS / 1000 + 1)
    assert office.pair(RoomBrowser(), late).status_code == 403


def test_a_code_is_kept_as_a_hash_and_told_to_no_audit(
    office: Office, browser: RoomBrowser
) -> None:
    code = office.make_code()
    office.pair(browser, code)
    kept = repr(vars(office.doors.devices)) + repr(office.audit.entries)
    assert code not in kept
    assert code.replace("-", "") not in kept
    assert [entry.action for entry in office.audit.entries] == ["devices.change", "room.pair"]


def test_pairing_needs_the_key_that_signed_the_code(office: Office, browser: RoomBrowser) -> None:
    code = office.make_code()
    assert office.pair(browser, code, key=RoomBrowser().key.text).status_code == 403
    assert office.pair(browser, code, key="no key").status_code == 422
    assert office.pair(browser, code, site="568").status_code == 422
    assert office.pair(browser, code).status_code == 201


def test_whoever_tries_codes_is_slowed_down(office: Office, browser: RoomBrowser) -> None:
    answers = [office.pair(browser, "AAAA-AAAA").status_code for _ in range(12)]
    assert answers == [403] * 10 + [429] * 2
    office.clock.pass_s(60)
    assert office.pair(browser, office.make_code()).status_code == 201


def test_a_replayed_or_foreign_signature_tells_no_agenda(
    office: Office, browser: RoomBrowser, device: str
) -> None:
    at_ms = office.now_ms()
    office.clock.pass_s(121)
    late = office.agenda(browser, device, at_ms)
    assert late.status_code == 409
    assert late.headers["x-now-ms"] == str(office.now_ms())
    assert office.agenda(RoomBrowser(), device).status_code == 403
    assert office.agenda(browser, "nobody").status_code == 404


def test_a_new_key_follows_the_old_and_both_are_good_for_a_while(
    office: Office, browser: RoomBrowser, device: str
) -> None:
    new = RoomBrowser()
    assert office.rotate(browser, new, device).status_code == 201
    assert office.plan().devices[0].keys == (browser.key.text, new.key.text)
    for one in (browser, new):
        assert office.agenda(one, device).status_code == 200
    office.clock.pass_s(OVERLAP_MS / 1000 + 1)
    assert office.agenda(browser, device).status_code == 403
    assert office.agenda(new, device).status_code == 200


def test_a_key_that_neither_signs_nor_is_signed_follows_nobody(
    office: Office, browser: RoomBrowser, device: str
) -> None:
    thief, new = RoomBrowser(), RoomBrowser()
    assert office.rotate(thief, new, device).status_code == 403
    said = office.rotate(browser, new, device, key_signature=thief.sign(b"other"))
    assert said.status_code == 403
    assert office.plan().devices[0].keys == (browser.key.text,)


def test_a_revoked_device_is_in_the_plan_as_revoked_and_signs_for_nothing(
    office: Office, browser: RoomBrowser, device: str
) -> None:
    answer = office.ask("DELETE", f"/devices/{device}")
    assert answer.json()["revoked_ms"] == office.now_ms()
    assert office.plan().devices == ()
    assert office.plan().revoked == (device,)
    assert office.agenda(browser, device).status_code == 404
    assert office.rotate(browser, RoomBrowser(), device).status_code == 404
    assert office.ask("DELETE", "/devices/none").status_code == 404


def test_a_policy_is_changed_and_devices_are_listed_by_site(office: Office, device: str) -> None:
    assert office.ask("PATCH", f"/devices/{device}", {"join": "ask"}).json()["join"] == "ask"
    assert office.ask("PATCH", f"/devices/{device}", {"site": "568"}).status_code == 422
    assert [one["device"] for one in office.ask("GET", f"/devices?site={SITE}").json()] == [device]
    assert office.ask("GET", "/devices?site=568").json() == []


def test_rooms_are_listed_with_how_many_devices_they_have(office: Office, device: str) -> None:
    rooms = office.ask("GET", "/rooms").json()
    assert len(rooms) == 145
    counts = {room["site"]: room["devices"] for room in rooms}
    assert (counts[SITE], counts["568"]) == (1, 0)
    office.ask("DELETE", f"/devices/{device}")
    assert not any(room["devices"] for room in office.ask("GET", "/rooms").json())


def test_a_site_that_is_none_gets_no_code(office: Office) -> None:
    assert office.ask("POST", "/sites/nowhere/pairing-codes", {}).status_code == 404


def test_an_invitation_has_a_link_and_a_pin_that_are_kept_nowhere(office: Office) -> None:
    body = {"agency": "Báo Khánh Hòa", "person": "Bà Mẫu", "hours": 4}
    made = office.ask("POST", f"/meetings/{MEETING}/guests", body).json()
    plan = office.plan()
    (guest,) = plan.guests
    assert plan.sites[-1].name == "Báo Khánh Hòa · Bà Mẫu"
    assert (guest.site, plan.sites[-1].site) == (made["site"], made["site"])
    assert pin_matches(made["pin"], guest.pin)
    listed = office.ask("GET", f"/meetings/{MEETING}/guests")
    assert "pin" not in listed.json()[0]
    assert made["link"] not in listed.text
    token = made["link"].split("#token=")[1]
    ticket = admit_shown(plan, Shown(token), office.clock.wall_s())
    assert (ticket.site, ticket.pin_record) == (made["site"], guest.pin)


def test_a_withdrawn_or_late_invitation_leaves_the_plan(office: Office) -> None:
    for agency in ("Một", "Hai"):
        office.ask("POST", f"/meetings/{MEETING}/guests", {"agency": agency, "hours": 1})
    first, second = office.plan().guests
    path = f"/meetings/{MEETING}/guests"
    assert office.ask("DELETE", f"{path}/{first.site}").status_code == 204
    assert office.plan().guests == (second,)
    assert office.ask("DELETE", f"{path}/none").status_code == 404
    office.clock.pass_s(HOUR_S + 1)
    asyncio.run(office.book.publish_again())
    assert office.plan().guests == ()
    assert office.ask("GET", "/meetings/none/guests").status_code == 404


def test_a_scripts_letters_in_a_guests_name_are_a_name(office: Office) -> None:
    script = "<script>alert(1)</script>"
    made = office.ask("POST", f"/meetings/{MEETING}/guests", {"agency": script})
    assert made.headers["content-type"] == "application/json"
    assert json.loads(made.text)["agency"] == script


def test_a_plans_secrets_show_in_no_answer(office: Office, device: str) -> None:
    key = office.plan().ticket_key
    assert len(key) == 43
    for path in ("/devices", f"/meetings/{MEETING}/guests"):
        assert key not in office.ask("GET", path).text
    assert key not in repr(office.plan())
