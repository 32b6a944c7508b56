"""A real Chromium is moved between the rungs a hundred times, and notices nothing but the size."""

import time
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.mcu.audience import Audience
from nhipcau.mcu.downstream import VideoStream
from nhipcau.mcu.fanout import FanOut
from nhipcau.mcu.ladder import PROGRAM_LADDER
from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.mcu.rung import Rung, RungPlace
from nhipcau.mcu.watcher import Watcher
from nhipcau.picture.frame import Picture, solid
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid
from nhipcau.quantities import Ssrc
from nhipcau.webrtc.rtc import RtcTransport
from tests.webrtc.packets import SSRCS, WallClock
from tests.webrtc.test_chromium import join

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

CHANGES = 100
TICK_S = 0.04

STATS = """async () => {
  for (const one of (await window.peer.getStats()).values()) {
    if (one.type === "inbound-rtp" && one.mid === "program") {
      return { decoded: one.framesDecoded, dropped: one.framesDropped, width: one.frameWidth,
        freezes: one.freezeCount, plis: one.pliCount, nacks: one.nackCount,
        lost: one.packetsLost, received: one.framesReceived };
    }
  }
  return null;
}"""

# The longest pause between two pictures that were shown.
WATCH_GAPS = """() => {
  const video = document.querySelector("video");
  window.longest = 0; let last = 0;
  const seen = (now) => {
    if (last) window.longest = Math.max(window.longest, now - last);
    last = now; video.requestVideoFrameCallback(seen);
  };
  video.requestVideoFrameCallback(seen);
}"""


class Stage:
    """The rungs of a program that moves, and one viewer of it: what composer and fan-out do."""

    def __init__(self, watcher: Watcher, stream: VideoStream) -> None:
        clock = WallClock()
        codecs = PyAvCodecs(clock)
        self.watcher = watcher
        self.fanout = FanOut(clock)
        self._audience = Audience()
        self._clock = MediaClock(clock.now_s(), clock.wall_s())
        self._scaler = codecs.scaler()
        place = (PAYLOAD_TYPES[Mid.PROGRAM], Ssrc(stream.sender.ssrc))
        self._rungs = [
            Rung(spec, RungPlace(*place, self, at), codecs)
            for at, spec in enumerate(PROGRAM_LADDER)
        ]
        self._picture = solid(1280, 720, (110, 128, 128))
        self._random = np.random.default_rng(1)
        self._number = 0

    def tick(self, now_s: float) -> None:
        self._audience.follow([(self._rungs, [self.watcher])])
        self._audience.ask()
        frames = []
        for rung in self._rungs:
            if rung not in self._audience.in_use:
                rung.close()
            elif rung.is_due(now_s):
                video = rung.spec.video
                picture = self._scaler.scale(self._moving(), video.width, video.height)
                frames.append(rung.encode(picture, self._clock.picture_ticks(now_s), now_s))
        self._audience.seat(frames)
        self.fanout.put(frames)

    def _moving(self) -> Picture:
        self._number += 1
        noise = self._random.integers(90, 140, (120, 160), dtype=np.uint8)
        at = self._number * 8 % 1_000
        self._picture.y[200:320, at : at + 160] = noise
        return self._picture


def test_a_hundred_changes_of_rung_cost_no_picture_and_no_freeze(
    page: Page, mcu: RtcTransport
) -> None:
    connection = join(page, mcu, capture=False)
    stream = VideoStream(Mid.PROGRAM, SSRCS[Mid.PROGRAM], "mcu", 0.0)
    watcher = Watcher(connection.pipe(Mid.PROGRAM), stream)
    stage = Stage(watcher, stream)
    stage.fanout.start(lambda _name: lambda: None)
    widths, due_s = set(), time.monotonic()
    before: dict[str, Any] = {}
    since = 0
    while watcher.numbers.switches < CHANGES:
        stage.tick(due_s)
        watcher.poll(time.monotonic())
        since += 1
        if watcher.numbers.switches == 1 and not before:
            page.evaluate(WATCH_GAPS)
            before = page.evaluate(STATS)
        if watcher.served is not None and watcher.served.place == watcher.wish and since >= 16:
            # Up as well as down at once: another viewer could have asked for that key frame.
            watcher.set_wish((1, 2, 0, 2, 1, 0)[watcher.numbers.switches % 6])
            stage._rungs[watcher.wish].want_keyframe(newcomer=True)
            since = 0
            widths.add(page.evaluate(STATS)["width"])
        due_s += TICK_S
        time.sleep(max(0.0, due_s - time.monotonic()))
    after = page.evaluate(STATS)
    stage.fanout.stop()
    connection.close()
    longest_ms = page.evaluate("() => window.longest")
    print(before, after, longest_ms, widths)
    assert widths == {1280, 640, 320}
    assert after["freezes"] == before["freezes"]
    assert after["plis"] == before["plis"]
    assert after["lost"] == 0
    assert after["received"] - after["decoded"] - after["dropped"] <= 5
    assert longest_ms < 400
