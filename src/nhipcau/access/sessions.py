"""Sessions: what a sign-in leaves, how far it has come, and when it is over."""

from dataclasses import dataclass
from enum import StrEnum

from nhipcau.access.actor import AccountId

# A working day at most, and no longer than a long lunch without a sign of life.
ABSOLUTE_S = 12 * 3600.0
IDLE_S = 2 * 3600.0
# To find the telephone with the codes, or to enrol one.
PENDING_S = 10 * 60.0
# How exactly the last sign of life is kept: not every request writes.
SEEN_EVERY_S = 60.0


class Stage(StrEnum):
    """How far a sign-in has come."""

    # The password was right; a code of the second factor is due.
    CODE = "code"
    # The password was right; a second factor must be enrolled.
    ENROL = "enrol"
    # In, but for a password that somebody else chose.
    RENEW = "renew"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in.

    Attributes:
        id: names it in lists; whoever knows it can't use it.
        secret: hash of the cookie.
        account: whose.
        stage: how far it has come.
        created_s, seen_s: seconds since 1970-01-01 UTC; `seen_s` to the minute.
        address, agent: from where and with what, for its owner to recognize it.
    """

    id: str
    secret: str
    account: AccountId
    stage: Stage
    created_s: float
    seen_s: float
    address: str
    agent: str

    @property
    def due(self) -> bool:
        """True while it is good for nothing but to go on with the sign-in."""
        return self.stage is not Stage.IN

    def is_over(self, now_s: float) -> bool:
        """Return True when its time is over: since the last sign of life, or in all."""
        longest_s = ABSOLUTE_S if self.stage is Stage.IN else PENDING_S
        return now_s - self.created_s >= longest_s or now_s - self.seen_s >= IDLE_S
