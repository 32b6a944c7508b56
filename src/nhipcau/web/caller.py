"""`/emergency/call`: a leader's office with its pass. It sees its rooms, presses, sees who came.

hello with pass ─▶ welcome: sites, levels, calls that are not over
press           ─▶ called: the conference, the chair's link, a token to see who is there
                   rooms, over: twice a second at most, what has changed
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from nhipcau.access.actions import Action
from nhipcau.mcu.emergency.front import Press
from nhipcau.mcu.emergency.reaching import Choice, Holder, NotCalledError
from nhipcau.mcu.endpoint import Outgoing
from nhipcau.ports.directory import Directory, EmergencyCall
from nhipcau.web.faults import FaultError
from nhipcau.web.front_messages import CallerHello, PressButton, parse_caller
from nhipcau.web.front_session import FrontSession

_LOOK_S = 0.5
# Without news the page hears a beat: a socket that is silent for three of them is dead.
_BEAT_LOOKS = 4


class CallerSession(FrontSession):
    """One page of a leader's office."""

    _text = ""
    _watch: "asyncio.Task[None] | None" = None

    async def take(self, text: str | bytes) -> None:
        """Take one message of the page."""
        message = parse_caller(text)
        match message:
            case CallerHello():
                self._hello(message)
            case PressButton():
                await self._press(message)

    def let_go(self) -> None:
        """The page is gone; what it called goes on."""
        if self._watch is not None:
            self._watch.cancel()

    def _hello(self, hello: CallerHello) -> None:
        self.greet(hello.v)
        try:
            holder = self.front.holder(hello.text)
        except NotCalledError as error:
            self.front.turned_away(self.address, error.code)
            raise
        self._text = hello.text
        self.settle()
        directory = self.front.directory
        assert directory is not None
        self.outbox.send(self._welcome(holder, directory))
        self._watch = asyncio.create_task(self._look(), name="caller watch")

    def _welcome(self, holder: Holder, directory: Directory) -> Outgoing:
        return {
            "type": "welcome",
            "mcu": self.front.mcu,
            "wall_ms": self.front.now_ms,
            "site": holder.site.site,
            "name": holder.given.name,
            "expires_s": holder.given.expires_s,
            "levels": [one.model_dump() for one in directory.levels],
            "sites": [
                one.model_dump(include={"site", "name", "level", "parent", "call"})
                for one in holder.reach
            ],
            "fronts": [one.url for one in directory.fronts],
            "rooms": self.front.states(holder),
            "calls": [self._called(call) for call in self.front.calls_of(holder)],
        }

    async def _press(self, press: PressButton) -> None:
        if not self.greeted:
            raise FaultError("hello_first", "say hello first")
        # Asked anew: it may have been revoked meanwhile.
        holder = self.front.holder(self._text)
        retry_ms = self.hall.presses.retry_ms(holder.given.id, self.hall.clock.now_s())
        if retry_ms is not None:
            raise FaultError("rate", "this pass presses too often", retry_ms=retry_ms)
        choice = Choice(press.levels, press.below, press.sites)
        called = await self.front.press(holder, Press(press.title, choice), self.address)
        said = {**self._called(called.call), "fresh": called.fresh}
        self.outbox.send(said if press.id is None else {**said, "id": press.id})

    def _called(self, call: EmergencyCall) -> dict[str, Any]:
        made = self.front.links(call)
        return {
            "type": "called",
            **call.model_dump(exclude={"caller", "chair_site"}),
            "chair": made.chair,
            "token": made.token,
        }

    async def _look(self) -> None:
        """Tell the page what has changed; put it out when its pass is good no more."""
        rooms: Mapping[str, str] = {}
        calls: set[str] = set()
        quiet = 0
        while True:
            try:
                holder = self.front.holder(self._text)
            except NotCalledError as error:
                self.refuse(FaultError(error.code, str(error), closing=True))
                return
            now, here = self.front.states(holder), self.front.calls_of(holder)
            news: list[Outgoing] = []
            if now != rooms:
                news.append({"type": "rooms", "rooms": now})
            alive = {str(one.conference) for one in here}
            news += [{"type": "over", "conference": one} for one in sorted(calls - alive)]
            rooms, calls = now, alive
            quiet = 0 if news else quiet + 1
            if quiet >= _BEAT_LOOKS:
                news, quiet = [{"type": "beat"}], 0
            for one in news:
                self.outbox.send(one)
            await asyncio.sleep(_LOOK_S)


# What the sockets of the front are to the policy; rooms and callers are asked in their sessions.
DEEDS = {"/bell": Action.EMERGENCY_BELL, "/emergency/call": Action.EMERGENCY_PRESS}
