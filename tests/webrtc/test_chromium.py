"""A real Chromium takes our offer: its camera and microphone come in, our picture is shown."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from playwright.sync_api import Page

from nhipcau.ports.transport import PAYLOAD_TYPES, ConnectionState, Mid
from nhipcau.rtp.packet import is_rtcp, parse_rtp
from nhipcau.rtp.sendtime import send_time, send_time_step_s
from nhipcau.webrtc.rtc import RtcConnection, RtcTransport
from tests.webrtc.loops import MediaLoop
from tests.webrtc.packets import MCU_LINES, next_packet, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


JOIN = """async ([offer, capture]) => {
  const peer = (window.peer = new RTCPeerConnection());
  window.streams = {};
  peer.ontrack = (event) => {
    window.streams[event.transceiver.mid] = event.streams.map((stream) => stream.id);
    if (event.transceiver.mid === "program") {
      const video = document.createElement("video");
      video.autoplay = true; video.srcObject = event.streams[0];
      document.body.append(video);
    }
  };
  await peer.setRemoteDescription({ type: "offer", sdp: offer });
  if (capture) {
    const media = await navigator.mediaDevices.getUserMedia({
      video: { width: 640, height: 360 }, audio: true });
    for (const one of peer.getTransceivers()) {
      const kind = { camera: "video", microphone: "audio" }[one.mid];
      if (!kind) continue;
      one.direction = "sendonly";
      await one.sender.replaceTrack(media.getTracks().find((track) => track.kind === kind));
    }
  }
  await peer.setLocalDescription(await peer.createAnswer());
  return peer.localDescription.sdp;
}"""

STATS = """async () => {
  const found = { decoded: 0, width: 0, sound: 0 };
  for (const one of (await window.peer.getStats()).values()) {
    if (one.type !== "inbound-rtp") continue;
    if (one.kind === "video" && one.mid === "program") {
      found.decoded = one.framesDecoded; found.width = one.frameWidth || 0;
    }
    if (one.kind === "audio") found.sound = one.totalAudioEnergy || 0;
  }
  return found;
}"""

COLOUR = """() => {
  const video = document.querySelector("video");
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  return Array.from(context.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data);
}"""


@contextmanager
def feeding(connection: RtcConnection) -> Iterator[None]:
    """Send picture and sound from a thread while the context is open."""
    over = threading.Event()

    def run() -> None:
        loop, number, start_s = MediaLoop(), 0, time.monotonic()
        while not over.wait(max(0.0, start_s + number * 0.02 - time.monotonic())):
            for packet in loop.sound(number):
                connection.pipe(Mid.SOUND).send(packet)
            if number % 2 == 0:
                for packet in loop.picture(number // 2):
                    connection.pipe(Mid.PROGRAM).send(packet)
            number += 1

    thread = threading.Thread(target=run, name="feed")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def join(page: Page, mcu: RtcTransport, *, capture: bool) -> RtcConnection:
    connection = mcu.offer(MCU_LINES)
    answer = page.evaluate(JOIN, [connection.local_sdp(), capture])
    connection.accept(answer)
    wait_until(lambda: connection.state() is ConnectionState.CONNECTED)
    return connection


def is_red(pixel: list[int]) -> bool:
    """Return True for what (82, 90, 240) is in BT.601 limited range."""
    red, green, blue, _ = pixel
    return red > 245 and green < 12 and blue < 12


def next_rtp(connection: RtcConnection, mid: Mid) -> bytes:
    while True:
        packet = next_packet(connection.pipe(mid))
        if not is_rtcp(packet):
            return packet


def test_camera_and_microphone_come_in_and_the_program_is_seen_and_heard(
    page: Page, mcu: RtcTransport
) -> None:
    connection = join(page, mcu, capture=True)
    with feeding(connection):
        for mid in (Mid.CAMERA, Mid.MICROPHONE):
            for _ in range(30):
                assert parse_rtp(next_rtp(connection, mid)).payload_type == PAYLOAD_TYPES[mid]
        wait_until(lambda: page.evaluate(STATS)["decoded"] > 50)
        wait_until(lambda: page.evaluate(STATS)["sound"] > 0)
        assert page.evaluate(STATS)["width"] == 640
        wait_until(lambda: is_red(page.evaluate(COLOUR)))
    connection.close()


def test_the_browser_says_when_each_packet_of_a_picture_left(page: Page, mcu: RtcTransport) -> None:
    connection = join(page, mcu, capture=True)
    packets = [parse_rtp(next_rtp(connection, Mid.CAMERA)) for _ in range(60)]
    left = [send_time(packet) for packet in packets]
    assert None not in left
    steps = [send_time_step_s(a, b) for a, b in pairwise(left) if a is not None and b is not None]
    assert all(-0.001 < step < 5 for step in steps)
    assert sum(steps) > 0.1
    connection.close()


def test_program_and_sound_are_one_stream_and_content_another(
    page: Page, mcu: RtcTransport
) -> None:
    connection = join(page, mcu, capture=False)
    streams = page.evaluate("() => window.streams")
    assert streams["program"] == streams["sound"] == ["mcu-bridge"]
    assert streams["content"] == ["mcu-share"]
    connection.close()


def test_the_browser_reports_loss_and_asks_for_a_key_frame(page: Page, mcu: RtcTransport) -> None:
    connection = join(page, mcu, capture=False)
    kinds: set[tuple[int, int]] = set()

    def note() -> bool:
        while (packet := connection.pipe(Mid.PROGRAM).receive()) is not None:
            at = 0
            while at + 4 <= len(packet):
                kinds.add((packet[at + 1], packet[at] & 0x1F if packet[at + 1] > 204 else 0))
                at += 4 + 4 * int.from_bytes(packet[at + 2 : at + 4])
        return {(201, 0), (205, 1), (206, 1)} <= kinds

    loop = MediaLoop()
    # A beginning without its key frame, and holes: RR, NACK and PLI must come.
    packets = [packet for number in range(1, 49) for packet in loop.picture(number)]
    start_s = time.monotonic()

    def lossy() -> bool:
        number = int((time.monotonic() - start_s) * 25)
        while sent[0] <= number:
            if sent[0] % 7:
                connection.pipe(Mid.PROGRAM).send(packets[sent[0] % len(packets)])
            sent[0] += 1
        return note()

    sent = [0]
    wait_until(lossy)
    connection.close()
