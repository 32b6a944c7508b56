"""What the live plane tells the audit: who came and went, what was asked of the meeting, by whom.

hello ─▶ entered │ turned away        message ─▶ did │ was refused        ─▶ left, lost, removed

Everything passes here on the event loop and costs it one append to a bounded queue.
"""

from collections.abc import Mapping
from types import MappingProxyType

from nhipcau.access.actions import Action
from nhipcau.audit.entry import DONE
from nhipcau.mcu.endpoint import Endpoint
from nhipcau.mcu.host import ConferenceHost
from nhipcau.ports.audit import AuditEntry, AuditTrail
from nhipcau.ports.clock import Clock
from nhipcau.quantities import SiteId

# Deeds of an endpoint that no policy has to allow.
LEAVE = "live.leave"
# Credentials of those who came by a link that the office handed out.
_LINK = "link:"


class LiveAudit:
    """Tells the audit of one conference's endpoints. All of it runs on the event loop."""

    def __init__(self, host: ConferenceHost, clock: Clock) -> None:
        self._host = host
        self._clock = clock
        # Set by whoever starts the process; a node without one is a test's or a bench's.
        self.trail: AuditTrail | None = None

    def entered(self, endpoint: Endpoint) -> None:
        """An endpoint took its seat, or watches from now on."""
        arrival = endpoint.arrival
        more = {"endpoint": endpoint.id, "agent": arrival.agent}
        if endpoint.ticket.credential:
            more["by"] = endpoint.ticket.credential
        if arrival.director:
            more["director"] = "true"
        if endpoint.ticket.resumes:
            more["resumes"] = "true"
        self._of(endpoint, Action.LIVE_ENTER.value, more=more)

    def turned_away(self, address: str, code: str) -> None:
        """Somebody who said hello was not let in; who it is, is not proven."""
        action, on = Action.LIVE_ENTER.value, self._meeting()
        self._tell(AuditEntry(self._clock.wall_s(), "", "", address, action, on, code))

    def left(self, endpoint: Endpoint, why: str) -> None:
        """An endpoint is gone: `left`, `lost`, `replaced`, `removed` or `revoked`."""
        self._of(endpoint, LEAVE, more={"endpoint": endpoint.id, "why": why})

    def did(
        self, endpoint: Endpoint, action: str, said: Mapping[str, object], outcome: str = DONE
    ) -> None:
        """An endpoint asked for something: done, or refused with a code.

        Args:
            endpoint: who asked.
            action: a name out of `access.actions`.
            said: the message's particulars; `site` is on whom.
            outcome: `done`, or the code of the refusal.
        """
        site = said.get("site")
        more = {name: _word(value) for name, value in said.items() if name != "site"}
        if isinstance(site, str) and site:
            more["on_name"] = self._name(SiteId(site))
        on = f"site:{site}" if site else self._meeting()
        self._of(endpoint, action, on, outcome, more)

    def _of(
        self,
        endpoint: Endpoint,
        action: str,
        on: str = "",
        outcome: str = DONE,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        site, role = endpoint.site, endpoint.ticket.role.value
        self._tell(
            AuditEntry(
                at_s=self._clock.wall_s(),
                who=_who(endpoint),
                name=self._name(site),
                address=endpoint.arrival.address,
                action=action,
                on=on or (f"site:{endpoint.seat}" if endpoint.seat else self._meeting()),
                outcome=outcome,
                more={"role": role, **more},
                page="room" if endpoint.seat is not None else role,
            )
        )

    def _tell(self, entry: AuditEntry) -> None:
        if self.trail is not None:
            self.trail.record(entry)

    def _meeting(self) -> str:
        return f"meeting:{self._host.state.conference}"

    def _name(self, site: SiteId | None) -> str:
        row = self._host.state.sites.get(site) if site else None
        return "" if row is None else row.name


def _who(endpoint: Endpoint) -> str:
    """Return who an endpoint is: its device or guest, else whose site, else the link it came by."""
    credential, site = endpoint.ticket.credential, endpoint.site
    by_link = not credential or credential.startswith(_LINK)
    return f"site:{site}" if site and by_link else credential


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
