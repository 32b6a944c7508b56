"""Whoever comes, shows and presses whatever, in whatever order: nobody is in who was put out, no
guest is in whom nobody let in, and no fault of ours shows.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from nhipcau.conference.state import Presence
from nhipcau.credentials import statements
from nhipcau.credentials.statements import Challenge
from nhipcau.quantities import SiteId

from ..mcu.nodes import COAST, HALL, HILLS, ISLAND
from .fakepage import House, Page, Said, greeting
from .test_gate import BROWSER, DEVICE, PIN, PRESS, invitation, plan_of

PAGES = 4
pages = st.integers(0, PAGES - 1)
sites = st.sampled_from((COAST, HILLS, ISLAND, PRESS))
flags = st.booleans()


class AnySignalling(RuleBasedStateMachine):
    """Some pages and a chair, on one MCU."""

    @initialize()
    def begin(self) -> None:
        """Open the house; the chair is in."""
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.pages: dict[int, Page] = {}
        self.tickets: list[str] = []
        self.let_in = False
        self.do(self._begin())

    async def _begin(self) -> None:
        self.house = House()
        assert self.house.node.take_plan(plan_of(self.house))
        self.chair = await self.stack.enter_async_context(self.house.page())
        self.chair.say(greeting(self.house.meeting.token(HALL, "chair"), kind="viewer"))
        await self.chair.until("offer")
        self.asked = 0

    @rule(number=pages, site=st.sampled_from((COAST, HILLS, ISLAND)), takeover=flags)
    def comes_by_link(self, number: int, site: SiteId, takeover: bool) -> None:
        """A room's link."""
        token = self.house.meeting.token(site)
        self.do(self.greet(number, greeting(token, takeover=takeover)))

    @rule(number=pages, right=flags, takeover=flags)
    def comes_as_a_guest(self, number: int, right: bool, takeover: bool) -> None:
        """A guest's link, its PIN right or wrong."""
        pin = PIN if right else "000000"
        said = greeting(invitation(self.house), pin=pin, takeover=takeover)
        self.do(self.greet(number, said))

    @rule(number=pages, with_ticket=flags, honest=flags)
    def comes_as_a_device(self, number: int, with_ticket: bool, honest: bool) -> None:
        """A device's proof, of its own challenge or of one it has made up."""
        self.do(self._device(number, with_ticket, honest))

    @rule(number=pages, place=st.integers(0, 99), takeover=flags)
    def comes_with_any_ticket(self, number: int, place: int, takeover: bool) -> None:
        """A ticket that somebody was given, perhaps somebody else."""
        if self.tickets:
            ticket = self.tickets[place % len(self.tickets)]
            self.do(self.greet(number, greeting(ticket, takeover=takeover)))

    @rule(number=pages, said=st.sampled_from(("leave", "knock", "hang up", "nonsense")))
    def goes(self, number: int, said: str) -> None:
        """A page says something at a wrong moment, or is gone."""
        page = self.pages.get(number)
        if page is None:
            return
        words: dict[str, str | Said] = {
            "leave": {"type": "leave"},
            "knock": {"type": "knock", "v": 1},
            "nonsense": "{",
        }
        if said in words:
            page.say(words[said])
        else:
            page.hang_up()
        self.do(self.settle(page))

    @rule(kind=st.sampled_from(("admit", "remove", "restore", "give_floor")), site=sites)
    def the_chair_presses(self, kind: str, site: SiteId) -> None:
        """The chair lets in, puts out, lets back."""
        waits = self.house.node.host.state.sites[site].presence is Presence.WAITING
        self.do(self.ask({"type": kind, "site": site}))
        if site == PRESS and kind == "admit" and waits:
            self.let_in = True

    @rule(kind=st.sampled_from(("lock", "doors")), on=flags)
    def the_chair_shuts(self, kind: str, on: bool) -> None:
        """The chair locks the meeting, or has everyone asked."""
        self.do(self.ask({"type": kind, "ask" if kind == "doors" else "on": on}))

    @rule(minutes=st.integers(1, 300))
    def time_passes(self, minutes: int) -> None:
        """Time passes."""
        self.house.clock.pass_s(minutes * 60)

    @rule()
    def the_device_is_revoked_or_not(self) -> None:
        """The office's plan changes."""
        plan = self.house.node.desk.plan
        assert plan is not None
        revoked = () if plan.revoked else (DEVICE,)
        assert self.house.node.take_plan(plan.model_copy(update={"revoked": revoked}))

    @invariant()
    def nobody_is_in_who_was_put_out(self) -> None:
        """Barred credentials and revoked devices hold no seat and no connection."""
        state, plan = self.house.node.host.state, self.house.node.desk.plan
        assert plan is not None
        out = {bar.credential for bar in state.bars.values() if bar.barred}
        out |= {f"device:{device}" for device in plan.revoked}
        for endpoint in self.house.node.desk.endpoints.values():
            assert endpoint.ticket.credential not in out
        for row in state.sites.values():
            if row.presence in (Presence.PRESENT, Presence.WAITING):
                assert row.credential not in out
        if state.is_present(PRESS):
            assert self.let_in
        assert self.house.counters.stats().get("internal", 0) == 0

    def teardown(self) -> None:
        """Hang everybody up; every session ends."""
        if hasattr(self, "loop"):
            self.do(self.stack.aclose())
            self.loop.close()

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Run on the machine's own loop."""
        self.loop.run_until_complete(work)

    async def ask(self, message: Said) -> None:
        """Give a chair's command and wait for its answer."""
        self.asked += 1
        self.chair.say({**message, "id": self.asked})
        await self.chair.until_answered(self.asked)

    async def fresh(self, number: int) -> Page:
        """Return a new connection of a page; its old one breaks."""
        old = self.pages.pop(number, None)
        if old is not None:
            old.hang_up()
            await old.session
        self.pages[number] = await self.stack.enter_async_context(self.house.page())
        return self.pages[number]

    async def greet(self, number: int, said: Said) -> None:
        """Greet on a new connection."""
        page = await self.fresh(number)
        page.say(said)
        await self.settle(page)

    async def settle(self, page: Page) -> None:
        """Wait until what a page has said is dealt with; keep the ticket that it got."""
        await page.until_answered(len(page.heard) + 0.5)
        for said in page.heard:
            if said["type"] == "welcome" and said["ticket"]:
                self.tickets.append(said["ticket"])

    async def _device(self, number: int, with_ticket: bool, honest: bool) -> None:
        page = await self.fresh(number)
        page.say({"type": "knock", "v": 1})
        asked = await page.until("challenge")
        nonce = asked["nonce"] if honest else "made up"
        challenge = Challenge(nonce, asked["conference"], asked["mcu"], asked["at_ms"])
        said = statements.admission(challenge, DEVICE, BROWSER.key.text)
        proof = {"device": DEVICE, "key": BROWSER.key.text, "signature": BROWSER.sign(said)}
        token = self.tickets[-1] if with_ticket and self.tickets else ""
        page.say({**greeting(token, takeover=True), "proof": proof})
        await self.settle(page)


AnySignalling.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
TestAnySignalling = AnySignalling.TestCase
