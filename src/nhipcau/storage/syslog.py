"""Hands signed checkpoints to syslog, where whoever runs the system can't take them back.

    /dev/log                 this machine's syslog, which forwards to the province's
    udp://10.1.0.9:514       straight to another machine; a lost datagram is a checkpoint less
    tcp://10.1.0.9:601       the same, noticed when nobody takes it

The message is the signed line itself, without structured data: what relays and files make of
structured data differs, a line comes through all of them. Source: RFC 5424 §6; over TCP each
message ends with a line feed, RFC 6587 §3.4.2.
"""

import logging
import os
import socket
from datetime import UTC, datetime
from logging.handlers import SysLogHandler
from urllib.parse import urlsplit

# A syslog that does not answer holds up the audit's thread this long at most, once a minute.
_TIMEOUT_S = 2.0
_PORTS = {"udp": 514, "tcp": 601}
_KINDS = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}
_LOCAL = "/dev/log"


class SyslogAddressError(ValueError):
    """An address that is none, in one line."""


class Syslog:
    """Where checkpoints go. One thread uses it."""

    def __init__(self, address: str) -> None:
        """Take an address as in this module's description.

        Raises:
            SyslogAddressError: it is none.
        """
        self._address, self._kind = _read_address(address)
        self._handler: SysLogHandler | None = None

    def send(self, line: str) -> None:
        """Send one line.

        Raises:
            OSError: nobody took it; the next one is tried anew.
        """
        record = logging.LogRecord("audit", logging.INFO, "", 0, line, None, None)
        try:
            if self._handler is None:
                self._handler = _handler(self._address, self._kind)
            self._handler.emit(record)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of it; may be called twice."""
        handler, self._handler = self._handler, None
        if handler is not None:
            handler.close()


def local_syslog() -> str:
    """Return the address of this machine's syslog; empty where there is none."""
    return _LOCAL if os.path.exists(_LOCAL) else ""  # noqa: PTH110 - a socket, not a file


def _read_address(text: str) -> tuple[str | tuple[str, int], socket.SocketKind]:
    if text.startswith("/"):
        return text, socket.SOCK_DGRAM
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise SyslogAddressError(f"{text!r} is no address of a syslog: {error}") from error
    if parts.scheme not in _KINDS or not parts.hostname or parts.path:
        raise SyslogAddressError(
            f"{text!r} is no address of a syslog: write /dev/log, udp://host:514 or tcp://host:601"
        )
    return (parts.hostname, port or _PORTS[parts.scheme]), _KINDS[parts.scheme]


def _handler(address: str | tuple[str, int], kind: socket.SocketKind) -> SysLogHandler:
    handler = _Handler(address, facility=SysLogHandler.LOG_AUTHPRIV, socktype=kind)
    handler.setFormatter(_Rfc5424("\n" if kind is socket.SOCK_STREAM else ""))
    return handler


class _Handler(SysLogHandler):
    """The standard one, which tells of errors, and waits for no TCP peer for minutes."""

    append_nul = False

    def createSocket(self) -> None:  # noqa: N802 - the standard library's name
        if isinstance(self.address, tuple) and self.socktype is socket.SOCK_STREAM:
            self.unixsocket = False
            self.socket = socket.create_connection(self.address, _TIMEOUT_S)
            return
        super().createSocket()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - as above
        """Raise what went wrong; called while it is being handled."""
        raise  # noqa: PLE0704 - as said


class _Rfc5424(logging.Formatter):
    def __init__(self, end: str) -> None:
        super().__init__()
        self._end = end

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds")
        host = socket.gethostname() or "-"
        text = f"1 {at.replace('+00:00', 'Z')} {host} nhipcau {os.getpid()} audit - "
        return text + record.getMessage() + self._end
