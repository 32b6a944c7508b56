"""One signalling session: every wrong word has its answer, and no fault of ours kills the rest."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from nhipcau.mcu.desk import Desk
from nhipcau.mcu.endpoint import OUTBOX_LIMIT
from nhipcau.quantities import SiteId
from tests.mcu.nodes import COAST, HALL
from tests.web.fakepage import House, Page, greeting

Scene = Callable[[House], Awaitable[None]]
PING = {"type": "ping", "t": 1}


def play(scene: Scene) -> None:
    async def run() -> None:
        await scene(House())

    asyncio.run(run())


async def seat(house: House, page: Page, site: SiteId, **fields: object) -> None:
    page.say(greeting(house.meeting.token(site), **fields))
    await page.until("offer")


@pytest.mark.parametrize(
    "said",
    [
        "{",
        "",
        "\x00",
        "null",
        '"hello"',
        "[" * 60_000,
        '{"a":' * 10_000,
        '{"type":"mute","site":"a\\ud800"}',
        '{"type":"ping","t":1e999}',
        '{"type":"ping","t":NaN}',
        '{"type":"ping","t":' + "9" * 400 + "}",
        '{"type":"ping","t":' + "9" * 5_000 + "}",
        '{"type":"mic","open":true,"id":' + "9" * 30 + "}",
        '{"type":"mic","open":true,"id":-1}',
        '{"type":["mic"],"open":true}',
        '{"type":"ping","type":"sing"}',
        '{"type":"mic","open":true,"' + "k" * 50_000 + '":1}',
    ],
    ids=lambda said: repr(said[:30]),
)
def test_a_wrong_text_is_malformed_and_the_endpoint_stays(said: str) -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            await seat(house, page, COAST)
            page.say(said)
            error = await page.until("error")
            assert error["code"] == "malformed"
            assert 0 < len(error["detail"]) <= 200
            page.say(PING)
            await page.until("pong")
            assert house.counters.stats() == {"malformed": 1}

    play(scene)


def test_of_a_name_that_stands_twice_the_last_counts() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            await seat(house, page, COAST)
            page.say('{"type":"ping","t":1,"t":2}')
            assert (await page.until("pong"))["t"] == 2

    play(scene)


def test_nul_and_foreign_letters_in_names_are_only_names() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            page.say(
                greeting(house.meeting.token(HALL, "chair"), agent="\x00 Hội trường \U0001f600")
            )
            await page.until("offer")
            page.say({"type": "give_floor", "site": "a\x00b", "id": 1})
            error = await page.until("error")
            assert (error["id"], house.counters.stats()) == (1, {error["code"]: 1})

    play(scene)


def test_bytes_count_and_not_letters() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            await seat(house, page, COAST)
            page.say({"type": "answer", "sdp": "x" * 65_000})
            assert (await page.until("error"))["code"] == "sdp"
            page.say('"' + "ộ" * 22_000 + '"')
            assert (await page.until("error", 2))["code"] == "too_large"
            assert await page.until_closed() == 4413

    play(scene)


def test_ten_malformed_in_a_row_close_and_nine_do_not() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            await seat(house, page, COAST)
            for _ in range(9):
                page.say("?")
            page.say(PING)
            await page.until("pong")
            for _ in range(10):
                page.say("?")
            assert await page.until_closed() == 4000
            assert page.errors() == ["malformed"] * 19

    play(scene)


def test_a_second_hello_is_malformed_and_changes_nothing() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            await seat(house, page, COAST)
            page.say(greeting(house.meeting.token(HALL)))
            assert (await page.until("error"))["code"] == "malformed"
            assert not house.node.host.state.is_present(HALL)
            assert house.node.host.state.is_present(COAST)

    play(scene)


def test_nothing_is_heard_after_leave() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            await seat(house, page, COAST)
            page.say({"type": "leave"})
            page.say({"type": "hand", "up": True, "id": 1})
            page.say(greeting(house.meeting.token(COAST)))
            assert await page.until_closed() == 1000
        assert house.node.host.state.hands == ()
        assert not house.node.host.state.is_present(COAST)
        assert page.errors() == []

    play(scene)


@pytest.mark.parametrize("first", [PING, {"type": "leave"}, {"type": "mic", "open": True}])
def test_whoever_speaks_before_hello_is_closed(first: dict[str, object]) -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            page.say(first)
            assert await page.until_closed() == 4408
            assert page.errors() == ["hello_first"]

    play(scene)


def test_wrong_words_do_not_prolong_the_time_for_hello() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            for _ in range(3):
                house.clock.pass_s(2.0)
                page.say("?")
                await asyncio.sleep(0)
            assert await page.until_closed() == 4408
            assert page.errors()[-1] == "hello_first"

    play(scene)


def test_a_flood_of_messages_is_told_so_and_then_closed() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            await seat(house, page, COAST)
            for _ in range(320):
                page.say(PING)
            assert await page.until_closed() == 4429
            assert set(page.errors()) == {"rate"}
            assert 100 <= house.counters.stats()["rate"] <= 102

    play(scene)


def test_a_flood_of_stills_is_a_flood_of_messages() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            await seat(house, page, COAST)
            for _ in range(320):
                page.say(b"\xff\xd8\xff\xd9")
            assert await page.until_closed() == 4429

    play(scene)


def test_stills_that_come_too_fast_do_not_end_a_connection_like_malformed_ones() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            await seat(house, page, COAST)
            for _ in range(15):
                page.say(b"\xff\xd8\xff\xd9")
            await page.until_answered(1)
            assert page.closed is None

    play(scene)


def test_an_endpoint_that_does_not_read_is_cut_off_with_bounded_memory() -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            await seat(house, page, COAST)
            endpoint = house.node.desk.media_of(COAST)
            assert endpoint is not None
            page.reads.clear()
            for number in range(3 * OUTBOX_LIMIT):
                endpoint.outbox.send({"type": "beat", "t": number})
            await asyncio.sleep(0.05)
            page.reads.set()
            assert await page.until_closed() == 4408
            assert page.errors() == ["slow_reader"]
            # What was queued is passed over, and the reason comes at once.
            assert sum(1 for said in page.heard if said["type"] == "beat") <= 1
            assert not house.node.host.state.is_present(COAST)

    play(scene)


def test_a_seat_is_not_taken_over_and_over() -> None:
    async def scene(house: House) -> None:
        token = house.meeting.token(COAST)
        good = 0
        while True:
            async with house.page() as page:
                page.say(greeting(token))
                await asyncio.wait(
                    (asyncio.ensure_future(page.until("offer")), page.session),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if page.closed is not None:
                    break
                good += 1
        assert page.closed == 4429
        assert page.errors() == ["rate"]
        assert good == 20
        house.clock.pass_s(page.heard[0]["retry_ms"] / 1000)
        async with house.page() as page:
            await seat(house, page, COAST)

    play(scene)


def test_a_limited_newcomer_leaves_the_seat_to_who_is_in_it() -> None:
    async def scene(house: House) -> None:
        async with house.page() as keeper:
            await seat(house, keeper, COAST)
            for _ in range(30):
                async with house.page() as page:
                    page.say(greeting(house.meeting.token(COAST), agent="a loop"))
                    await asyncio.wait(
                        (asyncio.ensure_future(page.until("occupied")), page.session),
                        return_when=asyncio.FIRST_COMPLETED,
                    )
            assert page.errors() == ["rate"]
            keeper.say(PING)
            await keeper.until("pong")
            assert house.node.host.state.is_present(COAST)

    play(scene)


def test_watchers_are_limited_by_address() -> None:
    async def scene(house: House) -> None:
        token = house.meeting.token(None, "console")
        for _ in range(20):
            async with house.page() as page:
                page.say(greeting(token, kind="viewer", capture=False))
                await page.until("offer")
        async with house.page("192.0.2.1") as page:
            page.say(greeting(token, kind="viewer", capture=False))
            assert await page.until_closed() == 4429
        async with house.page("192.0.2.2") as page:
            page.say(greeting(token, kind="viewer", capture=False))
            await page.until("offer")

    play(scene)


def test_a_fault_of_ours_is_said_counted_and_ends_one_connection_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(house: House) -> None:
        async with house.page() as other, house.page() as page:
            await seat(house, other, HALL)
            await seat(house, page, COAST)

            def fail(self: Desk, command: object) -> None:
                raise OSError("no space left on device")

            monkeypatch.setattr(Desk, "command", fail)
            page.say({"type": "hand", "up": True, "id": 1})
            assert await page.until_closed() == 4500
            assert page.errors() == ["internal"]
            monkeypatch.undo()
            other.say({"type": "hand", "up": True, "id": 2})
            assert (await other.until("ok"))["id"] == 2
        assert house.counters.stats() == {"internal": 1}

    play(scene)


def test_a_fault_while_a_seat_is_given_back_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(house: House) -> None:
        async with house.page() as page:
            await seat(house, page, COAST)

            def fail(self: Desk, endpoint: object, *, on_purpose: bool) -> None:
                raise OSError("no space left on device")

            monkeypatch.setattr(Desk, "leave", fail)
        assert house.counters.stats() == {"internal": 1}

    play(scene)
