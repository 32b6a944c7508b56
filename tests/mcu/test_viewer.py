"""A viewer's RTCP: what it lacks is sent again byte for byte, and never its own voice."""

from nhipcau.mcu.ladder import PROGRAM_VIEW, RungSpec
from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.mcu.rung import Rung, RungPlace
from nhipcau.mcu.viewer import Viewer
from nhipcau.picture.frame import solid
from nhipcau.ports.codec import VideoSpec
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid
from nhipcau.quantities import Bitrate, SiteId, Ssrc
from nhipcau.rtp.packet import parse_rtp
from nhipcau.rtp.rtcp_feedback import Fir, Nack, Pli
from nhipcau.rtp.rtcp_reports import SenderReport
from nhipcau.sound.block import silence
from tests.mcu.medias import FarSite, MediaWorld, tone

SITE = SiteId("coast")


class Line:
    """A site that gets program and sound; what is sent to it reaches it only on a NACK."""

    def __init__(self) -> None:
        self.world = MediaWorld()
        self.site: FarSite = self.world.site(SITE)
        self.program = self.world.streams.view(PROGRAM_VIEW)
        self.sound = self.world.streams.sound
        self._ticks = 0
        spec = RungSpec("rung", VideoSpec(320, 180, 25, Bitrate(1)), Bitrate(1))
        ssrc = Ssrc(self.program.sender.ssrc)
        place = RungPlace(PAYLOAD_TYPES[Mid.PROGRAM], ssrc, self, 0)
        self.rung = Rung(spec, place, self.world.codecs)

    def picture(self) -> list[bytes]:
        """Make a picture and note that the site got it."""
        self._ticks += 1
        now_s = 1_000.0 + 0.04 * self._ticks
        frame = self.rung.encode(solid(320, 180), 3_600 * self._ticks, now_s)
        watcher = self.site.media.watcher(Mid.PROGRAM)
        if watcher.served is None:
            watcher.served = self.rung
            watcher.numbers.enter(self.rung.sender.cache, frame.index)
        watcher.numbers.note_sent(frame.index + len(frame.packets) - 1, len(frame.packets), 0)
        return list(frame.packets)

    def is_key(self, seconds: float) -> bool:
        """Return True when the picture of then is a key frame."""
        before = self.rung.keyframes
        self._ticks = round(seconds * 25)
        self.picture()
        return self.rung.keyframes > before

    def sound_packet(self, *, is_open: bool) -> bytes:
        """Make 20 ms of sound; return what this site is to get of it.

        The common lane has the site's voice (a tone) while it is open; its own lane has silence.
        """
        self._ticks += 1
        pts = 960 * self._ticks
        common = tone(self._ticks, 440.0) if is_open else silence(pts)
        lanes = self.sound.encode(common, {SITE: silence(pts)} if is_open else {}, pts)
        return lanes.own.get(SITE, lanes.common)

    def ask(self, mid: Mid, *seqs: int) -> list[bytes]:
        """Send a NACK and return what comes back."""
        viewer = self.viewer(mid)
        self.site.say(mid, Nack(1, viewer.stream.sender.ssrc, seqs))
        viewer.poll(self.world.clock.pass_s(0.05))
        return self.site.packets(mid)

    def viewer(self, mid: Mid) -> Viewer:
        return self.site.media.viewers[mid]


def seq(packet: bytes) -> int:
    return parse_rtp(packet).seq


def test_a_lost_packet_is_sent_again_byte_for_byte() -> None:
    line = Line()
    packets = line.picture()
    lost = packets[3:7]
    assert line.ask(Mid.PROGRAM, *(seq(packet) for packet in lost)) == lost
    assert line.viewer(Mid.PROGRAM).stats().resent == 4


def test_what_is_no_longer_kept_is_counted_as_missed() -> None:
    line = Line()
    first = line.picture()[0]
    for _ in range(40):
        line.picture()
    assert line.ask(Mid.PROGRAM, seq(first)) == []
    assert line.viewer(Mid.PROGRAM).stats().missed == 1


def test_the_same_packet_is_not_sent_twice_at_once() -> None:
    line = Line()
    packet = line.picture()[0]
    viewer = line.viewer(Mid.PROGRAM)
    for _ in range(3):
        line.site.say(Mid.PROGRAM, Nack(1, viewer.stream.sender.ssrc, (seq(packet),)))
    viewer.poll(line.world.clock.now_s())
    assert line.site.packets(Mid.PROGRAM) == [packet]


