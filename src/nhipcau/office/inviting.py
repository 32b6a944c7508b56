"""Guests: one agency, one meeting, one link with an end and a PIN.

The link and the PIN are shown once, to whoever invites, and go two ways: the link by post or
e-mail, the PIN by telephone. The calls block for the store.
"""

import secrets
from dataclasses import dataclass

from nhipcau.credentials.codes import make_pin, pin_record
from nhipcau.office.links import LinkMaker
from nhipcau.office.meetings import Meeting
from nhipcau.ports.clock import Clock
from nhipcau.ports.guests import Guest, GuestStore
from nhipcau.quantities import SiteId

_SALT_BYTES = 16
_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as it is shown once."""

    guest: Guest
    link: str
    pin: str


@dataclass(frozen=True, slots=True)
class Inviting:
    """Invites guests to meetings."""

    store: GuestStore
    links: LinkMaker
    clock: Clock

    def invite(self, meeting: Meeting, agency: str, person: str, hours: float) -> Invitation:
        """Keep and return a fresh invitation, good for `hours` from now.

        Raises:
            StoreError: the store can't be reached.
        """
        now_s = self.clock.wall_s()
        pin = make_pin(secrets.randbelow)
        guest = Guest(
            site=SiteId(f"guest-{secrets.token_hex(_ID_BYTES)}"),
            meeting=meeting.meeting,
            agency=agency,
            person=person,
            pin=pin_record(pin, secrets.token_bytes(_SALT_BYTES)),
            created_ms=round(now_s * 1000),
            expires_ms=round((now_s + hours * 3600) * 1000),
        )
        self.store.add(guest)
        return Invitation(guest, self.links.guest(meeting, guest.site, hours * 3600), pin)

    def withdraw(self, site: SiteId) -> bool:
        """Let the invitation be good no more; return False where there is none that is.

        Raises:
            StoreError: the store can't be reached.
        """
        return self.store.withdraw(site, round(self.clock.wall_s() * 1000))
