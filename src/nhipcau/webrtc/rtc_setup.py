"""What the library is told before a connection begins: its configuration and its six lines."""

import ipaddress
import socket
from dataclasses import dataclass

# The library's type stub imports a module `Description` by mistake, which hides the class.
from libdatachannel import Configuration, Description  # type: ignore[attr-defined]

from nhipcau.ports.transport import Mid, SendLine
from nhipcau.webrtc.certificate import Certificate
from nhipcau.webrtc.lines import FORMATS, LineFormat


@dataclass(frozen=True, slots=True)
class RtcSettings:
    """Where a transport listens, and who it is.

    Attributes:
        certificate: the DTLS identity of all its connections.
        bind_address: of one interface; `0.0.0.0`, `::` or empty: all of them.
        port: the one UDP port of all connections; 0: a port of its own for each connection. Many
            endpoints of one process that call the same MCU need 0, because an MCU with one port
            tells endpoints apart by their address.
        advertised: addresses put into candidates instead of our own (an MCU behind NAT).
    """

    certificate: Certificate
    bind_address: str = "127.0.0.1"
    port: int = 0
    advertised: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for address in self.advertised:
            ipaddress.ip_address(address)


def _bound_to(settings: RtcSettings) -> str | None:
    """Return the address to bind to, None for all interfaces."""
    everywhere = settings.bind_address in ("", "0.0.0.0", "::")  # noqa: S104 - compared, not bound
    return None if everywhere else settings.bind_address


def try_port(settings: RtcSettings) -> None:
    """Bind the one UDP port for a moment, so that a wrong setting is found at the start."""
    address = _bound_to(settings) or "0.0.0.0"  # noqa: S104 - as the settings say
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, settings.port))
        except OSError as error:
            where = f"{address} port {settings.port}"
            raise OSError(f"UDP {where} for media can't be had: {error}") from error


def configuration_of(settings: RtcSettings) -> Configuration:
    configuration = Configuration()
    configuration.certificate_pem_file = str(settings.certificate.certificate)
    configuration.key_pem_file = str(settings.certificate.key)
    configuration.disable_auto_negotiation = True
    configuration.bind_address = _bound_to(settings)
    if settings.port:
        configuration.enable_ice_udp_mux = True
        configuration.port_range_begin = settings.port
        configuration.port_range_end = settings.port
    return configuration


def media_line(mid: Mid, line: SendLine | None, *, we_send: bool) -> Description.Media:
    """Return the library's description of one media line."""
    form = FORMATS[mid]
    direction = Description.Direction.SendOnly if we_send else Description.Direction.RecvOnly
    media = _video(mid, form, direction) if form.is_video else _sound(mid, form, direction)
    if line is not None:
        # Named by its SSRC: a browser that is given another MCU's track of the same name in the
        # same stream takes it for the one that it plays already.
        track = f"{mid}-{line.ssrc:08x}"
        media.add_ssrc(line.ssrc, line.cname, f"{line.cname}-{form.stream}", track)
    return media


def _video(mid: Mid, form: LineFormat, direction: Description.Direction) -> Description.Media:
    video = Description.Video(str(mid), direction)
    # The library writes nack, nack pli and goog-remb by itself, and no transport-cc.
    video.add_h264_codec(form.payload_type, form.parameters)
    return video


def _sound(mid: Mid, form: LineFormat, direction: Description.Direction) -> Description.Media:
    audio = Description.Audio(str(mid), direction)
    audio.add_opus_codec(form.payload_type, form.parameters)
    for feedback in form.feedback:
        audio.add_attribute(f"rtcp-fb:{form.payload_type} {feedback}")
    return audio
