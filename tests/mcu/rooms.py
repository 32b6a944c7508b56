"""A made-up room at the far end of a node's connection: shows a colour, sounds a tone, watches."""

import asyncio
from collections import deque

from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.codec.raw import RawSoundDecoder, RawSoundEncoder
from nhipcau.mcu.endpoint import Arrival, Endpoint, Outbox
from nhipcau.mcu.node import McuNode
from nhipcau.picture.cell import Cell
from nhipcau.picture.frame import Picture, solid
from nhipcau.ports.clock import Clock
from nhipcau.ports.codec import (
    PictureScaler,
    SoundDecoder,
    SoundEncoder,
    VideoDecoder,
    VideoEncoder,
    VideoSpec,
)
from nhipcau.ports.transport import PAYLOAD_TYPES, UPSTREAM, Mid, SendLine
from nhipcau.quantities import Bitrate, SiteId, Ssrc
from nhipcau.rtp.packet import is_rtcp
from nhipcau.rtp.receiver import VideoReceiver
from nhipcau.rtp.rtcp import parse_compound
from nhipcau.rtp.rtcp_feedback import Fir, Pli
from nhipcau.rtp.sender import SoundSender, VideoSender
from nhipcau.webrtc.memory import MemoryConnection, MemoryNetwork, MemoryTransport
from tests.mcu.medias import Colour, heard, strength, tone
from tests.mcu.nodes import Meeting

_STEP_S = 0.01
_SPEC = VideoSpec(320, 180, 25, Bitrate(300_000))
# One second of sound.
_KEPT_PACKETS = 50


class MixedCodecs:
    """Real pictures, because a raw one is too large for a queue of packets; exact sound."""

    def __init__(self, clock: Clock) -> None:
        self._real = PyAvCodecs(clock)

    def video_decoder(self) -> VideoDecoder:
        return self._real.video_decoder()

    def video_encoder(self, spec: VideoSpec) -> VideoEncoder:
        return self._real.video_encoder(spec)

    def scaler(self) -> PictureScaler:
        return self._real.scaler()

    def sound_decoder(self) -> SoundDecoder:
        return RawSoundDecoder()

    def sound_encoder(self, bitrate: Bitrate) -> SoundEncoder:
        return RawSoundEncoder()


class Room:
    """One room, driven by a task of the test's event loop."""

    def __init__(self, site: SiteId, colour: Colour, tone_hz: float, clock: Clock) -> None:
        self.site, self.tone_hz = site, tone_hz
        self.endpoint: Endpoint | None = None
        self.picture: Picture | None = None
        self._clock = clock
        self._codecs = MixedCodecs(clock)
        self._picture = solid(_SPEC.width, _SPEC.height, colour)
        self._sound: deque[bytes] = deque(maxlen=_KEPT_PACKETS)
        self._task: asyncio.Task[None] | None = None

    async def join(self, node: McuNode, meeting: Meeting, network: MemoryNetwork) -> None:
        """Take the seat, bring the media up, and go on sending and watching."""
        ticket = node.desk.ticket(meeting.token(self.site))
        arrival = Arrival("site", capture=True, agent="", takeover=False, synthetic=False)
        self.endpoint = node.desk.enter(ticket, arrival, Outbox())
        offer = await node.desk.connect(self.endpoint)
        lines = [SendLine(mid, Ssrc(n + 1), "room") for n, mid in enumerate(UPSTREAM)]
        far = MemoryTransport(network).answer(offer, lines)
        await node.desk.answer(self.endpoint, far.local_sdp() or "")
        self.picture = None
        self._sound.clear()
        self._task = asyncio.create_task(self._run(far), name=f"room {self.site}")

    async def leave(self) -> None:
        """Stop at once, as a room whose power fails."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    def hears(self, tone_hz: float) -> float:
        """Return how strong a tone is in the last second of what has come."""
        if len(self._sound) < _KEPT_PACKETS:
            return 0.0
        return strength(heard(list(self._sound)), tone_hz)

    def sees(self, cell: Cell) -> Colour | None:
        """Return the colour in the middle of a cell of the program."""
        if self.picture is None:
            return None
        x, y = cell.x + cell.width // 2, cell.y + cell.height // 2
        y_plane, u_plane, v_plane = self.picture.y, self.picture.u, self.picture.v
        return int(y_plane[y, x]), int(u_plane[y // 2, x // 2]), int(v_plane[y // 2, x // 2])

    async def _run(self, far: MemoryConnection) -> None:
        camera = _Camera(far, self._codecs, self._picture)
        voice = SoundSender(2, PAYLOAD_TYPES[Mid.MICROPHONE])
        receiver = VideoReceiver(PAYLOAD_TYPES[Mid.PROGRAM])
        decoder, encoder = self._codecs.video_decoder(), RawSoundEncoder()
        began_s, blocks = self._clock.now_s(), 0
        while True:
            now_s = self._clock.now_s()
            while blocks * 0.02 <= now_s - began_s:
                block = tone(blocks, self.tone_hz)
                voice.next_tick(block.pts)
                packet = voice.lane_packet(encoder.encode(block), voice.new_lane())
                far.pipe(Mid.MICROPHONE).send(packet)
                blocks += 1
            camera.send(now_s - began_s)
            self._listen(far)
            while (data := far.pipe(Mid.PROGRAM).receive()) is not None:
                if not is_rtcp(data):
                    receiver.handle_rtp(data, now_s)
            for packet in receiver.poll_rtcp(now_s):
                far.pipe(Mid.PROGRAM).send(packet)
            while (frame := receiver.poll_frame()) is not None:
                self.picture = decoder.decode(frame) or self.picture
            await asyncio.sleep(_STEP_S)

    def _listen(self, far: MemoryConnection) -> None:
        while (data := far.pipe(Mid.SOUND).receive()) is not None:
            if not is_rtcp(data):
                self._sound.append(data)


class _Camera:
    """Sends one colour at 25 fps, with a key frame when it is asked for one."""

    def __init__(self, far: MemoryConnection, codecs: MixedCodecs, picture: Picture) -> None:
        self._pipe = far.pipe(Mid.CAMERA)
        self._encoder = codecs.video_encoder(_SPEC)
        self._sender = VideoSender(1, PAYLOAD_TYPES[Mid.CAMERA])
        self._picture = picture
        self._next = 0

    def send(self, passed_s: float) -> None:
        keyframe = self._is_asked()
        if passed_s < self._next * 0.04 and not keyframe:
            return
        self._next = max(self._next + 1, int(passed_s / 0.04) + 1)
        frame = self._encoder.encode(self._picture, self._next * 3_600, keyframe=keyframe)
        for packet in self._sender.packetize(frame):
            self._pipe.send(packet)

    def _is_asked(self) -> bool:
        asked = False
        while (data := self._pipe.receive()) is not None:
            if is_rtcp(data):
                messages = parse_compound(data).messages
                asked = asked or any(isinstance(m, Pli | Fir) for m in messages)
        return asked
