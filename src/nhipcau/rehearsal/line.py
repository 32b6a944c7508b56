"""The line of a synthetic site: loss, delay and a rate, one way at a time. Pure: `now` comes in.

    datagram, now ─▶ Direction ─▶ when it is through, or never

All media lines of a site share its line, each way for itself. `relay` puts it into the road of the
site's datagrams; signalling is not touched.
"""

from random import Random

from pydantic import BaseModel, ConfigDict, Field

# Beside its payload a datagram has the headers of IPv4 and UDP.
_HEADER_BYTES = 28
# What an ordinary router keeps for a thin line before it throws away.
_QUEUE_S = 0.3


class LineProfile(BaseModel):
    """How good a site's line is, both ways.

    Attributes:
        loss: share of datagrams that are lost, 0 to 1, each for itself.
        delay_ms: one way.
        rate_kbps: what goes through, None for no bound; 0.3 s of it wait, the rest is lost.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    loss: float = Field(default=0.0, ge=0, le=0.9)
    delay_ms: float = Field(default=0.0, ge=0, le=5_000)
    rate_kbps: float | None = Field(default=None, gt=0)


class Direction:
    """One way of a line: says of each datagram when it is through, if ever.

    Attributes:
        profile: how good it is; another one counts from the next datagram on.
        datagrams, octets: that set out, with their headers.
        lost, overflown: of these, by chance and for want of room.
    """

    def __init__(self, profile: LineProfile, rng: Random) -> None:
        """Begin with an empty line.

        Args:
            profile: how good it is.
            rng: its own, so that the same seed loses the same datagrams.
        """
        self.profile = profile
        self._rng = rng
        self._free_s = 0.0
        self.datagrams = self.octets = self.lost = self.overflown = 0

    def due_s(self, payload_bytes: int, now_s: float) -> float | None:
        """Return when a datagram that sets out now is through, None when it is lost."""
        profile, size = self.profile, payload_bytes + _HEADER_BYTES
        self.datagrams += 1
        self.octets += size
        if profile.loss and self._rng.random() < profile.loss:
            self.lost += 1
            return None
        delay_s = profile.delay_ms / 1000
        if profile.rate_kbps is None:
            return now_s + delay_s
        start_s = max(now_s, self._free_s)
        if start_s - now_s > _QUEUE_S:
            self.overflown += 1
            return None
        self._free_s = start_s + 8 * size / (1000 * profile.rate_kbps)
        return self._free_s + delay_s
