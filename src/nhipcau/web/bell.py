"""`/bell`: a room's page that is switched on waits here to be called.

knock ─▶ challenge ─▶ hello with proof ─▶ welcome, ring …          beat every 5 s
                                          standing ─▶ what the calling office sees of it
"""

import asyncio
import secrets
from contextlib import suppress
from dataclasses import asdict

from nhipcau.access.actions import Action
from nhipcau.access.actor import Actor, ActorKind, Target
from nhipcau.access.policy import allows
from nhipcau.credentials.statements import Challenge
from nhipcau.mcu.admission import Proof
from nhipcau.mcu.emergency.bells import Bell, policies_of, proven_device, ring_message
from nhipcau.mcu.endpoint import Outbox
from nhipcau.quantities import SiteId
from nhipcau.web.faults import FaultError
from nhipcau.web.front_messages import BellHello, Standing, parse_bell
from nhipcau.web.front_session import FrontSession
from nhipcau.web.messages import Knock

BEAT_S = 5.0
_NONCE_BYTES = 18


class BellSession(FrontSession):
    """One room's page at the bell."""

    _bell: Bell | None = None
    _challenge: Challenge | None = None
    _beat: "asyncio.Task[None] | None" = None

    async def take(self, text: str | bytes) -> None:
        """Take one message of the room's page."""
        message = parse_bell(text)
        match message:
            case Knock():
                self._knock(message)
            case BellHello():
                self._hello(message)
            case Standing():
                self._stand(message)

    def let_go(self) -> None:
        """The page is gone."""
        if self._beat is not None:
            self._beat.cancel()
        if self._bell is not None:
            self.front.bells.leave(self._bell)

    def _knock(self, knock: Knock) -> None:
        self.greet(knock.v)
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        # Downwards, so that no answer is too quick to come after the question.
        at_ms = int(self.hall.clock.wall_s() * 1000)
        self._challenge = Challenge(nonce, "", self.front.mcu, at_ms)
        self.outbox.send({"type": "challenge", **asdict(self._challenge)})

    def _hello(self, hello: BellHello) -> None:
        self.greet(hello.v)
        said, challenge, self._challenge = hello.proof, self._challenge, None
        proof = Proof(said.device, said.key, said.signature)
        directory = self.front.directory
        known = proven_device(directory, proof, challenge, self.hall.clock.wall_s())
        retry_ms = self.hall.hellos.retry_ms(known.device, self.hall.clock.now_s())
        if retry_ms is not None:
            raise FaultError("rate", "too often", closing=True, retry_ms=retry_ms)
        if not _may_wait(known.site):
            raise FaultError("not_allowed", "the policy lets nobody wait by that", closing=True)
        bell = Bell(known.device, known.site, self.outbox, hello.meeting, frozenset(hello.declined))
        self.front.bells.join(bell)
        self._bell = bell
        self.settle()
        self.outbox.send({"type": "welcome", "mcu": self.front.mcu, "beat_s": BEAT_S})
        assert directory is not None
        policy = policies_of(directory).get(known.device)
        for call in self.front.book.of_site(known.site, self.front.now_ms):
            self.outbox.send(ring_message(call, policy))
        self._beat = asyncio.create_task(_beat(self.outbox), name="bell beat")

    def _stand(self, standing: Standing) -> None:
        if self._bell is None:
            raise FaultError("hello_first", "say hello first")
        self._bell.meeting = standing.meeting
        self._bell.declined = frozenset(standing.declined)


async def _beat(outbox: Outbox) -> None:
    with suppress(asyncio.CancelledError):
        while True:
            await asyncio.sleep(BEAT_S)
            outbox.send({"type": "beat"})


def _may_wait(site: SiteId) -> bool:
    return allows(Actor(ActorKind.DEVICE, site=site), Action.EMERGENCY_BELL, Target(site=site))
