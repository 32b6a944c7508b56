"""The mixer: one thread that hears the open microphones and sends everyone what they may hear.

    every 20 ms:  microphones ─▶ pull ─▶ mix ───────▶ common lane ─▶ all who are not open
                                     └─▶ mix-minus ─▶ own lane ────▶ each who is

All lanes share one numbering and one timestamp, so that a listener changes lanes between two
packets without noticing.
"""

from collections.abc import Callable, Mapping

from nhipcau.mcu.downstream import SoundStream
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.mediaplan import MediaPlan
from nhipcau.ports.transport import Mid
from nhipcau.quantities import SiteId
from nhipcau.sound.block import BLOCK_SAMPLES, PcmBlock, silence
from nhipcau.sound.level import level_dbov
from nhipcau.sound.mix import Mixed, mix_all
from nhipcau.sound.speaker import ActiveSpeaker

BLOCK_S = 0.02


class Mixer:
    """Mixes and sends sound. `tick` belongs to the mixer thread."""

    def __init__(
        self, plan: Callable[[], MediaPlan], stream: SoundStream, speaker: ActiveSpeaker
    ) -> None:
        self._plan = plan
        self._stream = stream
        self._speaker = speaker
        self._heard: Mapping[SiteId, EndpointMedia] = {}
        self._number = 0
        self.levels: Mapping[SiteId, float] = {}
        self.speaking: SiteId | None = None

    def tick(self, now_s: float) -> None:
        """Mix and send the 20 ms that are due at `now_s`."""
        plan = self._plan()
        pts = self._number * BLOCK_SAMPLES
        blocks = {site: m.microphone.pull(pts, now_s) for site, m in plan.microphones.items()}
        self._release_closed(plan)
        self._listen(blocks, self._measured(plan, pts, now_s), now_s)
        self._send(plan, blocks, pts)
        self._follow_lips(plan)
        self._number += 1

    def _send(self, plan: MediaPlan, blocks: Mapping[SiteId, PcmBlock], pts: int) -> None:
        mixed = mix_all(blocks) if blocks else Mixed(silence(pts), {})
        lanes = self._stream.encode(mixed.common, mixed.minus, pts)
        for viewer in plan.listeners:
            if viewer.hears:
                lane = lanes.own.get(viewer.seat, lanes.common) if viewer.seat else lanes.common
                viewer.connection.pipe(Mid.SOUND).send(lane)

    def _listen(
        self, blocks: Mapping[SiteId, PcmBlock], measured: Mapping[SiteId, PcmBlock], now_s: float
    ) -> None:
        levels = {site: level_dbov(block) for site, block in blocks.items()}
        self.speaking = self._speaker.observe(levels, now_s)
        self.levels = levels | {site: level_dbov(block) for site, block in measured.items()}

    def _follow_lips(self, plan: MediaPlan) -> None:
        """Tell the stream how much older than the picture the speaker's sound is in the mix."""
        media = plan.microphones.get(self.speaking) if self.speaking is not None else None
        if media is None:
            return
        picture_s, sound_s = media.camera.taken_s(), media.microphone.taken_s()
        if picture_s is not None and sound_s is not None:
            # The block that was just sent began 20 ms before what is pulled next.
            self._stream.follow_skew(picture_s - sound_s + BLOCK_S)

    def _measured(self, plan: MediaPlan, pts: int, now_s: float) -> Mapping[SiteId, PcmBlock]:
        """Return the sound of rooms under inspection; nobody hears it."""
        return {site: media.microphone.pull(pts, now_s) for site, media in plan.measured.items()}

    def _release_closed(self, plan: MediaPlan) -> None:
        heard = {**plan.measured, **plan.microphones}
        for site, media in self._heard.items():
            if heard.get(site) is not media:
                media.microphone.release()
        self._heard = heard
