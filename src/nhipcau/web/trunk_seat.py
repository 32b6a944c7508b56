"""A seat behind a leaf: the root admits it, the leaf makes its connection.

Session ─ endpoint admitted ─▶ FarSeat ─ seated ─▶ trunk ─▶ leaf: offers the page its six lines
"""

from dataclasses import dataclass

from nhipcau.conference.commands import Role
from nhipcau.mcu.admission import Ticket
from nhipcau.mcu.desk import Desk
from nhipcau.mcu.endpoint import Arrival, Endpoint
from nhipcau.mcu.trunk import Trunk, TrunkOutbox
from nhipcau.ports.trunk import Seated, Seating
from nhipcau.quantities import McuName


@dataclass(frozen=True, slots=True)
class FarSeat:
    """Where the media of a channel's page are made; `at`: at which leaf below it."""

    trunk: Trunk
    channel: int
    outbox: TrunkOutbox
    at: McuName | None = None

    def seat(self, desk: Desk, endpoint: Endpoint) -> None:
        """Have the leaf make the connection of an endpoint that was admitted."""
        endpoint.via, endpoint.at = self.trunk, self.at or self.trunk.mcu
        message = Seated(
            channel=self.channel,
            endpoint=endpoint.id,
            line_bps=desk.begin_far(endpoint),
            seating=_seating(endpoint.ticket, endpoint.arrival),
        )
        self.outbox.send(message)


def _seating(ticket: Ticket, arrival: Arrival) -> Seating:
    return Seating(
        role=ticket.role.value,
        site=ticket.site,
        subtree=ticket.subtree,
        credential=ticket.credential,
        thumbprint=ticket.thumbprint,
        is_guest=ticket.is_guest,
        bearer=ticket.bearer,
        kind=arrival.kind,
        capture=arrival.capture,
        agent=arrival.agent,
        synthetic=arrival.synthetic,
        address=arrival.address,
    )


def seated_by(seating: Seating) -> tuple[Ticket, Arrival]:
    """Return what a leaf says of an endpoint that was seated before the trunk was lost, or that
    stood ready there.

    The leaf has proven that it is an MCU of the plan: what it admitted, it may bring.
    """
    ticket = Ticket(
        Role(seating.role),
        seating.site,
        seating.subtree,
        seating.credential,
        seating.thumbprint,
        is_guest=seating.is_guest,
        resumes=seating.resumes,
        bearer=seating.bearer,
    )
    arrival = Arrival(
        seating.kind,
        seating.capture,
        seating.agent,
        seating.takeover,
        seating.synthetic,
        address=seating.address,
        moves=seating.moves,
    )
    return ticket, arrival
