"""Two candidates and three leaves without a network: what is said lies in a bag, and a test takes
it out in any order, twice, late or never. Logs, copies, voices and candidacies are the real ones.
"""

from dataclasses import dataclass, field

from nhipcau.conference.commands import Actor, Role, SetLayout
from nhipcau.mcu.candidacy import Act, Candidacy, Doing
from nhipcau.mcu.host import ConferenceHost
from nhipcau.mcu.replica import Copier, Replica
from nhipcau.mcu.succession import Consent, LeafVoice, Reign, Word
from nhipcau.ports.eventlog import EventLog
from nhipcau.ports.messages import ConferencePlan, PlannedLeaf
from nhipcau.ports.trunk import Anew, Events
from nhipcau.quantities import McuName
from nhipcau.storage.memorylog import MemoryLog
from tests.mcu.machine import HandClock
from tests.mcu.nodes import HALL, Meeting

ROOT, STANDBY = McuName("mcu"), McuName("standby")
LEAVES = tuple(McuName(f"leaf-{number}") for number in range(3))
FIRST = Reign(1, ROOT)
_CHAIR = Actor(Role.CHAIR, HALL, None)
_LAYOUTS = ("4x4", "3x3")


class Party:
    """One candidate: its process may end, its disk stays.

    Attributes:
        kept: the reign on its disk.
        records: its log on disk; `branches` what was moved aside.
    """

    def __init__(self, name: McuName, plan: ConferencePlan, clock: HandClock) -> None:
        self.name = name
        self.plan = plan
        self.clock = clock
        self.kept = FIRST
        self.records: list[bytes] = []
        self.branches: list[list[bytes]] = []
        self.begin(reigns=name == ROOT)

    def begin(self, *, reigns: bool = False) -> None:
        """Begin the process."""
        self.candidacy = Candidacy(self.name, self.kept, self.clock.now_s(), reigns=reigns)
        self.candidacy.take_plan(self.plan)
        self.log = MemoryLog(self.records)
        self.host = ConferenceHost(self.log, self.clock)
        self.replica: Replica | None = None
        self.owed = 0
        if reigns:
            self.host.open(self.plan, ("auto", *_LAYOUTS))
        else:
            self.replica = Replica(self._open)
            self.host.follow(self.replica.state)

    def decide(self, number: int) -> None:
        """Decide something, while it reigns."""
        if self.candidacy.reigns:
            self.host.command(SetLayout(_CHAIR, _LAYOUTS[number % 2]))

    def reign(self, reign: Reign) -> None:
        self.kept = reign
        self.candidacy.begin_reign(reign)
        self.replica = None
        self.host = self._host_of_disk()
        self.host.take_over(reign)
        self.host.open(self.plan, ("auto", *_LAYOUTS))

    def hear_root(self, other: "Party") -> bool:
        """Hear that the other reigns; return True when it is followed."""
        reign = other.candidacy.reign
        if not self.candidacy.hear_root(reign, self.clock.now_s()):
            return False
        self.kept, self.owed = reign, len(other.records)
        return True

    def copy(self, other: "Party", most: int) -> None:
        """Take so many messages of the other's log."""
        if self.replica is None or self.candidacy.reign != other.candidacy.reign:
            return
        messages = list(Copier(MemoryLog(other.records)).hear(self.replica.have()))
        for message in messages[:most]:
            if isinstance(message, Anew):
                self.replica.begin_anew()
            else:
                for part in _one_by_one(message)[:most]:
                    assert self.replica.take(part)
        count = self.replica.have().events
        self.candidacy.hear_copy(whole=count >= self.owed)
        self.host.follow(self.replica.state)

    def _open(self, anew: bool) -> EventLog:
        if anew:
            self.branches.append(list(self.records))
            self.records.clear()
        return MemoryLog(self.records)

    def _host_of_disk(self) -> ConferenceHost:
        host = ConferenceHost(MemoryLog(self.records), self.clock)
        host.follow(Replica(lambda _anew: MemoryLog(self.records)).state)
        return host


def _one_by_one(events: Events) -> list[Events]:
    return [
        Events(first=events.first + place, records=(record,))
        for place, record in enumerate(events.records)
    ]


@dataclass
class World:
    """All of them, a registry, and the bag."""

    clock: HandClock = field(default_factory=HandClock)
    claims: list[tuple[McuName, Reign]] = field(default_factory=list)
    consents: list[tuple[McuName, Consent]] = field(default_factory=list)
    registry: Reign = FIRST
    reigned: set[Reign] = field(default_factory=lambda: {FIRST})

    def __post_init__(self) -> None:
        leaves = tuple(PlannedLeaf(mcu=name) for name in LEAVES)
        plan = Meeting(self.clock).plan().model_copy(update={"standby": STANDBY, "leaves": leaves})
        self.leaves = {name: LeafVoice(name, FIRST) for name in LEAVES}
        self.lost = dict.fromkeys(LEAVES, False)
        self.parties = {name: Party(name, plan, self.clock) for name in (ROOT, STANDBY)}

    def other(self, name: McuName) -> Party:
        return self.parties[STANDBY if name == ROOT else ROOT]

    def act(self, name: McuName, *, away: bool = False, unheard: bool = False) -> Doing:
        """Let a candidate do what is to be done.

        Args:
            name: who.
            away: the registry can't be reached.
            unheard: what it answers is lost.
        """
        party = self.parties[name]
        doing = party.candidacy.step(self.clock.now_s())
        match doing.act:
            case Act.ASK:
                self.claims += [(leaf, doing.reign) for leaf in LEAVES]
            case Act.CLAIM:
                self._ask_registry(party, doing.reign, away, unheard)
            case Act.REIGN:
                self.reigned.add(doing.reign)
                party.reign(doing.reign)
            case Act.WITHDRAW:
                party.begin()
            case _:
                pass
        return doing

    def _ask_registry(self, party: Party, claim: Reign, away: bool, unheard: bool) -> None:
        word, held = Word.AWAY, None
        if not away:
            if claim.epoch > self.registry.epoch or claim == self.registry:
                self.registry, word = claim, Word.GRANTED
            else:
                held = self.registry
        if unheard:
            word, held = Word.AWAY, None
        party.candidacy.hear_registry(claim, word, held)

    def answer(self, leaf: McuName, claim: Reign) -> None:
        """Let a leaf answer a claim."""
        voice, said = self.leaves[leaf].answer(claim, lost=self.lost[leaf])
        self.leaves[leaf] = voice
        self.consents.append((claim.root, said))

    def call(self, leaf: McuName, name: McuName) -> None:
        """Let a leaf call a candidate, and follow it if it reigns."""
        voice, party = self.leaves[leaf], self.parties[name]
        known = max(voice.follows, voice.promised or voice.follows)
        party.candidacy.hear_hello(voice.follows.epoch, known)
        reign = party.candidacy.reign
        if party.candidacy.reigns and voice.may_follow(reign):
            self.leaves[leaf] = voice.follow(reign)
            self.lost[leaf] = False

    def meet(self, name: McuName, most: int) -> None:
        """Let a candidate call the other one, and copy of its log what comes."""
        party, other = self.parties[name], self.other(name)
        known = party.candidacy.reign.epoch
        other.candidacy.hear_hello(known, Reign(known, McuName("")))
        follows = other.candidacy.reigns and party.hear_root(other)
        if follows:
            party.copy(other, most)
