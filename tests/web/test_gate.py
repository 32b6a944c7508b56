"""The gate over signalling: devices, guests, removal, the lock, and pages of other origins."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from nhipcau.credentials import statements
from nhipcau.credentials.codes import pin_record
from nhipcau.credentials.keys import encode_bytes
from nhipcau.credentials.statements import Challenge
from nhipcau.mcu.node import McuNode
from nhipcau.office.tokens import Seat
from nhipcau.ports.messages import ConferencePlan, PlannedDevice, PlannedGuest, PlannedSite
from nhipcau.quantities import DeviceId, SiteId
from tests.credentials.device import RoomBrowser
from tests.mcu.nodes import COAST, CONFERENCE, HALL, HILLS

from .doors import live_door
from .fakepage import House, Page, Said, greeting

DEVICE, PRESS = DeviceId("device-of-coast"), SiteId("guest-press")
BROWSER = RoomBrowser()
PIN = "123456"
RECORD = pin_record(PIN, bytes(16))
HOUR_S = 3_600
OFFICE = "https://office.example"
Scene = Callable[[House], Awaitable[None]]


def plan_of(house: House, **changes: Any) -> ConferencePlan:
    plan = house.meeting.plan()
    now_s = int(house.clock.wall_s())
    guest = PlannedGuest(site=PRESS, pin=RECORD, expires_s=now_s + HOUR_S)
    given = {
        "sites": (*plan.sites, PlannedSite(site=PRESS, name="<b>Báo</b>", level="guest")),
        "devices": (PlannedDevice(device=DEVICE, site=COAST, keys=(BROWSER.key.text,)),),
        "guests": (guest,),
        "ticket_key": encode_bytes(bytes(range(32))),
        "tickets_end_s": now_s + 16 * HOUR_S,
        "origins": (OFFICE,),
    }
    return plan.model_copy(update={**given, **changes})


def play(scene: Scene) -> None:
    async def run() -> None:
        house = House()
        assert house.node.take_plan(plan_of(house))
        await scene(house)

    asyncio.run(run())


async def device_hello(page: Page, knocks: int = 1, **fields: object) -> Said:
    """Knock, sign, and greet as the device of the coast; return the greeting."""
    page.say({"type": "knock", "v": 1})
    asked = await page.until("challenge", knocks)
    challenge = Challenge(asked["nonce"], asked["conference"], asked["mcu"], asked["at_ms"])
    said = statements.admission(challenge, DEVICE, BROWSER.key.text)
    proof = {"device": DEVICE, "key": BROWSER.key.text, "signature": BROWSER.sign(said)}
    hello = {key: value for key, value in greeting("").items() if key != "token"}
    hello = {**hello, "proof": proof, **fields}
    page.say(hello)
    return hello


def invitation(house: House) -> str:
    seat = Seat(CONFERENCE, "guest", PRESS)
    now_s = house.clock.wall_s()
    return house.meeting.issuer.issue(seat, token_id="g", now_s=now_s, lifetime_s=16 * HOUR_S)


async def chair(house: House, page: Page) -> None:
    page.say(greeting(house.meeting.token(HALL, "chair"), kind="viewer"))
    await page.until("offer")


def test_a_device_knocks_signs_is_in_and_comes_back_by_its_ticket() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            await device_hello(page)
            welcome = await page.until("welcome")
            assert welcome["site"]["site"] == COAST
            await page.until("offer")
        async with house.page() as page:
            await device_hello(page, token=welcome["ticket"])
            await page.until("offer")
            assert house.node.host.state.is_present(COAST)
            assert house.door.admissions.admitted == 2

    play(scene)


def test_a_greeting_that_was_heard_on_one_connection_opens_no_other() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            overheard = await device_hello(page)
            await page.until("offer")
        async with house.page() as thief:
            thief.say(overheard)
            assert await thief.until_closed() == 4401
        async with house.page() as thief:
            thief.say({"type": "knock", "v": 1})
            await thief.until("challenge")
            thief.say(overheard)
            assert await thief.until_closed() == 4401
            assert thief.errors() == ["proof_invalid"]

    play(scene)


def test_a_challenge_is_good_for_one_greeting() -> None:
    async def scene(house: House) -> None:
        async with house.page() as sitting:
            await device_hello(sitting)
            await sitting.until("offer")
            async with house.page() as page:
                hello = await device_hello(page)
                await page.until("occupied")
                page.say({**hello, "takeover": True})
                assert await page.until_closed() == 4401
            async with house.page() as page:
                await device_hello(page)
                await page.until("occupied")
                await device_hello(page, 2, takeover=True)
                await page.until("welcome")

    play(scene)


def test_a_revoked_room_is_put_out_and_stays_out() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            await device_hello(page)
            ticket = (await page.until("welcome"))["ticket"]
            house.node.take_plan(plan_of(house, devices=(), revoked=(DEVICE,)))
            assert (await page.until("removed"))["code"] == "revoked"
            assert await page.until_closed() == 4403
        for fields in ({}, {"token": ticket}):
            async with house.page() as page:
                await device_hello(page, **fields)
                assert await page.until_closed() == 4403
                assert page.errors() == ["revoked"]

    play(scene)


def test_a_guest_waits_is_admitted_and_removed_for_good() -> None:
    async def scene(house: House) -> None:
        async with house.page() as leading, house.page() as guest:
            await chair(house, leading)
            guest.say(greeting(invitation(house), pin=PIN))
            welcome = await guest.until("welcome")
            assert house.node.host.state.sites[PRESS].presence == "waiting"
            leading.say({"type": "admit", "site": PRESS, "id": 1})
            await leading.until("ok")
            assert house.node.host.state.is_present(PRESS)
            leading.say({"type": "remove", "site": PRESS, "id": 2})
            assert (await guest.until("removed"))["code"] == "removed"
            assert await guest.until_closed() == 4403
        for token in (welcome["ticket"], invitation(house)):
            async with house.page() as again:
                again.say(greeting(token, pin=PIN))
                assert await again.until_closed() == 4403
                assert again.errors() == ["removed"]

    play(scene)


def test_a_pin_can_be_guessed_five_times_also_at_once_and_after_a_restart() -> None:
    async def scene(house: House) -> None:
        pages = []
        async with asyncio.timeout(60):
            for number in range(8):
                async with house.page() as page:
                    page.say(greeting(invitation(house), pin=f"99999{number}"))
                    await page.until("error")
                    pages += page.errors()
        assert pages == ["pin_wrong"] * 5 + ["pin_used_up"] * 3
        async with house.page() as page:
            page.say(greeting(invitation(house), pin=PIN))
            assert await page.until_closed() == 4403
        house.node = house.meeting.node(house.network)
        assert house.node.take_plan(plan_of(house))
        assert house.node.host.state.wrong_pins[PRESS] == 5

    play(scene)


def test_a_guest_without_a_pin_is_asked_for_it_and_may_not_watch_without_a_seat() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            page.say(greeting(invitation(house)))
            assert (await page.until("error"))["code"] == "pin_required"
            page.say(greeting(invitation(house), pin=PIN, kind="viewer"))
            assert (await page.until("error", 2))["code"] == "not_allowed"

    play(scene)


def test_a_locked_meeting_says_so() -> None:
    async def scene(house: House) -> None:
        async with house.page() as leading:
            await chair(house, leading)
            leading.say({"type": "lock", "on": True, "id": 1})
            await leading.until("ok")
            async with house.page() as page:
                page.say(greeting(house.meeting.token(HILLS)))
                assert await page.until_closed() == 4423

    play(scene)


def test_a_meeting_that_is_over_says_so_to_whoever_comes_later() -> None:
    async def scene(house: House) -> None:
        async with house.page() as leading:
            await chair(house, leading)
            leading.say({"type": "end_meeting", "id": 1})
            assert await leading.until_closed() == 4010
        async with house.page() as page:
            page.say(greeting(house.meeting.token(HILLS)))
            assert (await page.until("error"))["code"] == "ended"
            assert await page.until_closed() == 4010

    play(scene)


def test_after_an_hour_without_an_office_all_come_back_but_the_removed_guest() -> None:
    async def scene(house: House) -> None:
        tickets: dict[str, str] = {}
        async with house.page() as leading, house.page() as room, house.page() as guest:
            await chair(house, leading)
            await device_hello(room)
            tickets["room"] = (await room.until("welcome"))["ticket"]
            guest.say(greeting(invitation(house), pin=PIN))
            tickets["guest"] = (await guest.until("welcome"))["ticket"]
            leading.say({"type": "remove", "site": PRESS, "id": 1})
            await leading.until("ok")
        # The process dies; its successor has the plan file and the event log, and no office.
        house.clock.pass_s(HOUR_S)
        plan = ConferencePlan.model_validate_json(plan_of_json(house.node))
        house.node = house.meeting.node(house.network)
        house.node.take_plan(plan)
        house.door = type(house.door)(
            house.node.desk, house.node.announcer, house.clock, house.counters
        )
        async with house.page() as room:
            await device_hello(room, token=tickets["room"])
            await room.until("offer")
        async with house.page() as guest:
            guest.say(greeting(tickets["guest"]))
            assert await guest.until_closed() == 4403

    play(scene)


def plan_of_json(node: McuNode) -> str:
    plan = node.desk.plan
    assert plan is not None
    return plan.model_dump_json()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_origin_gets_no_connection(origin: str) -> None:
    async def run() -> None:
        async with live_door() as door:
            with pytest.raises(InvalidStatus) as caught:
                await connect(
                    f"ws://127.0.0.1:{door.port}/signal",
                    origin=Origin(origin) if origin else None,
                    proxy=None,
                )
            assert caught.value.response.status_code == 403
            assert door.refusals("origin") == 1

    asyncio.run(run())


def test_pages_of_the_mcu_and_of_the_office_get_one() -> None:
    async def run() -> None:
        async with live_door() as door:
            plan = door.meeting.plan().model_copy(update={"origins": (OFFICE,)})
            door.node.take_plan(plan)
            for origin in (f"http://127.0.0.1:{door.port}", OFFICE, None):
                url = f"ws://127.0.0.1:{door.port}/signal"
                async with connect(url, origin=Origin(origin) if origin else None, proxy=None):
                    pass

    asyncio.run(run())
