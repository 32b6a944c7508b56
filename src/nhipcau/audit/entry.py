"""One deed, as whoever did or refused it tells it to the audit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """What became of a deed, in one word."""

    DONE = "done"
    # By somebody who may not, or at a moment when it can't be.
    REFUSED = "refused"
    # Allowed, but it went wrong: ours or the machine's fault.
    FAILED = "failed"


DONE = "done"
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One deed.

    Attributes:
        at_s: when; seconds since 1970-01-01 UTC.
        who: id of the account, site, guest or process, its kind before it: `account:4f…`,
            `device:…`, `site:22333`, `guest:…`, `process:…`; empty: nobody known.
        name: how it was called on that day.
        address: from where: network address, or `local`.
        action: a name out of `access.actions`, or one of the live plane's own: `live.join`.
        on: on whom or what: an id, perhaps with its kind before it: `account:4f…`.
        outcome: `done`; or why not: the code of the refusal; or `failed`, perhaps with a code
            behind it: `failed:disk`.
        more: further particulars; never a password, a token or a code. What is called so is
            written as dots all the same.
        page: which of our pages it came from: `chair`; empty: none.
    """

    at_s: float
    who: str
    name: str
    address: str
    action: str
    on: str
    outcome: str
    more: Mapping[str, str] = field(default_factory=dict)
    page: str = ""

    def verdict(self) -> Verdict:
        """Return what became of it."""
        if self.outcome == DONE:
            return Verdict.DONE
        failed = self.outcome.partition(":")[0] == FAILED
        return Verdict.FAILED if failed else Verdict.REFUSED
