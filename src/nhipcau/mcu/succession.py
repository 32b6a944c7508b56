"""Who is root: a standby's claim, a leaf's consent, an old root's withdrawal. Pure: no clock, no
network; who heard what comes in, what to do goes out.

    standby: root silent ─▶ asks the leaves ─▶ most consent ─▶ registry: compare-and-set
                │                                                │ done, or the registry is away
                └─ refused, or another was first: a higher claim ▼
                                                    root of its epoch; lower ones are refused

A leaf consents once for each epoch, only while it has lost its root, and then follows no root of a
lower epoch any more. So two never reign in one epoch: each would need most of the leaves. A standby
that is merely cut off from a living root gets no consent. Without any leaf the registry decides
alone, and when that is away nobody takes over.

A living root that hears of a consent to an epoch above its own asks for a higher one still, and its
leaves give it that without having lost it: whoever consented to another in vain can so come back.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto

from nhipcau.quantities import McuName

# Six beats of 50 ms: a busy machine is late by two or three.
SILENCE_S = 0.3


@dataclass(frozen=True, slots=True, order=True)
class Reign:
    """A root and its epoch; of two the one of the higher epoch is root."""

    epoch: int
    root: McuName


class Step(Enum):
    """What a standby is to do now."""

    # The root is heard.
    WAIT = auto()
    # Ask every leaf for its consent to `claim`.
    ASK = auto()
    # Most leaves consent: ask the registry to go to the claim's epoch.
    CLAIM = auto()
    # It is root.
    REIGN = auto()


class Word(Enum):
    """What the registry says to a claim."""

    NOT_ASKED = auto()
    AWAY = auto()
    GRANTED = auto()


@dataclass(frozen=True, slots=True)
class Consent:
    """What a leaf says when it is asked: yes or no, and the highest epoch that it knows of."""

    leaf: McuName
    claim: Reign
    given: bool
    known: int


@dataclass(frozen=True, slots=True)
class LeafVoice:
    """A leaf's part: whom it follows, and what it has consented to. It outlives a restart."""

    name: McuName
    follows: Reign
    promised: Reign | None = None

    def may_follow(self, reign: Reign) -> bool:
        """Return True for a root that is not older than what this leaf knows or has promised."""
        promised = self.promised
        if promised is not None and promised.epoch > self.follows.epoch:
            return reign.epoch > promised.epoch or reign == promised
        return reign.epoch > self.follows.epoch or reign == self.follows

    def follow(self, reign: Reign) -> "LeafVoice":
        """Return this leaf behind another root.

        Raises:
            ValueError: it may not follow that one.
        """
        if not self.may_follow(reign):
            raise ValueError(f"{self.name} may not follow {reign}")
        return replace(self, follows=reign)

    def answer(self, claim: Reign, *, lost: bool) -> "tuple[LeafVoice, Consent]":
        """Return how this leaf stands after a claim, and what it says to it.

        Args:
            claim: the epoch that somebody wants, and who.
            lost: this leaf hears nothing of the root that it follows.
        """
        known = max(self.follows.epoch, self.promised.epoch if self.promised else 0)
        may = lost or claim.root == self.follows.root
        given = may and (claim.epoch > known or claim == self.promised)
        after = replace(self, promised=claim) if given else self
        return after, Consent(self.name, claim, given, known)


@dataclass(frozen=True, slots=True)
class StandbyVoice:
    """The standby's part.

    Attributes:
        leaves: all leaves of the plan but itself.
        known: the highest epoch that it has heard of.
        consents: the leaves that consent to its claim.
        registry: what the registry says to its claim.
    """

    name: McuName
    leaves: frozenset[McuName]
    known: int
    consents: frozenset[McuName] = frozenset()
    registry: Word = Word.NOT_ASKED

    @property
    def claim(self) -> Reign:
        """What it wants when its root is lost."""
        return Reign(self.known + 1, self.name)

    def hear_epoch(self, epoch: int) -> "StandbyVoice":
        """Take note of an epoch; a higher one voids what was said to the claim so far."""
        if epoch <= self.known:
            return self
        return replace(self, known=epoch, consents=frozenset(), registry=Word.NOT_ASKED)

    def hear(self, consent: Consent) -> "StandbyVoice":
        """Take what a leaf says; of another claim, or of no leaf of ours, it is passed over."""
        if consent.claim != self.claim or consent.leaf not in self.leaves:
            return self
        if consent.given:
            return replace(self, consents=self.consents | {consent.leaf})
        return self.hear_epoch(consent.known) if consent.known > self.known else self

    def hear_registry(self, claim: Reign, word: Word, epoch: int = 0) -> "StandbyVoice":
        """Take the registry's answer to a claim; `epoch` is the one that it holds, if refused."""
        if claim != self.claim:
            return self
        if epoch:
            return self.hear_epoch(epoch)
        return replace(self, registry=word)

    def step(self, *, silent: bool) -> Step:
        """Return what to do now; `silent`: nothing is heard of the root."""
        if not silent:
            return Step.WAIT
        if self.leaves and 2 * len(self.consents) <= len(self.leaves):
            return Step.ASK
        if self.registry is Word.GRANTED or (self.registry is Word.AWAY and self.leaves):
            return Step.REIGN
        return Step.CLAIM
