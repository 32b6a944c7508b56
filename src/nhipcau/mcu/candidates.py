"""A candidate for root at work: it hears the other one, asks the leaves and the registry, follows,
reigns and withdraws (ADR 0025).

    TrunkDial to the other ─▶ reigns, events, beats ─▶ Candidate ─▶ Candidacy: what to do
    leaves' trunks          ─▶ hello, consented      ─▶    │
    registry                ─▶ granted, held         ─▶    └─▶ claim │ McuNode.reign │ end

All of it runs on the event loop.
"""

import asyncio
from dataclasses import dataclass, field

import structlog

from nhipcau.mcu.candidacy import Act, Candidacy
from nhipcau.mcu.node import McuNode
from nhipcau.mcu.ownlog import OwnLog
from nhipcau.mcu.reignfile import ReignFile
from nhipcau.mcu.reignregistry import ReignRegistry
from nhipcau.mcu.replica import Replica
from nhipcau.mcu.succession import Consent, Reign
from nhipcau.mcu.trunk import TrunkOutbox
from nhipcau.ports.clock import Clock
from nhipcau.ports.trunk import (
    TRUNK_VERSION,
    Anew,
    Claim,
    Consented,
    Events,
    Reigns,
    TrunkBeat,
    TrunkChallenge,
    TrunkError,
    TrunkHello,
    TrunkMessage,
)
from nhipcau.quantities import McuName

_log = structlog.get_logger()
_STEP_S = 0.02


class WithdrawnError(Exception):
    """Another reigns in a higher epoch: this process is of no use as root any more."""


@dataclass(slots=True, eq=False)
class Link:
    """Our end of our trunk to the other candidate.

    Attributes:
        reigns: it has said so over this trunk.
        owed: so many events it had then; None: it has not said yet.
    """

    to: McuName
    outbox: TrunkOutbox
    reigns: bool = False
    owed: int | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Papers:
    """What a candidate keeps: its log, who reigns on its disk, and in the registry."""

    log: OwnLog
    file: ReignFile
    registry: ReignRegistry


