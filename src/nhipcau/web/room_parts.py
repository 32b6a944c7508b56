"""What the APIs of devices and guests lean on, and what they share: who may, and the audit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fastapi import Request
from starlette.exceptions import HTTPException

from nhipcau.access.actions import Action
from nhipcau.access.policy import allows
from nhipcau.audit.entry import DONE
from nhipcau.office.enrolment import Enrolment
from nhipcau.office.inviting import Inviting
from nhipcau.office.meetings import Meeting, MeetingBook, UnknownMeetingError
from nhipcau.office.people.parts import Caller, site_target
from nhipcau.office.placing import Addresses
from nhipcau.office.sitenames import SiteNames
from nhipcau.ports.audit import AuditEntry, AuditTrail
from nhipcau.ports.clock import Clock
from nhipcau.quantities import ConferenceId, SiteId
from nhipcau.web.ratelimit import HelloLimit

# A person types a code within seconds and mistypes twice; whoever tries codes waits.
_TRIES_PER_S = 1 / 6
_TRIES_AT_ONCE = 10
_ALL = "everybody"
_ALL_PER_S = 5.0
_ALL_AT_ONCE = 100


def _no_fronts(_: SiteId) -> Sequence[str]:
    return ()


def _nobody_hears() -> None:
    return None


@dataclass(frozen=True, slots=True)
class RoomParts:
    """What devices and guests need of the office.

    `fronts` tells the origins of the MCUs' fronts at which a site's room waits to be called;
    `changed` is called on the event loop when devices have changed.
    """

    enrolment: Enrolment
    inviting: Inviting
    book: MeetingBook
    names: SiteNames
    clock: Clock
    audit: AuditTrail | None = None
    addresses: Addresses | None = None
    fronts: Callable[[SiteId], Sequence[str]] = _no_fronts
    changed: Callable[[], None] = _nobody_hears
    tries: HelloLimit = field(default_factory=lambda: HelloLimit(_TRIES_PER_S, _TRIES_AT_ONCE))
    all_tries: HelloLimit = field(default_factory=lambda: HelloLimit(_ALL_PER_S, _ALL_AT_ONCE))

    def urls(self, meeting: Meeting, site: SiteId | None = None) -> tuple[str, ...]:
        """Return how a room reaches a meeting now, the best first; none: it is hosted nowhere."""
        where = self.addresses
        return (meeting.mcu_url,) if where is None else where.urls(meeting, site)

    def check_tries(self, request: Request) -> None:
        """Count one try at a code, of this address and of all.

        Raises:
            HTTPException: 429: too many.
        """
        now_s = self.clock.now_s()
        waits = (
            self.tries.retry_ms(address_of(request), now_s),
            self.all_tries.retry_ms(_ALL, now_s),
        )
        wait_ms = max(wait or 0 for wait in waits)
        if wait_ms:
            headers = {"Retry-After": str(-(-wait_ms // 1000))}
            raise HTTPException(429, "too many tries: wait a moment", headers=headers)

    def meeting(self, meeting: str) -> Meeting:
        """Return a meeting.

        Raises:
            HTTPException: 404: there is none of that id.
        """
        try:
            return self.book.get(ConferenceId(meeting))
        except UnknownMeetingError:
            raise HTTPException(404, f"no meeting has the id {meeting!r}") from None

    def note(self, request: Request, action: Action, on: str, outcome: str = DONE) -> None:
        """Tell the audit of a deed of this request."""
        if self.audit is None:
            return
        caller: Caller | None = getattr(request.state, "caller", None)
        account = None if caller is None else caller.actor.account
        self.audit.record(
            AuditEntry(
                self.clock.wall_s(),
                "" if account is None else f"account:{account}",
                "" if caller is None else caller.actor.name,
                address_of(request),
                action.value,
                on,
                outcome,
            )
        )

    def seeing(self, request: Request) -> Callable[[SiteId], bool]:
        """Return what tells whether a site's devices are of the caller's subtree."""
        view, actor = self.names.view(), request.state.caller.actor
        return lambda site: allows(actor, Action.DEVICES_READ, site_target(view, site))


def address_of(request: Request) -> str:
    """Return where a request comes from."""
    return request.client.host if request.client is not None else ""
