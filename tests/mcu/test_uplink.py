"""A camera's way up: measured while someone sees it, and its site told by REMB."""

from nhipcau.picture.frame import solid
from nhipcau.ports.transport import Mid
from nhipcau.quantities import Bitrate
from nhipcau.rtp.estimator import START_BPS
from nhipcau.rtp.rtcp_feedback import Remb
from tests.mcu.medias import GREEN, FarSite, MediaWorld

# 172 kbit/s as the twin of the codec encodes it.
SMALL = solid(32, 18, GREEN)


def send(site: FarSite, seconds: float, *, period_s: float = 0.04) -> list[Remb]:
    """Send pictures that were taken 40 ms apart and arrive `period_s` apart; return the REMBs."""
    said: list[Remb] = []
    for _ in range(round(seconds / period_s)):
        site.world.clock.pass_s(period_s)
        site.show(SMALL, keyframe=False)
        said += [message for message in site.rtcp(Mid.CAMERA) if isinstance(message, Remb)]
    return said


def test_a_camera_that_is_seen_is_told_once_a_second_what_its_line_carries() -> None:
    site = MediaWorld().site("coast")
    site.media.camera.want(True)
    told = send(site, 10)
    assert len(told) in range(9, 13)
    assert {remb.bitrate_bps for remb in told} == {START_BPS}
    assert told[0].ssrcs == (71,)


def test_a_camera_that_nobody_sees_is_neither_measured_nor_told() -> None:
    site = MediaWorld().site("coast")
    assert send(site, 5, period_s=0.05) == []
    assert site.media.uplink.bps == START_BPS


def test_a_queue_that_grows_is_told_at_once() -> None:
    site = MediaWorld().site("coast")
    site.media.camera.want(True)
    send(site, 2.5)
    told = send(site, 0.9, period_s=0.048)
    assert told
    assert told[-1].bitrate_bps < START_BPS / 2


def test_what_comes_while_nobody_sees_it_is_no_queue() -> None:
    site = MediaWorld().site("coast")
    site.media.camera.want(True)
    send(site, 2)
    site.media.camera.want(False)
    send(site, 3, period_s=0.5)
    site.media.camera.want(True)
    send(site, 3)
    assert site.media.uplink.bps == START_BPS


def test_a_declared_line_is_never_told_more() -> None:
    site = MediaWorld().site("coast")
    site.media.uplink.declare(Bitrate(467_000))
    site.media.camera.want(True)
    told = send(site, 5)
    assert max(remb.bitrate_bps for remb in told) <= 467_000
    site.media.uplink.trust(Bitrate(2_000_000))
    send(site, 1)
    assert site.media.uplink.bps == 467_000
