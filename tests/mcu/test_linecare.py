"""Care of the lines: what a viewer's reports do to its rung, and which goes first."""

from nhipcau.conference.commands import Role
from nhipcau.mcu.admission import Ticket
from nhipcau.mcu.endpoint import Arrival, Endpoint, Outbox
from nhipcau.mcu.ladder import CONTENT_VIEW, PROGRAM_VIEW, ladder_of
from nhipcau.mcu.linecare import LineCare
from nhipcau.mcu.rung import Rung, RungPlace
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid
from nhipcau.quantities import Bitrate, SiteId, Ssrc, ViewId
from nhipcau.rtp.rtcp_feedback import Nack
from tests.mcu.medias import FarSite, MediaWorld

SECOND_PACKETS = 120


class Cared:
    """One viewer, packets that are said to have been sent to it, and the care of its line."""

    def __init__(self, line_bps: int | None = None) -> None:
        self.world = MediaWorld()
        self.site: FarSite = self.world.site("coast")
        self.care = LineCare()
        self.care.begin(self.site.media, Bitrate(line_bps) if line_bps else None)
        ticket = Ticket(Role.SITE, SiteId("coast"), None)
        arrival = Arrival("site", True, "", False, False)
        media = self.site.media
        self.endpoint = Endpoint(media.endpoint, ticket, arrival, 0, Outbox(), media)
        self._indices = {Mid.PROGRAM: 0, Mid.CONTENT: 0}
        self.fps = 25
        self._serve(Mid.PROGRAM, PROGRAM_VIEW)

    def _serve(self, mid: Mid, view: ViewId) -> None:
        watcher = self.site.media.watcher(mid)
        place = RungPlace(PAYLOAD_TYPES[mid], Ssrc(watcher.stream.sender.ssrc), self, 0)
        rung = Rung(ladder_of(view)[0], place, self.world.codecs)
        watcher.served = rung
        watcher.numbers.enter(rung.sender.cache, 0)

    def share(self) -> None:
        self._serve(Mid.CONTENT, CONTENT_VIEW)

    def second(self, *, lost: int = 0, sharing: bool = False, **report: float) -> None:
        """Let a second pass in which so many packets are asked for again."""
        mids = (Mid.PROGRAM, Mid.CONTENT) if sharing else (Mid.PROGRAM,)
        for mid in mids:
            watcher = self.site.media.watcher(mid)
            first = self._indices[mid]
            self._indices[mid] += SECOND_PACKETS
            watcher.numbers.note_sent(self._indices[mid] - 1, SECOND_PACKETS, 120_000)
            watcher.numbers.pictures += self.fps
            if lost:
                seqs = tuple(seq & 0xFFFF for seq in range(first, first + lost))
                self.site.say(mid, Nack(1, watcher.stream.sender.ssrc, seqs))
        now_s = self.world.clock.pass_s(1.0)
        for viewer in self.site.media.viewers.values():
            viewer.poll(now_s)
        if report:
            self.endpoint.report = dict(report)
        self.care.tick({self.endpoint.id: self.endpoint}, now_s, sharing=sharing)

    def wishes(self) -> tuple[int, int]:
        media = self.site.media
        return media.watcher(Mid.PROGRAM).wish, media.watcher(Mid.CONTENT).wish


def test_the_declared_rate_counts_before_the_first_packet() -> None:
    assert Cared().wishes() == (0, 0)
    assert Cared(2_000_000).wishes() == (0, 1)
    assert Cared(1_300_000).wishes() == (0, 2)
    assert Cared(512_000).wishes() == (1, 2)
    assert Cared(150_000).wishes() == (2, 2)
    assert Cared(64_000).wishes() == (3, 2)


def test_packets_that_are_asked_for_again_in_crowds_bring_a_lower_rung() -> None:
    cared = Cared()
    cared.second()
    cared.second(lost=5)
    assert cared.wishes() == (0, 0)
    cared.second(lost=60)
    assert cared.wishes() == (1, 2)
    stats = cared.care.stats()[cared.endpoint.id]
    assert (stats.rung, stats.sent, stats.nacked) == ("720p", 3 * SECOND_PACKETS, 65)


def test_content_goes_first() -> None:
    cared = Cared()
    cared.share()
    cared.second(sharing=True)
    cared.second(sharing=True, lost=40)
    program, content = cared.wishes()
    assert program == 0
    assert content > 0


def test_a_report_is_read_once() -> None:
    cared = Cared()
    cared.second()
    cared.second(loss_down=0.6)
    assert cared.wishes()[0] == 1
    for _ in range(5):
        cared.second()
    assert cared.wishes()[0] == 1


def test_a_page_that_shows_half_of_its_pictures_gets_smaller_ones() -> None:
    cared = Cared()
    for _ in range(8):
        cared.second(fps=10.0, freezes=1.0)
    assert cared.wishes()[0] > 0


def test_pictures_that_were_never_made_are_not_the_pages_fault() -> None:
    cared = Cared()
    cared.fps = 10
    for _ in range(8):
        cared.second(fps=10.0, freezes=1.0)
    assert cared.wishes() == (0, 0)


def test_who_went_is_cared_for_no_more() -> None:
    cared = Cared()
    assert cared.care.rung(cared.endpoint.id) == "720p"
    cared.care.forget(cared.endpoint.id)
    assert cared.care.rung(cared.endpoint.id) is None
    assert cared.care.stats() == {}


def test_a_viewer_that_is_served_no_picture_is_on_sound() -> None:
    cared = Cared()
    cared.site.media.watcher(Mid.PROGRAM).served = None
    assert cared.care.rung(cared.endpoint.id) == "sound"
