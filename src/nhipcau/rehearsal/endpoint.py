"""A synthetic site as a state machine: what it hears goes in, what it does comes out.

No socket, no thread, no clock: `caller` opens the connection, tells this machine what came and
when, and carries out the actions that it returns, in order.

    AWAY ──handle_open──▶ CALLING ──welcome──▶ SEATED
      ▲                      │                    │
      └────handle_lost───────┴────────────────────┤  comes back after a while
    YIELDED ◀──occupied, replaced─────────────────┤  stays away until recalled
    OVER    ◀──ended──────────────────────────────┘

A site that is told to `move` calls there, and calls home again when that is over or gone. One that
stands ready at another MCU goes on there at once (`handle_switch`) when it has lost its own.
"""

import random
from dataclasses import dataclass
from enum import StrEnum

from nhipcau.rehearsal import messages
from nhipcau.rehearsal.messages import (
    Challenge,
    DrillAsked,
    Incoming,
    MalformedMessageError,
    Move,
    Notice,
    Offer,
    Post,
    Posts,
    Refusal,
    State,
    Upstream,
    Welcome,
)
from nhipcau.rehearsal.spec import SiteSpec

# docs/PROTOCOL.md: an endpoint that misses the beat for 3 s reconnects.
SILENCE_S = 3.0
# Most losses are a restarted MCU, which is back within a second.
_FIRST_RETRY_S = 0.1
_LAST_RETRY_S = 2.0
# Where a branch of the meeting has not answered so many calls, home knows better.
_CALLS_ELSEWHERE = 6
_MS_PER_S = 1000


class Phase(StrEnum):
    """Where a site stands with its MCU."""

    AWAY = "away"
    CALLING = "calling"
    SEATED = "seated"
    YIELDED = "yielded"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Say:
    """Send this text to the MCU."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerOffer:
    """Make a connection that answers this SDP, then call `handle_answer`."""

    sdp: str


@dataclass(frozen=True, slots=True)
class Send:
    """Send these media from now on, and no others; the picture no larger, faster, dearer."""

    camera: bool
    microphone: bool
    height: int = 360
    fps: int = 30
    max_bps: int = 400_000


@dataclass(frozen=True, slots=True)
class HangUp:
    """Drop the signalling connection; `reason` is for the counters."""

    reason: str


Action = Say | AnswerOffer | Send | HangUp


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill on which the site is to report; monotonic seconds."""

    number: int
    began_s: float
    due_s: float