def test_sound_comes_from_the_lane_that_the_site_listens_to() -> None:
    line = Line()
    own = [line.sound_packet(is_open=True) for _ in range(3)]
    line.viewer(Mid.SOUND).poll(line.world.clock.now_s())
    later = line.sound_packet(is_open=True)
    assert line.ask(Mid.SOUND, seq(later)) == [later]
    assert own[0] != later


def test_after_closing_its_microphone_a_site_never_gets_its_own_voice() -> None:
    line = Line()
    before = [line.sound_packet(is_open=True) for _ in range(5)]
    line.viewer(Mid.SOUND).poll(line.world.clock.now_s())
    after = [line.sound_packet(is_open=False)]
    # The common lane's cache holds the tone under these numbers.
    cache = line.sound.lane_cache(SITE)
    assert cache.get(seq(before[-1])) not in (None, before[-1])
    assert line.ask(Mid.SOUND, *(seq(packet) for packet in before)) == []
    after += [line.sound_packet(is_open=False) for _ in range(3)]
    wanted = after[-2:]
    assert line.ask(Mid.SOUND, *(seq(packet) for packet in wanted)) == wanted


def test_opening_it_again_begins_a_lane_of_its_own_anew() -> None:
    line = Line()
    line.sound_packet(is_open=True)
    closed = line.sound_packet(is_open=False)
    line.viewer(Mid.SOUND).poll(line.world.clock.now_s())
    line.sound_packet(is_open=True)
    assert line.ask(Mid.SOUND, seq(closed)) == []
    again = line.sound_packet(is_open=True)
    assert line.ask(Mid.SOUND, seq(again)) == [again]


def test_a_hundred_requests_for_a_key_frame_are_one() -> None:
    line = Line()
    ssrc = line.program.sender.ssrc
    assert line.is_key(1.0)
    for _ in range(50):
        line.site.say(Mid.PROGRAM, Pli(1, ssrc))
        line.site.say(Mid.PROGRAM, Fir(1, ((ssrc, 7),)))
    now_s = line.world.clock.now_s()
    line.viewer(Mid.PROGRAM).poll(now_s)
    assert line.is_key(1.04)
    assert not line.is_key(1.08)
    line.site.say(Mid.PROGRAM, Pli(1, ssrc))
    line.viewer(Mid.PROGRAM).poll(now_s + 1.0)
    assert not line.is_key(2.0)
    assert line.is_key(3.04)


def test_a_leaf_s_request_for_a_key_frame_waits_half_a_second_at_most() -> None:
    line = Line()
    ssrc = line.program.sender.ssrc
    line.site.media.watcher(Mid.PROGRAM).stands_for_many = True
    assert line.is_key(1.0)
    for seconds, key in ((1.04, True), (1.2, False), (1.6, True)):
        line.site.say(Mid.PROGRAM, Pli(1, ssrc))
        line.viewer(Mid.PROGRAM).poll(line.world.clock.pass_s(0.1))
        assert line.is_key(seconds) is key


def test_sender_reports_count_what_this_viewer_got() -> None:
    line = Line()
    sent = len(line.picture())
    viewer = line.viewer(Mid.PROGRAM)
    clock = MediaClock(line.world.clock.now_s(), line.world.clock.wall_s())
    viewer.send_report(line.program.report(clock, line.world.clock.now_s()))
    report = line.site.rtcp(Mid.PROGRAM)[0]
    assert isinstance(report, SenderReport)
    assert (report.packets, report.ssrc) == (sent, line.program.sender.ssrc)


def test_feedback_on_another_stream_and_garbage_change_nothing() -> None:
    line = Line()
    packet = line.picture()[0]
    viewer = line.viewer(Mid.PROGRAM)
    line.site.say(Mid.PROGRAM, Pli(1, 424_242), Nack(1, 424_242, (seq(packet),)))
    line.site.far.pipe(Mid.PROGRAM).send(b"\x81\xc8" + b"\xff" * 30)
    viewer.poll(line.world.clock.now_s())
    assert line.site.packets(Mid.PROGRAM) == []
    assert not line.is_key(0.08)
    assert viewer.stats().malformed == 1
