"""The quantities that every room shares: identifiers, rates, and 16-bit serial arithmetic.

Nothing here knows a protocol. Identifiers are `NewType`s, free at run time, so that mypy tells a
site from a conference. Sequence numbers are plain ints with functions, because one is compared for
every packet.

    Seq16:   ... 65534 65535 0 1 2 ...      seq_after(1, 65535) is True
"""

from typing import NamedTuple, NewType

SiteId = NewType("SiteId", str)
"""A site (điểm cầu). In the demo it is the code of the site's unit, "22732"."""

ConferenceId = NewType("ConferenceId", str)
EndpointId = NewType("EndpointId", str)
"""One device and connection by which a site, or a chair's page, takes part now."""

DeviceId = NewType("DeviceId", str)
"""A room's browser, enrolled once; it keeps its id while its keys change."""

ViewId = NewType("ViewId", str)
"""One composed picture of a conference: "program", "content", or one of a director's."""

McuName = NewType("McuName", str)
Ssrc = NewType("Ssrc", int)
"""RTP synchronization source, 32 bits. Source: RFC 3550 §3."""

Seq16 = NewType("Seq16", int)
"""RTP sequence number, 0 to 65535, wraps. Source: RFC 3550 §5.1."""

Bitrate = NewType("Bitrate", int)
"""Bits per second."""

_SEQ_MOD = 1 << 16
_SEQ_HALF = 1 << 15
_STAMP_MOD = 1 << 32
_STAMP_HALF = 1 << 31


class MediaTime(NamedTuple):
    """An instant on a media clock: unwrapped ticks and the clock's rate in Hz."""

    ticks: int
    rate_hz: int

    def seconds(self) -> float:
        """Return the instant in seconds since the clock's zero."""
        return self.ticks / self.rate_hz


def seq_add(seq: int, step: int) -> Seq16:
    """Return `seq` moved by `step` (which may be negative), wrapped to 16 bits."""
    return Seq16((seq + step) % _SEQ_MOD)


def seq_delta(later: int, earlier: int) -> int:
    """Return how far `later` lies after `earlier`, from -32768 to 32767.

    Source: RFC 1982 §3.2 (serial number arithmetic), with the undefined middle read as negative.
    """
    return (later - earlier + _SEQ_HALF) % _SEQ_MOD - _SEQ_HALF


def seq_after(left: int, right: int) -> bool:
    """Return True when `left` comes after `right` in serial order."""
    return seq_delta(left, right) > 0


def unwrap_seq(seq: int, near: int) -> int:
    """Return the unbounded number that wraps to `seq` and lies nearest to the unbounded `near`."""
    return near + seq_delta(seq, near % _SEQ_MOD)


def unwrap_timestamp(stamp: int, near: int) -> int:
    """Return the unbounded RTP timestamp that wraps to the 32-bit `stamp`, nearest to `near`."""
    return near + (stamp - near + _STAMP_HALF) % _STAMP_MOD - _STAMP_HALF
