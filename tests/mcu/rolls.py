"""A roll call in virtual time: rooms that show and sound what a test wants, and the caller."""

from collections.abc import Mapping

from nhipcau.conference import commands as c
from nhipcau.conference.rollcall import Doubt
from nhipcau.conference.state import ConferenceState
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.host import ConferenceHost
from nhipcau.mcu.rollcaller import STEP_S, Ears, RollCaller
from nhipcau.picture.frame import Picture
from nhipcau.ports.transport import ConnectionState
from nhipcau.quantities import ConferenceId, EndpointId, SiteId
from nhipcau.storage.memorylog import MemoryLog
from tests.mcu.machine import HandClock
from tests.mcu.medias import MediaWorld

HALL = SiteId("hall")
CHAIR = c.Actor(c.Role.CHAIR, HALL)


class Roll:
    """A conference of these sites and no hall's room; nobody is connected at first."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.world = MediaWorld()
        self.levels: dict[SiteId, int] = {}
        self._medias: dict[SiteId, EndpointMedia] = {}
        self._joins = 0
        clock: HandClock = self.world.clock
        self._clock = clock
        self._host = ConferenceHost(MemoryLog([]), clock)
        rows = tuple(c.RosterRow(SiteId(name), name, "commune") for name in names)
        self._host.command(c.Open(ConferenceId("m"), "m", SiteId(names[0]), ("2x2",), rows))
        ears = Ears(self._medias.get, self.levels.get)
        self.caller = RollCaller(self._host, ears, clock)

    @property
    def state(self) -> ConferenceState:
        return self._host.state

    def connect(self, *names: str) -> None:
        """Let rooms come in, or come back with another connection."""
        for name in names:
            self._joins += 1
            site = SiteId(name)
            media = self.world.site(f"{name} {self._joins}").media
            media.state = ConnectionState.CONNECTED
            self._medias[site] = media
            endpoint = EndpointId(f"{name}-{self._joins}")
            self._host.command(c.SiteJoined(site, endpoint, capture=True))

    def call(self) -> None:
        """Call the roll."""
        outcome = self._host.command(c.CallRoll(c.Actor(c.Role.CHAIR, SiteId(self.names[0]))))
        assert isinstance(outcome, tuple), outcome

    def pass_tenth(
        self, *, pictures: Mapping[str, Picture], levels: Mapping[str, int] | None = None
    ) -> None:
        """Let a tenth of a second pass in which these pictures were decoded."""
        self._clock.pass_s(STEP_S)
        self.levels.clear()
        self.levels.update({SiteId(name): level for name, level in (levels or {}).items()})
        for name, picture in pictures.items():
            camera = self._medias[SiteId(name)].camera
            camera.picture, camera.version = picture, camera.version + 1
        self.caller.step()

    def pass_seconds(self, seconds: float) -> None:
        """Let time pass in which nothing comes."""
        for _ in range(round(seconds / STEP_S)):
            self.pass_tenth(pictures={})

    def doubts(self, name: str) -> tuple[Doubt, ...]:
        evidence = self.state.roll.entries[SiteId(name)].evidence
        return evidence.doubts() if evidence is not None else ()
