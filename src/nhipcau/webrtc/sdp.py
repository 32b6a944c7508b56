"""What our SDPs must say: checked and rewritten as text, pure.

    offer of the transport ─▶ finish_sdp ─▶ to the endpoint
    answer of the endpoint ─▶ check ─▶ strip_candidates ─▶ to the transport

Of an SDP only what matters here is read: the six lines, their formats, directions, SSRCs, ICE and
DTLS attributes. Source: RFC 8866 (SDP), RFC 9429 §5 (what JSEP offers and answers carry).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nhipcau.ports.transport import DOWNSTREAM, UPSTREAM, Mid, SdpError
from nhipcau.rtp.sendtime import SEND_TIME_ID, SEND_TIME_URI
from nhipcau.webrtc.lines import FORMATS, MIDS, LineFormat

# The signalling protocol's own bound for a message; a browser's answer has about 6 kB.
MAX_SDP_CHARS = 65_536
# A browser writes about 200 lines; a thousand leaves room for many candidates.
MAX_SDP_LINES = 1_000
_DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
_SENDS = ("sendrecv", "sendonly")
# RFC 8285 §5: the map of header extensions, on the lines whose estimate needs it.
_TIMED_LINES = (f"a=mid:{Mid.CAMERA}", f"a=mid:{Mid.CONTENT_UP}")
_SEND_TIME_LINE = f"a=extmap:{SEND_TIME_ID} {SEND_TIME_URI}"
_CANDIDATE_LINES = ("a=candidate:", "a=end-of-candidates", "a=remote-candidates:")


@dataclass(slots=True)
class MediaLine:
    """One m-section: the m-line's words and its attributes, in order."""

    kind: str
    port: int
    formats: tuple[str, ...]
    attributes: list[str] = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        """Return the values of every attribute `name`."""
        prefix = name + ":"
        return [line[len(prefix) :] for line in self.attributes if line.startswith(prefix)]

    @property
    def mid(self) -> str:
        """The value of `a=mid`, empty where there is none."""
        return next(iter(self.values("mid")), "")

    @property
    def direction(self) -> str:
        """One of sendrecv, sendonly, recvonly, inactive. Source: RFC 8866 §6.7."""
        return next((word for word in _DIRECTIONS if word in self.attributes), "sendrecv")

    @property
    def is_rejected(self) -> bool:
        """True when the other side refused the line. Source: RFC 3264 §6."""
        return self.port == 0

    @property
    def is_active(self) -> bool:
        """True when media may flow on the line."""
        return not self.is_rejected and self.direction != "inactive"


@dataclass(frozen=True, slots=True)
class SessionDescription:
    """An SDP as far as we read it."""

    attributes: list[str]
    media: list[MediaLine]


def parse(text: str) -> SessionDescription:
    """Return what `text` says.

    Raises:
        SdpError: code `sdp`; it is too long, no SDP, or a line of it has another shape.
    """
    if len(text) > MAX_SDP_CHARS:
        raise SdpError("sdp", f"the SDP has {len(text)} characters, at most {MAX_SDP_CHARS}")
    lines = text.split("\n", MAX_SDP_LINES)
    if len(lines) > MAX_SDP_LINES:
        raise SdpError("sdp", f"the SDP has more than {MAX_SDP_LINES} lines")
    if not lines[0].startswith("v=0"):
        raise SdpError("sdp", "the SDP does not begin with v=0")
    session = SessionDescription([], [])
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r")
        if line:
            _read_line(session, line, number)
    return session


def _read_line(session: SessionDescription, line: str, number: int) -> None:
    if len(line) < 3 or line[1] != "=" or not line.isprintable():
        raise SdpError("sdp", f"line {number} of the SDP has not the form letter=value")
    if line[0] == "m":
        session.media.append(_read_media(line[2:], number))
    elif line[0] == "a":
        attributes = session.media[-1].attributes if session.media else session.attributes
        attributes.append(line[2:])


def _read_media(value: str, number: int) -> MediaLine:
    words = value.split()
    if len(words) < 4 or not (words[1].isascii() and words[1].isdigit()):
        raise SdpError("sdp", f"line {number} of the SDP is no media line")
    return MediaLine(words[0], int(words[1]), tuple(words[3:]))


def check_answer(text: str) -> None:
    """Check that an answer to our offer can be used.

    Every line must stand where the offer had it; one with media on it must carry our format under
    our payload type; one that sends must name its SSRC, because that is how a packet finds its
    line. A line without a format of its own may be inactive (a room without a camera).

    Raises:
        SdpError: `no_h264`, `no_opus`, or `sdp` for everything else.
    """
    _check(parse(text), may_send=UPSTREAM, what="answer")


def check_offer(text: str) -> None:
    """Check that an MCU's offer can be answered; as `check_answer`, with the directions turned."""
    _check(parse(text), may_send=DOWNSTREAM, what="offer")


def _check(session: SessionDescription, *, may_send: Sequence[Mid], what: str) -> None:
    mids = [line.mid for line in session.media]
    if mids != list(MIDS):
        raise SdpError("sdp", f"the {what} has other media lines than {', '.join(MIDS)}")
    for mid, line in zip(MIDS, session.media, strict=True):
        _check_format(mid, line, FORMATS[mid])
        if line.is_active:
            _check_direction(mid, line, may_send)
            _check_security(session, mid, line)


