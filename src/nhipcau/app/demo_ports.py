"""Ports that are free, for TCP and UDP alike: a place of an MCU has one number for both."""

import socket


def host_of(bind: str) -> str:
    """Return an address as a URL has it."""
    return f"[{bind}]" if ":" in bind else bind


def free_ports(bind: str, count: int) -> list[int]:
    """Return so many free ports, whichever they are."""
    found: list[int] = []
    while len(found) < count:
        port = _free_port(bind)
        if port not in found:
            found.append(port)
    return found


def is_free(bind: str, port: int) -> bool:
    """Return True when nobody has this port, neither for TCP nor for UDP."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with _socket(bind, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((bind, port))
            except OSError:
                return False
    return True


def _free_port(bind: str) -> int:
    while True:
        with _socket(bind, socket.SOCK_STREAM) as probe:
            probe.bind((bind, 0))
            port = int(probe.getsockname()[1])
        if is_free(bind, port):
            return port


def _socket(bind: str, kind: socket.SocketKind) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET, kind)
