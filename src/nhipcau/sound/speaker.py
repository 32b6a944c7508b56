"""Who is heard most now: the active speaker, slow enough that a cough changes nothing.

levels of the open microphones ─▶ smooth each ─▶ loudest above the gate ─▶ challenger
                                          clearly louder for long enough ─▶ speaker
"""

from collections.abc import Mapping
from dataclasses import dataclass

from nhipcau.quantities import SiteId

# Levels are not followed deeper than this under the gate: a pause of digital silence (-127) would
# else pull a loud speaker down within one syllable.
_BELOW_GATE_DB = 10.0


@dataclass(frozen=True, slots=True)
class SpeakerPolicy:
    """When the active speaker changes.

    Attributes:
        gate_dbov: below this a room only hums; speech into a meeting-room microphone is -40 to -15.
        margin_db: how much louder a challenger must be than the speaker of now.
        takeover_s: for how long; longer than a cough or a door.
        first_s: the same while nobody is the speaker.
        hold_s: how long a silent speaker stays the speaker: a breath, a turned page.
        attack_s: time constant of the smoothing upwards.
        release_s: time constant downwards; it bridges the pauses between words.
    """

    gate_dbov: float = -50.0
    margin_db: float = 3.0
    takeover_s: float = 0.6
    first_s: float = 0.2
    hold_s: float = 4.0
    attack_s: float = 0.08
    release_s: float = 0.6


DEFAULT_SPEAKER_POLICY = SpeakerPolicy()


class ActiveSpeaker:
    """Decides who is heard most. Fed once per mixer tick, by one thread."""

    __slots__ = ("_challenger", "_heard_s", "_last_s", "_policy", "_since_s", "_smooth", "_speaker")

    def __init__(self, policy: SpeakerPolicy = DEFAULT_SPEAKER_POLICY) -> None:
        self._policy = policy
        self._smooth: dict[SiteId, float] = {}
        self._speaker: SiteId | None = None
        self._challenger: SiteId | None = None
        self._since_s = 0.0
        self._heard_s = 0.0
        self._last_s: float | None = None

    @property
    def speaker(self) -> SiteId | None:
        """The site that is heard most, None when nobody has spoken for a while."""
        return self._speaker

    def observe(self, levels: Mapping[SiteId, float], now_s: float) -> SiteId | None:
        """Take the levels of this tick and return who is heard most.

        Args:
            levels: dBov of every open microphone; who is not in it can't be the speaker.
            now_s: monotonic seconds.
        """
        self._follow(levels, now_s)
        self._release(now_s)
        loudest = max(self._smooth, key=self._smooth.__getitem__, default=None)
        if loudest is None or not self._challenges(loudest):
            self._challenger = None
            return self._speaker
        if loudest != self._challenger:
            self._challenger, self._since_s = loudest, now_s
        policy = self._policy
        needed_s = policy.first_s if self._speaker is None else policy.takeover_s
        if now_s - self._since_s >= needed_s:
            self._speaker, self._heard_s, self._challenger = loudest, now_s, None
        return self._speaker

    def _follow(self, levels: Mapping[SiteId, float], now_s: float) -> None:
        """Smooth the levels over the time that passed."""
        policy, old = self._policy, self._smooth
        passed_s = 0.0 if self._last_s is None else max(0.0, now_s - self._last_s)
        self._last_s = now_s
        rise = passed_s / (policy.attack_s + passed_s)
        fall = passed_s / (policy.release_s + passed_s)
        fresh: dict[SiteId, float] = {}
        for site, exact in levels.items():
            level = max(exact, policy.gate_dbov - _BELOW_GATE_DB)
            before = old.get(site, level)
            fresh[site] = before + (level - before) * (rise if level > before else fall)
        self._smooth = fresh

    def _release(self, now_s: float) -> None:
        """Forget a speaker whose microphone closed or who has been silent for too long."""
        if self._speaker is None:
            return
        level = self._smooth.get(self._speaker)
        if level is None:
            self._speaker = None
        elif level > self._policy.gate_dbov:
            self._heard_s = now_s
        elif now_s - self._heard_s > self._policy.hold_s:
            self._speaker = None

    def _challenges(self, site: SiteId) -> bool:
        """Return True when `site` is loud enough to become the speaker if it goes on so."""
        level = self._smooth[site]
        if site == self._speaker or level <= self._policy.gate_dbov:
            return False
        if self._speaker is None:
            return True
        return level >= self._smooth[self._speaker] + self._policy.margin_db
