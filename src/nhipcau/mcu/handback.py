"""Hands that were up where a part of the meeting went on: raised again when their rooms are back.

In their order, one after the other: whoever is not back for a while is passed over. They are asked
for as by the room itself, and the meeting judges them so.
"""

import json
from collections.abc import Sequence

from nhipcau.mcu.leaf import LeafNode
from nhipcau.mcu.leafchannel import LeafChannel
from nhipcau.ports.clock import Clock
from nhipcau.quantities import SiteId

# Rooms are back within two seconds; behind one that is not, others wait no longer.
_PATIENCE_S = 5.0
_RAISED = json.dumps({"type": "hand", "up": True})


class HandBack:
    """Raises hands for the rooms of one leaf."""

    def __init__(self, leaf: LeafNode, clock: Clock) -> None:
        self._leaf = leaf
        self._clock = clock
        self._waiting: list[SiteId] = []
        self._since_s = 0.0

    def begin(self, hands: Sequence[SiteId]) -> None:
        """Raise these from now on, in order."""
        self._waiting = list(dict.fromkeys(hands))
        self._since_s = self._clock.now_s()

    def tick(self) -> None:
        """Raise those whose turn has come; the trunk is up."""
        now_s = self._clock.now_s()
        while self._waiting:
            channel = self._channel_of(self._waiting[0])
            if channel is None and now_s - self._since_s < _PATIENCE_S:
                return
            site = self._waiting.pop(0)
            self._since_s = now_s
            state = self._leaf.replica.state
            # It may have been up before the line was cut: then it has kept its place.
            if channel is not None and site not in (*state.hands, *state.asked):
                self._leaf.hear(channel, _RAISED)

    def _channel_of(self, site: SiteId) -> LeafChannel | None:
        return next((one for one in self._leaf.channels.values() if one.seat == site), None)
