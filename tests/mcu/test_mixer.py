"""The mixer's lanes: nobody hears itself, everybody hears the others, and nobody hears a gap."""

from nhipcau.mcu.mediaplan import MediaPlan
from nhipcau.mcu.mixer import BLOCK_S, Mixer
from nhipcau.ports.transport import Mid
from nhipcau.quantities import SiteId
from nhipcau.rtp.packet import parse_rtp
from nhipcau.sound.speaker import ActiveSpeaker
from tests.mcu.medias import FarSite, MediaWorld, heard, strength

TONES = {"hall": 500.0, "coast": 1_100.0, "hills": 1_900.0}
LOUD, QUIET = 3_000.0, 100.0


class Hall:
    """Three sites and a watcher, with a mixer that has no thread."""

    def __init__(self) -> None:
        self.world = MediaWorld()
        self.sites: dict[str, FarSite] = {name: self.world.site(name) for name in TONES}
        self.watcher = self.world.site(None)
        self.open: set[str] = set(TONES)
        self.measured: set[str] = set()
        self.speaks: set[str] = set(TONES)
        self.mixer = Mixer(self._plan, self.world.streams.sound, ActiveSpeaker())
        self.got: dict[str, list[bytes]] = {}

    def _plan(self) -> MediaPlan:
        everyone = (*self.sites.values(), self.watcher)
        return MediaPlan(
            microphones={SiteId(name): self.sites[name].media for name in sorted(self.open)},
            measured={SiteId(name): self.sites[name].media for name in sorted(self.measured)},
            listeners=tuple(site.media for site in everyone),
        )

    def run(self, seconds: float) -> None:
        """Let everyone speak or be silent, mix, and keep what each has got."""
        self.got = {name: [] for name in (*TONES, "watcher")}
        for _ in range(round(seconds / BLOCK_S)):
            for name, site in self.sites.items():
                site.speak(TONES[name] if name in self.speaks else None)
            self.mixer.tick(self.world.clock.now_s())
            self.world.clock.pass_s(BLOCK_S)
            for name, site in self.sites.items():
                self.got[name] += site.packets(Mid.SOUND)
            self.got["watcher"] += self.watcher.packets(Mid.SOUND)

    def hears(self, listener: str) -> set[str]:
        """Return whose tones are in the sound of `listener`; one in between fails."""
        sound = heard(self.got[listener])
        strengths = {name: strength(sound, tone_hz) for name, tone_hz in TONES.items()}
        assert all(s > LOUD or s < QUIET for s in strengths.values()), strengths
        return {name for name, s in strengths.items() if s > LOUD}


def test_every_open_site_hears_everyone_but_itself_and_the_rest_hear_all() -> None:
    hall = Hall()
    hall.run(0.5)
    hall.run(1.0)
    assert hall.hears("watcher") == {"hall", "coast", "hills"}
    for name in TONES:
        assert hall.hears(name) == set(TONES) - {name}


def test_a_closed_microphone_is_not_heard_and_hears_the_common_mix() -> None:
    hall = Hall()
    hall.open = {"hall", "coast"}
    hall.run(0.5)
    hall.run(1.0)
    assert hall.hears("hills") == {"hall", "coast"}
    assert hall.got["hills"] == hall.got["watcher"]
    assert hall.hears("hall") == {"coast"}


def test_a_microphone_that_was_closed_keeps_no_sound_and_is_heard_again() -> None:
    hall = Hall()
    hall.run(1.0)
    coast = hall.sites["coast"].media.microphone
    before = coast.stats()
    hall.open = {"hall"}
    hall.run(1.0)
    assert before.delay_ms > 0
    assert coast.stats().delay_ms == 0
    assert coast.stats().concealed >= before.concealed
    hall.open = set(TONES)
    hall.run(0.5)
    hall.run(1.0)
    assert hall.hears("watcher") == {"hall", "coast", "hills"}


def test_all_lanes_share_one_numbering_and_one_timestamp() -> None:
    hall = Hall()
    hall.run(0.5)
    lanes = [[parse_rtp(packet) for packet in packets] for packets in hall.got.values()]
    for lane in lanes:
        assert [p.seq for p in lane] == [p.seq for p in lanes[0]]
        assert [p.timestamp for p in lane] == [p.timestamp for p in lanes[0]]
        assert {p.ssrc for p in lane} == {lanes[0][0].ssrc}
    first = lanes[0]
    assert [p.timestamp - first[0].timestamp for p in first] == [960 * n for n in range(len(first))]


def test_who_opens_and_closes_a_microphone_hears_no_gap_and_never_itself() -> None:
    hall = Hall()
    hall.open = {"hall", "coast"}
    hall.run(0.5)
    numbers: list[int] = []
    for is_open in (True, False, True, False):
        hall.open = {"hall", "coast", *(["hills"] if is_open else [])}
        hall.run(0.6)
        assert hall.hears("hills") == {"hall", "coast"}
        numbers += [parse_rtp(packet).seq for packet in hall.got["hills"]]
    assert numbers == list(range(numbers[0], numbers[0] + 4 * 30))


def test_with_all_closed_silence_is_sent_at_the_same_pace() -> None:
    hall = Hall()
    hall.open = set()
    hall.run(0.4)
    assert len(hall.got["watcher"]) == 20
    assert not heard(hall.got["watcher"]).any()
    assert hall.mixer.levels == {}


def test_a_measured_microphone_has_a_level_and_is_heard_by_nobody() -> None:
    hall = Hall()
    hall.open, hall.measured = {"hall"}, {"hills"}
    hall.run(0.5)
    hall.run(0.5)
    assert hall.hears("watcher") == {"hall"}
    assert hall.hears("hills") == {"hall"}
    assert hall.mixer.levels[SiteId("hills")] > -30
    assert hall.mixer.speaking == "hall"


def test_the_one_who_speaks_is_the_speaker_and_levels_tell_how_loud() -> None:
    hall = Hall()
    hall.speaks = {"coast"}
    hall.run(2.0)
    assert hall.mixer.speaking == "coast"
    assert hall.mixer.levels[SiteId("coast")] > -30
    assert hall.mixer.levels[SiteId("hills")] == -127
    hall.speaks = {"hills"}
    hall.run(3.0)
    assert hall.mixer.speaking == "hills"


def test_a_closed_microphone_frees_its_decoder() -> None:
    hall = Hall()
    hall.run(0.3)
    microphone = hall.sites["hills"].media.microphone
    assert microphone._decoder is not None
    hall.open = {"hall"}
    hall.run(0.1)
    assert hall.sites["hills"].media.microphone._decoder is None


def test_a_lane_without_sound_is_sent_none_and_a_loan_with_sound_what_its_site_may_hear() -> None:
    world = MediaWorld()
    lane, loan = world.site(None), world.site(None)
    lane.media.hears = loan.media.hears = False
    mixer = Mixer(lambda: plan, world.streams.sound, ActiveSpeaker())
    plan = MediaPlan(listeners=(lane.media, loan.media))
    mixer.tick(0.0)
    assert lane.packets(Mid.SOUND) == loan.packets(Mid.SOUND) == []
    loan.media.move(SiteId("coast"))
    mixer.tick(0.02)
    assert loan.packets(Mid.SOUND) == []
    loan.media.hears = True
    mixer.tick(0.04)
    assert lane.packets(Mid.SOUND) == []
    assert len(loan.packets(Mid.SOUND)) == 1
