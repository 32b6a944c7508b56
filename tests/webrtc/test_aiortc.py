"""An independent peer in Python, aiortc, takes our offer: ICE, DTLS, SRTP and media both ways."""

import asyncio

import aioice.ice
import numpy as np
import pytest
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from av import AudioFrame, VideoFrame

from nhipcau.ports.transport import PAYLOAD_TYPES, ConnectionState, Mid
from nhipcau.rtp.packet import is_rtcp, parse_rtp
from nhipcau.webrtc.rtc import RtcConnection, RtcTransport
from tests.webrtc.loops import MediaLoop
from tests.webrtc.packets import MCU_LINES, wait_until

pytestmark = pytest.mark.slow


async def answer(peer: RTCPeerConnection, offer: str) -> str:
    """Return aiortc's answer: a camera and a microphone up, everything down."""
    await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    for transceiver in peer.getTransceivers():
        if transceiver.mid == Mid.CAMERA:
            transceiver.sender.replaceTrack(VideoStreamTrack())
            transceiver.direction = "sendonly"
        elif transceiver.mid == Mid.MICROPHONE:
            transceiver.sender.replaceTrack(AudioStreamTrack())
            transceiver.direction = "sendonly"
    await peer.setLocalDescription(await peer.createAnswer())
    return str(peer.localDescription.sdp)


async def feed(connection: RtcConnection) -> None:
    """Send the loop, 25 pictures and 50 packets of sound a second."""
    loop, number = MediaLoop(), 0
    while True:
        for packet in loop.sound(number):
            connection.pipe(Mid.SOUND).send(packet)
        if number % 2 == 0:
            for packet in loop.picture(number // 2):
                connection.pipe(Mid.PROGRAM).send(packet)
        number += 1
        await asyncio.sleep(0.02)


async def collect(connection: RtcConnection, mid: Mid, count: int) -> list[bytes]:
    """Return the next `count` RTP packets of a line."""
    found: list[bytes] = []
    while len(found) < count:
        packet = connection.pipe(mid).receive()
        if packet is None:
            await asyncio.sleep(0.005)
        elif not is_rtcp(packet):
            found.append(packet)
    return found


async def one_call(mcu: RtcTransport) -> None:
    connection = mcu.offer(MCU_LINES)
    # With its default policy it leaves the second audio line on a transport of its own.
    peer = RTCPeerConnection(RTCConfiguration(bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    offer = connection.local_sdp()
    assert offer is not None
    connection.accept(await answer(peer, offer))
    await asyncio.to_thread(wait_until, lambda: connection.state() is ConnectionState.CONNECTED)
    feeding = asyncio.create_task(feed(connection), name="feed")
    for mid in (Mid.CAMERA, Mid.MICROPHONE):
        packets = [parse_rtp(packet) for packet in await collect(connection, mid, 20)]
        assert {packet.payload_type for packet in packets} == {PAYLOAD_TYPES[mid]}
    program = next(one for one in peer.getTransceivers() if one.mid == Mid.PROGRAM)
    picture = await program.receiver.track.recv()
    assert isinstance(picture, VideoFrame)
    assert (picture.width, picture.height) == (640, 360)
    sound = next(one for one in peer.getTransceivers() if one.mid == Mid.SOUND)
    for _ in range(10):
        heard = await sound.receiver.track.recv()
    assert isinstance(heard, AudioFrame)
    assert heard.sample_rate == 48_000
    assert np.abs(heard.to_ndarray()).max() > 1_000
    feeding.cancel()
    await asyncio.gather(feeding, return_exceptions=True)
    await peer.close()
    await asyncio.to_thread(connection.close)


def test_aiortc_sends_and_receives_picture_and_sound(
    mcu: RtcTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    # By itself it gathers no candidate on loopback.
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])
    asyncio.run(asyncio.wait_for(one_call(mcu), 40))