def _check_format(mid: Mid, line: MediaLine, wanted: LineFormat) -> None:
    """Refuse a line that was rejected, or has media but not our format."""
    code = "no_h264" if wanted.is_video else "no_opus"
    if line.kind != wanted.kind:
        raise SdpError("sdp", f"line {mid} is {line.kind[:20]}, not {wanted.kind}")
    if line.is_rejected:
        raise SdpError(code, f"line {mid} was rejected: {wanted.encoding} is needed")
    if line.is_active and not _speaks(line, wanted):
        raise SdpError(code, f"line {mid} has no {wanted.encoding} as {wanted.payload_type}")


def _speaks(line: MediaLine, wanted: LineFormat) -> bool:
    """Return True when the line carries the wanted format under the wanted payload type."""
    number = str(wanted.payload_type)
    if number not in line.formats:
        return False
    names = {value.lower() for value in _of(line.values("rtpmap"), number)}
    if wanted.encoding.lower() not in names:
        return False
    if not wanted.is_video:
        return True
    # Without packetization-mode=1 the other side reads single NAL units only (RFC 6184 §6.2).
    parameters = ";".join(_of(line.values("fmtp"), number))
    return "packetization-mode=1" in [word.strip() for word in parameters.split(";")]


def _of(values: Iterable[str], payload_type: str) -> list[str]:
    """Return what the values say of one payload type."""
    prefix = payload_type + " "
    return [value[len(prefix) :].strip() for value in values if value.startswith(prefix)]


def _check_direction(mid: Mid, line: MediaLine, may_send: Sequence[Mid]) -> None:
    if mid not in may_send:
        if line.direction not in ("recvonly", "sendrecv"):
            raise SdpError("sdp", f"line {mid} is {line.direction}, it can only receive")
    elif line.direction in _SENDS and not line.values("ssrc"):
        raise SdpError("sdp", f"line {mid} sends but has no a=ssrc")


def _check_security(session: SessionDescription, mid: Mid, line: MediaLine) -> None:
    """Refuse a line that lacks what ICE and DTLS need, at its own or at the session's level."""
    whole = MediaLine("", 0, (), session.attributes)
    for name in ("ice-ufrag", "ice-pwd", "fingerprint", "setup"):
        if not line.values(name) and not whole.values(name):
            raise SdpError("sdp", f"line {mid} has no a={name}")


def strip_candidates(text: str) -> str:
    """Return the SDP without candidates.

    The MCU learns an endpoint's address from the endpoint's first check (a peer reflexive
    candidate, RFC 8445 §7.3.1.3). So an answer can't make it send to addresses or look up names
    of somebody's choice.
    """
    return _joined([line for line in text.splitlines() if not line.startswith(_CANDIDATE_LINES)])


def finish_sdp(text: str, advertised: Sequence[str]) -> str:
    """Return the transport's SDP as endpoints get it.

    Lip synchronization is asked for program and sound alone (RFC 5888 §7). Upstream pictures are
    asked to say when each packet left (`rtp.sendtime`). Where the MCU stands behind NAT its
    candidates name the addresses by which it is reached. The transport writes them under the first
    line only; here every line of the bundle has them, because some endpoints read those of the
    last line.

    Args:
        text: what the transport wrote.
        advertised: IPv4 or IPv6 addresses; empty: the candidates stay as they are.
    """
    found = _candidates(text, advertised)
    lines: list[str] = []
    for line in strip_candidates(text).splitlines():
        if line.startswith("a=group:LS "):
            lines.append(f"a=group:LS {Mid.PROGRAM} {Mid.SOUND}")
        elif line.startswith("a=ice-pwd:"):
            lines += [line, *found]
        elif line in _TIMED_LINES:
            lines += [line, _SEND_TIME_LINE]
        else:
            lines.append(line)
    return _joined(lines)


def _candidates(text: str, advertised: Sequence[str]) -> list[str]:
    """Return the lines of the candidates, each once, and the line that ends them."""
    own = [line for line in text.splitlines() if line.startswith("a=candidate:")]
    if advertised:
        own = [made for line in own for made in _advertise(line, advertised)]
    return [*dict.fromkeys(own), "a=end-of-candidates"]


def single_candidates(text: str) -> str:
    """Return the SDP with every candidate at its first place only, so that each is tried once."""
    seen: set[str] = set()
    lines = []
    for line in text.splitlines():
        if line not in seen:
            lines.append(line)
        if line.startswith(_CANDIDATE_LINES):
            seen.add(line)
    return _joined(lines)


def _advertise(line: str, advertised: Sequence[str]) -> list[str]:
    """Return a host candidate once for each advertised address, the first one preferred."""
    words = line.removeprefix("a=candidate:").split()
    if len(words) < 8 or words[7] != "host":
        return []
    made = []
    for place, address in enumerate(advertised):
        words[0], words[3], words[4] = str(place + 1), str(_PRIORITY - (place << 8)), address
        made.append("a=candidate:" + " ".join(words))
    return made


# Host candidate (type preference 126), highest local preference, component 1 (RFC 8445 §5.1.2.1).
_PRIORITY = (126 << 24) + (65_535 << 8) + 255


def _joined(lines: Iterable[str]) -> str:
    return "\r\n".join(lines) + "\r\n"
