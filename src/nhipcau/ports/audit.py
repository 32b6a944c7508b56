"""The audit port: every administrative and live action goes through it, done or refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One deed.

    Attributes:
        at_s: when; seconds since 1970-01-01 UTC.
        who: id of the account, site, guest or process; empty: nobody known.
        name: how it was called on that day.
        address: from where: network address, or `local`.
        action: a name out of `access.actions`.
        on: on whom or what: an id, perhaps with its kind before it: `account:4f…`.
        outcome: `done`, or why not.
        more: further particulars; never a password, a token or a code.
    """

    at_s: float
    who: str
    name: str
    address: str
    action: str
    on: str
    outcome: str
    more: Mapping[str, str] = field(default_factory=dict)


class AuditTrail(Protocol):
    """Takes entries; never changes or drops one. From any thread; may block on the disk."""

    def record(self, entry: AuditEntry) -> None:
        """Add one entry.

        Raises:
            StoreError: it could not be kept: the deed must not happen.
        """
        ...
