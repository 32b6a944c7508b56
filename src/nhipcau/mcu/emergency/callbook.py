"""The calls that are not over: this MCU's, and those that the other MCUs tell of. Pure.

pressed ─▶ same rooms, not over? ─▶ the same call, next round
                  no ─▶ room for one more? ─▶ a new call
over, twelve hours ─▶ gone
"""

from collections.abc import Mapping
from dataclasses import dataclass

from nhipcau.mcu.emergency.reaching import NotCalledError
from nhipcau.ports.directory import CALL_LIFETIME_S, EmergencyCall, EmergencyCalls
from nhipcau.quantities import ConferenceId, McuName, SiteId

# What one MCU carries at once beside its planned meetings; more is a flood.
MOST_CALLS = 4
# Rooms that are called again within this time still ring from before.
ROUND_MS = 60_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is pressed: a title, by whom, and whom it calls."""

    title: str
    chair_site: SiteId
    sites: tuple[SiteId, ...]


class CallBook:
    """Keeps the calls. One event loop."""

    def __init__(self, mcu: McuName) -> None:
        self._mcu = mcu
        self._own: dict[ConferenceId, EmergencyCall] = {}
        self._pressed_ms: dict[ConferenceId, int] = {}
        self._others: dict[McuName, tuple[EmergencyCall, ...]] = {}

    def own(self) -> EmergencyCalls:
        """Return this MCU's calls, as the others are told of them."""
        return EmergencyCalls(calls=tuple(self._own.values()))

    def all(self, now_ms: int) -> tuple[EmergencyCall, ...]:
        """Return every call that is not over, the newest last."""
        others = [call for calls in self._others.values() for call in calls]
        alive = [one for one in (*self._own.values(), *others) if not _is_old(one, now_ms)]
        return tuple(sorted(alive, key=lambda one: (one.at_ms, one.conference)))

    def of_site(self, site: SiteId, now_ms: int) -> tuple[EmergencyCall, ...]:
        """Return the calls to one site."""
        return tuple(one for one in self.all(now_ms) if site in one.sites)

    def again(self, wanted: Wanted, now_ms: int) -> EmergencyCall | None:
        """Return the call to the same rooms that is not over, None where there is none.

        Pressed once more within a minute nothing changes; later the rooms ring anew.
        """
        for call in self._own.values():
            same = call.chair_site == wanted.chair_site and set(call.sites) == set(wanted.sites)
            if not same or _is_old(call, now_ms):
                continue
            if now_ms - self._pressed_ms.get(call.conference, call.at_ms) < ROUND_MS:
                return call
            return self.put(call.model_copy(update={"round": call.round + 1}), now_ms)
        return None

    def check_room(self, now_ms: int) -> None:
        """Go on only if one more conference may be called here.

        Raises:
            NotCalledError: `too_many`.
        """
        for call in [one for one in self._own.values() if _is_old(one, now_ms)]:
            self.over(call.conference)
        if len(self._own) >= MOST_CALLS:
            raise NotCalledError("too_many", f"{MOST_CALLS} emergency meetings run here already")

    def put(self, call: EmergencyCall, now_ms: int) -> EmergencyCall:
        """Keep a call of this MCU, a new one or one that changed; return it."""
        self._own[call.conference] = call
        self._pressed_ms[call.conference] = now_ms
        return call

    def over(self, conference: ConferenceId) -> EmergencyCall | None:
        """Forget a call of this MCU; return it, None where there is none of that id."""
        self._pressed_ms.pop(conference, None)
        return self._own.pop(conference, None)

    def restore(self, calls: EmergencyCalls, now_ms: int) -> None:
        """Take what this MCU had called before it was started anew."""
        for call in calls.calls:
            if call.mcu == self._mcu and not _is_old(call, now_ms):
                self.put(call, call.at_ms)

    def heard(self, mcu: McuName, calls: EmergencyCalls) -> None:
        """Take what another MCU says of its calls; of ours nobody else knows better."""
        if mcu != self._mcu:
            self._others[mcu] = tuple(one for one in calls.calls if one.mcu == mcu)

    def stats(self) -> Mapping[str, int]:
        """Return how many calls are this MCU's, and how many others'."""
        return {"own": len(self._own), "others": sum(map(len, self._others.values()))}


def _is_old(call: EmergencyCall, now_ms: int) -> bool:
    return now_ms - call.at_ms > CALL_LIFETIME_S * 1000
