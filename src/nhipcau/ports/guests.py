"""The guest store port: who was invited to which meeting from outside."""

from dataclasses import dataclass
from typing import Protocol

from nhipcau.quantities import ConferenceId, SiteId


@dataclass(frozen=True, slots=True)
class Guest:
    """One invitation: one agency, one meeting. The PIN is kept as a slow hash only.

    Times are milliseconds since 1970-01-01 UTC.
    """

    site: SiteId
    meeting: ConferenceId
    agency: str
    person: str
    pin: str
    created_ms: int
    expires_ms: int
    withdrawn_ms: int | None = None


class GuestStore(Protocol):
    """Keeps invitations. Calls block and may come from any thread, several at once."""

    def add(self, guest: Guest) -> None:
        """Keep an invitation.

        Raises:
            StoreError: the store can't be reached, as with every other method.
        """
        ...

    def guests(self, meeting: ConferenceId) -> tuple[Guest, ...]:
        """Return the invitations to a meeting, the withdrawn too, the oldest first."""
        ...

    def withdraw(self, site: SiteId, at_ms: int) -> bool:
        """Note that an invitation is good no more; return False where there is none that is."""
        ...

    def close(self) -> None:
        """Let go of it; may be called twice."""
        ...
