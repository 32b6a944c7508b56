"""Checkpoints reach a real receiver over a Unix socket, UDP and TCP, as RFC 5424 says."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nhipcau.audit.signed import find_signed
from nhipcau.storage.syslog import Syslog, SyslogAddressError

from ..audit.chains import KEYS, SIGNER, START_S, chain_of

LINE = SIGNER.checkpoint(chain_of(3)[0].head, START_S).text
# <authpriv.info> = 10 × 8 + 6, version 1, then time, host, program, process, message id, no data.
HEADER = re.compile(
    r"<86>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [!-~]{1,255} nhipcau \d+ audit - "
)


@contextmanager
def receiver(kind: str, folder: Path) -> Iterator[tuple[str, socket.socket]]:
    """Yield the address of a syslog of the test's own, and its socket."""
    family = socket.AF_UNIX if kind == "unix" else socket.AF_INET
    stream = kind == "tcp"
    with socket.socket(family, socket.SOCK_STREAM if stream else socket.SOCK_DGRAM) as taker:
        taker.settimeout(10)
        path = str(folder / "log")
        taker.bind(path if kind == "unix" else ("127.0.0.1", 0))
        if stream:
            taker.listen()
        yield path if kind == "unix" else f"{kind}://127.0.0.1:{taker.getsockname()[1]}", taker


@pytest.mark.parametrize("kind", ["unix", "udp"])
def test_a_datagram_is_one_message_of_rfc_5424(kind: str, tmp_path: Path) -> None:
    with receiver(kind, tmp_path) as (address, taker):
        syslog = Syslog(address)
        syslog.send(LINE)
        syslog.send(LINE)
        for _ in range(2):
            text = taker.recv(4096).decode("ascii")
            header = HEADER.match(text)
            assert header is not None and text[header.end() :] == LINE
            signed = find_signed(text)
            assert signed is not None and signed.holds(KEYS)
        syslog.close()


def test_over_tcp_each_message_ends_with_a_line_feed(tmp_path: Path) -> None:
    with receiver("tcp", tmp_path) as (address, taker):
        syslog = Syslog(address)
        syslog.send(LINE)
        peer, _ = taker.accept()
        syslog.send(LINE)
        syslog.close()
        with peer, peer.makefile() as file:
            lines = file.readlines()
    assert [HEADER.sub("", line) for line in lines] == [f"{LINE}\n"] * 2


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_a_receiver_that_is_away_is_an_error_and_is_tried_anew(kind: str, tmp_path: Path) -> None:
    with receiver(kind, tmp_path) as (address, _):
        pass
    (tmp_path / "log").unlink(missing_ok=True)
    syslog = Syslog(address)
    for _ in range(2):
        with pytest.raises(OSError):
            syslog.send(LINE)
    if kind == "unix":
        with receiver(kind, tmp_path) as (_, taker):
            syslog.send(LINE)
            assert taker.recv(4096)
    syslog.close()
    syslog.close()


@pytest.mark.parametrize("address", ["", "log", "udp://", "http://host", "tcp://h:99999"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(SyslogAddressError, match="no address of a syslog"):
        Syslog(address)
