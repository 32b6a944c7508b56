"""The addresses in an SDP, and how to put another one in their place.

a=candidate:1 1 UDP 2122317823 127.0.0.1 8461 typ host
                               └ address └ port

Source: RFC 8839 §5.1.
"""

from typing import NamedTuple

_PREFIX = "a=candidate:"
_ADDRESS, _PORT, _LEAST_WORDS = 4, 5, 8


class Address(NamedTuple):
    """An IP address and a UDP port."""

    host: str
    port: int


def addresses(sdp: str) -> list[Address]:
    """Return where an SDP says that its writer may be reached by UDP, in its own order."""
    rows = [line.split() for line in sdp.splitlines() if line.startswith(_PREFIX)]
    return [
        Address(words[_ADDRESS], int(words[_PORT]))
        for words in rows
        if len(words) >= _LEAST_WORDS and words[2].lower() == "udp" and words[_PORT].isdigit()
    ]


def moved(sdp: str, to: Address) -> str:
    """Return the SDP with one candidate, at `to`, in each place that had some."""
    lines: list[str] = []
    for line in sdp.splitlines():
        if not line.startswith(_PREFIX):
            lines.append(line)
        elif not (lines and lines[-1].startswith(_PREFIX)):
            lines.append(f"{_PREFIX}1 1 UDP 2122317823 {to.host} {to.port} typ host")
    return "\r\n".join(lines) + "\r\n"
