"""When a candidate for root waits, claims, reigns and withdraws. No network: what is heard comes in
with its time, what is to be done comes out of `step`.

    the other reigns, its beats ─▶ follow it                     silent ─▶ ask ─▶ claim ─▶ reign
    reigning, and somebody follows a higher epoch ─▶ withdraw
    reigning, and a leaf has consented to a higher one in vain ─▶ ask for one above that

Who follows claims at once when its root is silent. Who has just begun looks for the root first, the
plan's own MCU for less long, so that the two do not divide the leaves between them.
"""

from dataclasses import replace
from enum import Enum, auto
from typing import NamedTuple

from nhipcau.mcu.succession import SILENCE_S, Consent, Reign, StandbyVoice, Step, Word
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.uplinks import TOP, leaves_below
from nhipcau.quantities import McuName

# Without leaves nobody else has an eye on the root, and lines have pauses.
_ALONE_SILENCE_S = 1.0
# A media process that was killed is back in less.
_LOOK_S, _LOOK_AS_STANDBY_S = 0.5, 1.0
# When no claim comes through, who reigned last goes on as what it was.
RESUME_S = 3.0
_LONG_AGO = float("-inf")


class Act(Enum):
    """What a candidate is to do now."""

    WAIT = auto()
    # Ask every leaf that has not consented yet.
    ASK = auto()
    # Ask the registry.
    CLAIM = auto()
    REIGN = auto()
    # End: another reigns in a higher epoch.
    WITHDRAW = auto()


class Doing(NamedTuple):
    """What to do, and the reign that it is about."""

    act: Act
    reign: Reign


class Candidacy:
    """One candidate's. On the event loop; all times are monotonic seconds.

    Attributes:
        reign: the highest that it knows to have been.
        reigns: it is its own.
    """

    def __init__(self, name: McuName, reign: Reign, now_s: float, *, reigns: bool) -> None:
        """Begin; `reign` is what the disk knows of, or the first by the plan."""
        self.name = name
        self.reign = reign
        self.reigns = reigns
        self._voice = StandbyVoice(name, frozenset(), reign.epoch)
        self._is_standby = False
        self._began_s = now_s
        self._follows = False
        self._heard_s = now_s
        self._nobody_s = now_s
        self._superseded = False
        self._whole = True

    @property
    def known(self) -> int:
        """The highest epoch that it has heard of, claims included."""
        return self._voice.known

    @property
    def consents(self) -> frozenset[McuName]:
        """The leaves that consent to its present claim."""
        return self._voice.consents

    def take_plan(self, plan: ConferencePlan) -> None:
        """Know from now on who has a voice."""
        self._is_standby = plan.standby == self.name
        leaves = frozenset(leaves_below(plan, TOP))
        if leaves != self._voice.leaves:
            consents = self._voice.consents & leaves
            self._voice = replace(self._voice, leaves=leaves, consents=consents)

    def hear_root(self, reign: Reign, now_s: float) -> bool:
        """Take note that the other candidate reigns; return True when it is to be followed."""
        if reign < self.reign:
            return False
        self._voice = self._voice.hear_epoch(reign.epoch)
        if self.reigns:
            self._superseded = reign != self.reign
            return False
        self.reign, self._follows, self._heard_s = reign, True, now_s
        return True

    def hear_beat(self, now_s: float) -> None:
        """Take note that the other candidate lives."""
        self._heard_s = now_s

    def hear_copy(self, *, whole: bool) -> None:
        """Take note whether our copy has all that its root had when we began to follow it."""
        self._whole = whole

    def lose_root(self, now_s: float) -> None:
        """Take note that the line to the other candidate is broken."""
        if self._follows and self._voice.leaves:
            self._heard_s = min(self._heard_s, now_s - _ALONE_SILENCE_S)

    def hear_hello(self, follows: int, known: Reign) -> None:
        """Take note of the epochs that another MCU of the plan knows of.

        A consent to ourselves is no reason to claim a higher one than that. A consent to another
        in the epoch in which we reign is: whoever gave it may follow only a higher one.
        """
        beyond = known.epoch - 1 if known.root == self.name else known.epoch
        if self.reigns and known.epoch == self.reign.epoch and known.root not in ("", self.name):
            beyond = known.epoch + 1
        self._voice = self._voice.hear_epoch(max(beyond, follows))
        if self.reigns and follows > self.reign.epoch:
            self._superseded = True

    def hear_consent(self, consent: Consent) -> None:
        """Take a leaf's answer."""
        self._voice = self._voice.hear(consent)

    def hear_registry(self, claim: Reign, word: Word, held: Reign | None = None) -> None:
        """Take the registry's answer to a claim; `held`: the reign that it holds instead."""
        self._voice = self._voice.hear_registry(claim, word, held.epoch if held is not None else 0)

    def hear_of(self, reign: Reign) -> None:
        """Take note of a reign that the registry knows of."""
        if reign.root == self.name and reign.epoch <= self.known:
            return
        self._voice = self._voice.hear_epoch(reign.epoch)
        if self.reigns and reign > self.reign:
            self._superseded = True

    def step(self, now_s: float) -> Doing:
        """Return what to do now."""
        if self._superseded:
            return Doing(Act.WITHDRAW, self.reign)
        if self.reigns and self.known <= self.reign.epoch:
            return Doing(Act.WAIT, self.reign)
        if not self.reigns and not self._is_silent(now_s):
            self._nobody_s = now_s
            return Doing(Act.WAIT, self.reign)
        if self._may_resume(now_s):
            return Doing(Act.REIGN, self.reign)
        claim = self._voice.claim
        match self._voice.step(silent=True):
            case Step.ASK:
                return Doing(Act.ASK, claim)
            case Step.CLAIM:
                return Doing(Act.CLAIM, claim)
            case Step.REIGN:
                return Doing(Act.REIGN, claim)
            case _:
                return Doing(Act.WAIT, claim)

    def begin_reign(self, reign: Reign) -> None:
        """Reign from now on, as `step` has said."""
        self._voice = self._voice.hear_epoch(reign.epoch)
        self.reign, self.reigns, self._follows = reign, True, False
        self._whole = True

    def _is_silent(self, now_s: float) -> bool:
        if self._follows:
            patience_s = SILENCE_S if self._voice.leaves else _ALONE_SILENCE_S
            if not self._whole:
                # Whoever has the whole log comes first, should it be back.
                patience_s += RESUME_S
            return now_s - self._heard_s > patience_s
        look_s = _LOOK_AS_STANDBY_S if self._is_standby else _LOOK_S
        return now_s - self._began_s > look_s

    def _may_resume(self, now_s: float) -> bool:
        """Return True for the last that reigned, when nobody has come of it for long.

        It takes no new epoch, so that none is shared: only it was root in its own.
        """
        mine = self.reign.root == self.name and not self.reigns
        return mine and now_s - self._nobody_s > RESUME_S