class Endpoint:
    """The behaviour of one synthetic site. Used by one task."""

    def __init__(self, spec: SiteSpec, rng: random.Random) -> None:
        """Start away from any MCU.

        Args:
            spec: which site, and its habits.
            rng: spreads the reconnections of a fleet that lost its MCU at one instant.
        """
        self.phase = Phase.AWAY
        self.calls = 0
        self.malformed = 0
        self.last_error: str | None = None
        self.state: State | None = None
        self.url = spec.url
        self.posts: Posts | None = None
        self._known: Posts | None = None
        self._attempts = 0
        self._epoch = 0
        self._calls_elsewhere = 0
        self._spec = spec
        self._rng = rng
        self._camera_on = spec.camera
        self._wants_mic = spec.mic
        self._asked = Upstream(camera=False, microphone=False)
        self._retry_s = _FIRST_RETRY_S
        self._heard_s = 0.0
        self._drill: Drill | None = None

    def handle_open(self, now_s: float) -> list[Action]:
        """Return what to do when the signalling connection is open."""
        self.phase = Phase.CALLING
        self.calls += 1
        self.posts = None
        self._heard_s = now_s
        if self._spec.device is not None:
            return [Say(messages.knock())]
        return [Say(messages.hello(self._spec.token))]

    def handle_switch(self, now_s: float) -> list[Action]:
        """Return what to say where the site stands ready, to have its seat there."""
        self.phase = Phase.CALLING
        self.posts = None
        self._heard_s = now_s
        return [Say(messages.hello(""))]

    @property
    def heard_s(self) -> float:
        """When the MCU was heard last."""
        return self._heard_s

    @property
    def here(self) -> str:
        """The MCU that serves the site, "" while that is not known."""
        return self.posts.here if self.posts is not None else ""

    def post(self, home: str) -> str:
        """Return whom to call at this attempt: home, then each other post of the meeting, again."""
        posts = self._known.posts if self._known is not None else ()
        urls = list(dict.fromkeys((home, *(post.signal_url for post in posts))))
        return urls[max(self._attempts - 1, 0) % len(urls)]

    def others(self) -> tuple[Post, ...]:
        """Return where else the site may be served."""
        seated = self.phase is Phase.SEATED
        return self.posts.others() if seated and self.posts is not None else ()

    def handle_text(self, text: str | bytes, now_s: float) -> list[Action]:
        """Return what to do about one message of the MCU; one that is malformed is counted."""
        self._heard_s = now_s
        try:
            return self._dispatch(messages.parse_incoming(text))
        except MalformedMessageError:
            self.malformed += 1
            return []

    def handle_answer(self, sdp: str) -> list[Action]:
        """Return what to do when the connection that answers the offer has its SDP."""
        return [Say(messages.answer(sdp))]

    def handle_lost(self) -> float | None:
        """Return after how many seconds to call again, None to stay away until `recall`."""
        self.state = None
        self._asked = Upstream(camera=False, microphone=False)
        if self.phase in (Phase.YIELDED, Phase.OVER):
            return None
        self.phase = Phase.AWAY
        self._attempts += 1
        if self.url != self._spec.url:
            self._calls_elsewhere += 1
            if self._calls_elsewhere > _CALLS_ELSEWHERE:
                self._go(self._spec.url)
        wait_s = self._retry_s * self._rng.uniform(0.5, 1.0)
        self._retry_s = min(2 * self._retry_s, _LAST_RETRY_S)
        return wait_s

    def poll(self, now_s: float) -> list[Action]:
        """Return what to do because of the time; call it a few times a second."""
        if self.phase in (Phase.CALLING, Phase.SEATED) and now_s - self._heard_s > SILENCE_S:
            return [HangUp("silence")]
        return []

    def due_drill(self, now_s: float) -> Drill | None:
        """Return the drill to be reported on now, once; None: there is none."""
        drill = self._drill
        if drill is None or self.phase is not Phase.SEATED or now_s < drill.due_s:
            return None
        self._drill = None
        return drill

    def recall(self) -> None:
        """Let a site that yielded its seat come back."""
        if self.phase in (Phase.YIELDED, Phase.OVER):
            self.phase = Phase.AWAY
            self._retry_s = _FIRST_RETRY_S

    @property
    def still_s(self) -> float:
        """Seconds between still pictures that the MCU asks for, 0 for none."""
        if self.phase is not Phase.SEATED or not self._camera_on:
            return 0.0
        return self._asked.still_s

    def raise_hand(self, up: bool) -> list[Action]:
        """Return what asks for the floor, or no longer; nothing while the site has no seat."""
        return self._said(messages.hand(up))

    def open_mic(self, is_open: bool) -> list[Action]:
        """Return what asks to open or close the microphone; without a seat, ask after joining."""
        self._wants_mic = is_open
        return self._said(messages.mic(is_open))

    def switch_camera(self, on: bool) -> list[Action]:
        """Return what switches the room's camera, for the MCU and for the media."""
        self._camera_on = on
        return [*self._said(messages.camera(on)), self._sending()]

    def _dispatch(self, heard: Incoming) -> list[Action]:
        match heard:
            case Welcome():
                return self._seated()
            case Offer():
                return [AnswerOffer(heard.sdp)]
            case Upstream():
                self._asked = heard
                return [self._sending()]
            case State() | Posts():
                return self._changed(heard) if isinstance(heard, State) else self._posted(heard)
            case Challenge() if self._spec.device is not None:
                proof = self._spec.device.admission(heard.statement())
                return [Say(messages.hello("", proof))]
            case DrillAsked():
                began_s = self._heard_s - heard.age_ms / _MS_PER_S
                due_s = self._heard_s + heard.report_in_ms / _MS_PER_S
                self._drill = Drill(heard.drill, began_s, due_s)
            case Refusal():
                self.last_error = heard.code
                return self._noticed(heard.code)
            case Move() | Notice():
                if isinstance(heard, Move):
                    self._go(f"ws{heard.url.removeprefix('http')}/signal")
                return self._noticed(heard.type)
        return []

    def _posted(self, posts: Posts) -> list[Action]:
        """Keep where the site is and may be; leave a root of old that has come back."""
        if posts.epoch < self._epoch:
            return [HangUp("old epoch")]
        self.posts = self._known = posts
        self._epoch = posts.epoch
        return []

    def _seated(self) -> list[Action]:
        self.phase = Phase.SEATED
        self._attempts = 0
        self._retry_s = _FIRST_RETRY_S
        self._calls_elsewhere = 0
        return [] if self._camera_on else [Say(messages.camera(False))]

    def _noticed(self, kind: str) -> list[Action]:
        if kind in ("occupied", "replaced"):
            self.phase = Phase.YIELDED
            return [HangUp(kind)]
        if kind == "move":
            return [HangUp(kind)]
        if kind == "ended" and self.url != self._spec.url:
            self._go(self._spec.url)
            return [HangUp(kind)]
        if kind == "ended":
            self.phase = Phase.OVER
            return [HangUp(kind)]
        return []

    def _go(self, url: str) -> None:
        """Call there from now on, and at once."""
        self.url = url
        # Another conference: what is known of this one's MCUs does not hold there.
        self.posts = self._known = None
        self._epoch = 0
        self._calls_elsewhere = 0
        self._retry_s = _FIRST_RETRY_S

    def _changed(self, state: State) -> list[Action]:
        """Keep the state; open or close the microphone where the site's habits say so."""
        before, self.state = self.state, state
        if before is None:
            asks = self._wants_mic and not state.mic.open
        else:
            if before.mic.open and not state.mic.open:
                # The chair closed it: do not ask again after the next reconnection.
                self._wants_mic = False
            asks = False
        live = self._spec.speaks_on_air and self._tally_turned(before, state)
        if (asks or (live and state.tally == "on_air")) and not state.mic.locked:
            return [] if state.mic.open else [Say(messages.mic(True))]
        if live and state.tally != "on_air" and state.mic.open:
            return [Say(messages.mic(False))]
        return []

    def _tally_turned(self, before: State | None, state: State) -> bool:
        was_on_air = before is not None and before.tally == "on_air"
        return was_on_air != (state.tally == "on_air")

    def _sending(self) -> Send:
        asked = self._asked
        camera = self._camera_on and asked.camera
        return Send(camera, asked.microphone, asked.height, asked.fps, asked.max_bps)

    def _said(self, text: str) -> list[Action]:
        return [Say(text)] if self.phase is Phase.SEATED else []