class Candidate:
    """One MCU's candidacy for one conference. It is what calls the other one, see `Caller`."""

    def __init__(self, node: McuNode, candidacy: Candidacy, papers: Papers, clock: Clock) -> None:
        """Begin; a node that follows has its log's state from here on."""
        self._node = node
        self._candidacy = candidacy
        self._papers = papers
        self._clock = clock
        self._replica: Replica | None = None
        self._claiming: asyncio.Task[None] | None = None
        self._link: Link | None = None
        node.court = self
        node.epoch = candidacy.reign.epoch
        if not candidacy.reigns:
            self._replica = Replica(self._open_log)
            node.host.follow(self._replica.state)

    async def run(self) -> None:
        """Do what is to be done until cancelled.

        Raises:
            WithdrawnError: another reigns.
            OSError: the disk refuses.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self._papers.registry.watch(self._candidacy.hear_of))
            while True:
                if self._step() is Act.WITHDRAW:
                    raise WithdrawnError(f"epoch {self._candidacy.known} has come")
                await asyncio.sleep(_STEP_S)

    def hear_hello(self, hello: TrunkHello) -> None:
        """Take note of what a leaf, or the other candidate, says of epochs."""
        self._candidacy.hear_hello(hello.follows, Reign(hello.known, hello.known_root))

    def hear_consent(self, leaf: McuName, said: Consented) -> None:
        """Take a leaf's answer to a claim; the last one that is needed counts at once."""
        claim = Reign(said.epoch, said.root)
        self._candidacy.hear_consent(Consent(leaf, claim, said.given, said.known))
        self._step()

    def hello(self, to: McuName, nonce: str) -> TrunkHello:
        """Return what we say first to the other candidate."""
        del to
        return TrunkHello(
            v=TRUNK_VERSION,
            mcu=self._candidacy.name,
            conference=self._node.conference,
            url=self._node.url,
            nonce=nonce,
            candidate=True,
            follows=self._candidacy.reign.epoch,
            # What leaves have consented to they say themselves.
            known=self._candidacy.reign.epoch,
        )

    def check(self, to: McuName, challenge: TrunkChallenge) -> None:
        """Every candidate is welcome."""

    def up(self, to: McuName, challenge: TrunkChallenge, outbox: TrunkOutbox) -> Link:
        """Have a trunk to the other candidate from now on."""
        link = self._link = Link(to, outbox)
        if challenge.reigns:
            self._hear_root(link, Reign(challenge.epoch, to))
        return link

    def over(self, end: Link) -> asyncio.Event:
        """Return what is set when the trunk is to be closed."""
        return end.over

    def handle(self, end: Link, said: TrunkMessage | tuple[int, bytes]) -> None:
        """Take what the other candidate says.

        Raises:
            TrunkError: it may not say that, or events are missing.
        """
        if end.reigns:
            self._candidacy.hear_beat(self._clock.now_s())
        match said:
            case Reigns():
                end.owed = said.events
                self._hear_root(end, Reign(said.epoch, said.root))
            case Events():
                self._copy(end, said)
            case Anew() if self._replica is not None:
                self._replica.begin_anew()
                self._note_copy(end, self._replica)
            case TrunkBeat() | Anew():
                pass
            case _:
                raise TrunkError("a candidate does not say that")

    def down(self, end: Link) -> None:
        """Have the trunk no more."""
        if self._link is end:
            self._link = None
            self._candidacy.lose_root(self._clock.now_s())
            self._step()

    def _hear_root(self, link: Link, reign: Reign) -> None:
        before = self._candidacy.reign
        if not self._candidacy.hear_root(reign, self._clock.now_s()):
            return
        if reign != before:
            self._papers.file.keep_reign(reign)
        link.reigns = True
        self._node.epoch = reign.epoch
        if self._replica is not None:
            link.outbox.send(self._replica.have())
            self._note_copy(link, self._replica)

    def _note_copy(self, link: Link, replica: Replica) -> None:
        whole = link.owed is not None and replica.have().events >= link.owed
        self._candidacy.hear_copy(whole=whole)
        self._node.host.follow(replica.state)

    def _copy(self, link: Link, events: Events) -> None:
        replica = self._replica
        if replica is None or not link.reigns:
            return
        if not replica.take(events):
            raise TrunkError("events are missing")
        link.outbox.send(replica.have())
        self._note_copy(link, replica)

    def _open_log(self, anew: bool) -> OwnLog:
        if anew:
            self._papers.log.renew()
        return self._papers.log

    def _step(self) -> Act:
        plan = self._node.desk.plan
        if plan is None:
            return Act.WAIT
        self._candidacy.take_plan(plan)
        act, reign = self._candidacy.step(self._clock.now_s())
        match act:
            case Act.ASK:
                self._ask(reign)
            case Act.CLAIM:
                self._ask(reign)
                self._claim(reign)
            case Act.REIGN:
                self._reign(reign)
            case _:
                pass
        return act

    def _ask(self, claim: Reign) -> None:
        for trunk in self._node.desk.trunks.all.values():
            if trunk.mcu not in self._candidacy.consents:
                trunk.outbox.send(Claim(epoch=claim.epoch, root=claim.root))

    def _claim(self, claim: Reign) -> None:
        if self._claiming is None or self._claiming.done():
            self._claiming = asyncio.create_task(self._ask_registry(claim), name="claim")

    async def _ask_registry(self, claim: Reign) -> None:
        word, held = await self._papers.registry.claim(claim)
        self._candidacy.hear_registry(claim, word, held)
        self._step()

    def _reign(self, reign: Reign) -> None:
        _log.warning("we reign", epoch=reign.epoch, before=self._candidacy.reign)
        self._papers.file.keep_reign(reign)
        self._candidacy.begin_reign(reign)
        self._replica = None
        self._node.reign(reign)
