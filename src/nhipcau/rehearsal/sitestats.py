"""What a fleet says of one of its sites."""

from dataclasses import dataclass

from nhipcau.ports.transport import ConnectionState
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.counting import FlowStats
from nhipcau.rehearsal.endpoint import Phase
from nhipcau.rehearsal.gaps import Switch
from nhipcau.rehearsal.outgoing import OutgoingStats


@dataclass(frozen=True, slots=True)
class SiteStats:
    """One site, now.

    Attributes:
        phase: where it stands with its MCU.
        connection: where its media connection stands, None without one.
        calls: signalling connections opened.
        called_s: monotonic seconds at which the last one was begun, None before the first.
        tally: `on_air`, `next`, `listen`, None before the first state.
        mic_open: as the conference has it.
        hand: place in the queue, None when it is down.
        last_error: code of the last refusal.
        hang_ups: connections that the site itself gave up.
        camera, microphone: what this connection has sent, None without a connection.
        sent_octets: bytes on the wire up since the last connection was made: RTP and RTCP where the
            site has a line of its own to count them (else 0), and still pictures.
        program, content, sound: what all connections have received.
        here: the MCU that serves it, "" where that does not say.
        stands_ready: it has a warm connection to another.
        switches: each change of MCU.
    """

    code: SiteId
    phase: Phase
    connection: ConnectionState | None
    calls: int
    called_s: float | None
    tally: str | None
    mic_open: bool
    hand: int | None
    last_error: str | None
    malformed: int
    hang_ups: int
    camera: OutgoingStats | None
    microphone: OutgoingStats | None
    sent_octets: int
    program: FlowStats
    content: FlowStats
    sound: FlowStats
    here: str = ""
    stands_ready: bool = False
    switches: tuple[Switch, ...] = ()
