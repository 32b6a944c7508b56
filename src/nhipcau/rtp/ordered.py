"""An incoming stream brought into order, whatever its codec.

    _arrived ─┬─ next ──▶ _accept, and what waited behind it
              └─ ahead ─▶ pending
    _gave_up ─▶ gaps are closed (_hole)

Source: RFC 3550 §A.1 (sequence numbers).
"""

from abc import abstractmethod

from nhipcau.rtp.inbound import MAX_MISORDER, InboundStream, StreamSpec
from nhipcau.rtp.nack import NackPolicy
from nhipcau.rtp.packet import RtpPacket


class OrderedStream(InboundStream):
    """One incoming RTP stream in order; codecs hang on `_accept`, `_hole` and `_begin`."""

    def __init__(self, spec: StreamSpec, policy: NackPolicy) -> None:
        super().__init__(spec, policy)
        self._pending: dict[int, RtpPacket] = {}
        self._gone: dict[int, None] = {}
        self._next = 0

    @abstractmethod
    def _accept(self, packet: RtpPacket, now_s: float) -> None:
        """Take the next packet in order."""

    @abstractmethod
    def _hole(self, count: int, now_s: float) -> None:
        """Take that `count` packets before the next one will never come."""

    @abstractmethod
    def _begin(self, now_s: float, *, other_source: bool) -> None:
        """Take that the next packet begins a new sequence, perhaps of another source."""

    def _waited(self, index: int, packet: RtpPacket, now_s: float) -> None:
        """Look at a packet that has to wait behind a gap; sound has nothing to see there."""
        return

    def _arrived(self, index: int, packet: RtpPacket, now_s: float) -> None:
        if index != self._next:
            self._hold(index, packet, now_s)
            return
        self._next = index + 1
        self._accept(packet, now_s)
        if self._pending:
            self._drain(now_s)

    def _gave_up(self, count: int, last: int, now_s: float) -> None:
        del count, last
        self._skip(now_s)

    def _began(self, first: int, now_s: float, *, other_source: bool) -> None:
        self._next = first
        self._pending.clear()
        self._gone.clear()
        self._begin(now_s, other_source=other_source)

    def _is_wanted_late(self, index: int) -> bool:
        if index in self._gone:
            del self._gone[index]
            self._late += 1
        else:
            self._duplicates += 1
        return False

    def _hold(self, index: int, packet: RtpPacket, now_s: float) -> None:
        """Keep a packet that came before its turn; too many, and the first gap is given up."""
        pending = self._pending
        pending[index] = packet
        if len(pending) > self._spec.max_pending:
            self._overflows += 1
            self._nack.forget_before(min(pending))
            self._skip(now_s)
        else:
            self._waited(index, packet, now_s)

    def _drain(self, now_s: float) -> None:
        """Hand on what waited for its turn."""
        pending = self._pending
        while (packet := pending.pop(self._next, None)) is not None:
            self._next += 1
            self._accept(packet, now_s)

    def _skip(self, now_s: float) -> None:
        """Close the gaps that were given up, as far as the sequence then goes on."""
        nack = self._nack
        while self._next <= self._highest and self._next not in nack:
            if self._next in self._pending:
                self._drain(now_s)
                continue
            first = self._next
            while (
                self._next <= self._highest
                and self._next not in self._pending
                and self._next not in nack
            ):
                self._abandon(self._next)
                self._next += 1
            self._hole(self._next - first, now_s)

    def _abandon(self, index: int) -> None:
        """Count a packet as lost and remember it, so that it is known when it comes after all."""
        self._lost += 1
        self._gone[index] = None
        if len(self._gone) > MAX_MISORDER:
            del self._gone[next(iter(self._gone))]

    def _jump(self, index: int, now_s: float) -> None:
        """Go on at `index`; what is missing or waits below it is of no use any more."""
        self._nack.forget_before(index)
        for below in range(self._next, index):
            if self._pending.pop(below, None) is None:
                self._abandon(below)
        self._next = max(self._next, index)
        self._drain(now_s)
