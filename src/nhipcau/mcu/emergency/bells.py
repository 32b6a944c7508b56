"""The rooms that wait at this front to be called, and how each of them stands. One event loop.

proof ─▶ join ─▶ Bell: ring, over ─▶ its page
                   ▲ standing: in which meeting, what it answered
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from nhipcau.credentials import statements
from nhipcau.credentials.keys import BadKeyError, PublicKey
from nhipcau.credentials.statements import Challenge
from nhipcau.mcu.admission import PROOF_MS, Proof
from nhipcau.mcu.emergency.reaching import NotCalledError
from nhipcau.mcu.endpoint import Farewell, Outbox
from nhipcau.ports.devices import EmergencyPolicy
from nhipcau.ports.directory import Directory, EmergencyCall, KnownDevice
from nhipcau.quantities import ConferenceId, DeviceId, SiteId

# Every device of the largest directory.
MOST_BELLS = 4000
_REPLACED = 4409


class RoomState(StrEnum):
    """What a room does now, as the calling office sees it."""

    IDLE = "idle"
    # In the meeting that it is called to.
    MEETING = "meeting"
    # In another one.
    BUSY = "busy"
    RINGING = "ringing"
    DECLINED = "declined"


@dataclass(slots=True, eq=False)
class Bell:
    """One room's page that waits.

    Attributes:
        device, site: who it is.
        outbox: what its page is told.
        meeting: the conference that the page is in; None: in none.
        declined: calls that somebody there has put aside.
    """

    device: DeviceId
    site: SiteId
    outbox: Outbox
    meeting: ConferenceId | None = None
    declined: frozenset[ConferenceId] = field(default_factory=frozenset)

    def state(self, calls: Iterable[EmergencyCall]) -> RoomState:
        """Return how it stands towards the calls to it."""
        open_calls = [one.conference for one in calls]
        if self.meeting is not None:
            return RoomState.MEETING if self.meeting in open_calls else RoomState.BUSY
        if not open_calls:
            return RoomState.IDLE
        if all(one in self.declined for one in open_calls):
            return RoomState.DECLINED
        return RoomState.RINGING


class Bells:
    """All bells of this front."""

    def __init__(self) -> None:
        self._by_device: dict[DeviceId, Bell] = {}

    def join(self, bell: Bell) -> None:
        """Let a room wait here; an earlier page of the same device is let go.

        Raises:
            NotCalledError: `overloaded`: more wait here than there are devices.
        """
        earlier = self._by_device.pop(bell.device, None)
        if earlier is not None:
            earlier.outbox.send(Farewell(_REPLACED))
        elif len(self._by_device) >= MOST_BELLS:
            raise NotCalledError("overloaded", "too many rooms wait here")
        self._by_device[bell.device] = bell

    def leave(self, bell: Bell) -> None:
        """Let a room go; one that was replaced is gone already."""
        if self._by_device.get(bell.device) is bell:
            del self._by_device[bell.device]

    def ring(self, call: EmergencyCall, directory: Directory) -> int:
        """Ring at all rooms of a call; return how many pages rang."""
        called, policies = set(call.sites), policies_of(directory)
        rung = [bell for bell in self._by_device.values() if bell.site in called]
        for bell in rung:
            bell.outbox.send(ring_message(call, policies.get(bell.device)))
        return len(rung)

    def over(self, call: EmergencyCall) -> None:
        """Tell the rooms of a call that it is over."""
        called = set(call.sites)
        for bell in self._by_device.values():
            if bell.site in called:
                bell.outbox.send({"type": "over", "conference": call.conference})

    def dismiss(self, directory: Directory) -> None:
        """Let go of devices that the directory has no more, or at another site."""
        known = {one.device: one.site for one in directory.devices}
        for bell in list(self._by_device.values()):
            if known.get(bell.device) != bell.site:
                bell.outbox.send({"type": "error", "code": "revoked", "detail": "not enrolled"})
                bell.outbox.send(Farewell(4403))
                self.leave(bell)

    def states(self, calls: Iterable[EmergencyCall]) -> Mapping[SiteId, RoomState]:
        """Return how each site with a waiting page stands; of several pages the busiest counts."""
        to_site: defaultdict[SiteId, list[EmergencyCall]] = defaultdict(list)
        for call in calls:
            for site in call.sites:
                to_site[site].append(call)
        found: dict[SiteId, RoomState] = {}
        for bell in self._by_device.values():
            state = bell.state(to_site[bell.site])
            if found.get(bell.site) is not RoomState.MEETING:
                found[bell.site] = state
        return found

    def __len__(self) -> int:
        return len(self._by_device)


def policies_of(directory: Directory) -> Mapping[DeviceId, EmergencyPolicy]:
    """Return what each device does when it is called."""
    return {one.device: one.policy for one in directory.devices}


def ring_message(call: EmergencyCall, policy: EmergencyPolicy | None) -> Mapping[str, object]:
    """Return what a room's page is told when it is called."""
    return {
        "type": "ring",
        "conference": call.conference,
        "url": call.url,
        "title": call.title,
        "caller": call.caller,
        "round": call.round,
        "at_ms": call.at_ms,
        "policy": (policy or EmergencyPolicy.ASK).value,
    }


def proven_device(
    directory: Directory | None, proof: Proof, challenge: Challenge | None, now_s: float
) -> KnownDevice:
    """Return the enrolled device that signed this connection's challenge.

    Raises:
        NotCalledError: `no_directory`, `proof_invalid`, `unknown_device` or `revoked`.
    """
    if directory is None:
        raise NotCalledError("no_directory", "this MCU was never told of any room")
    if challenge is None or not 0 <= now_s * 1000 - challenge.at_ms <= PROOF_MS:
        raise NotCalledError("proof_invalid", "a device signs this connection's challenge, in time")
    try:
        key = PublicKey.read(proof.key)
    except BadKeyError as error:
        raise NotCalledError("proof_invalid", str(error)) from None
    statement = statements.bell(challenge, proof.device, proof.key)
    if not key.verifies(proof.signature, statement):
        raise NotCalledError("proof_invalid", "the signature is not of this challenge")
    if proof.device in directory.revoked:
        raise NotCalledError("revoked", "this device was revoked")
    for known in directory.devices:
        if known.device == proof.device and proof.key in known.keys:
            return known
    raise NotCalledError("unknown_device", "this device is not enrolled")
