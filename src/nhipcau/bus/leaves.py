"""The bus as a tree: a hub with the registry, and servers of districts that hang below it.

    hub ◀═ TLS, both sides with a certificate, one user for each ═ leaf ◀─ processes of one district

A leaf keeps no streams: the hub's registry is reached through it, in the hub's domain. What a
district may say is held to twice, by its own server and by the hub; what it hears, by its own.

Source: docs.nats.io, "Leaf Nodes", "JetStream on Leaf Nodes".
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nhipcau.bus.natsregistry import BUCKET
from nhipcau.bus.natsrights import nats_permissions
from nhipcau.ports.busrights import EVERYTHING, BusRights

# The registry's home, as a leaf's processes call it.
DOMAIN = "hub"
# A cut line is tried again this often.
_RECONNECT = "1s"


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Paths of PEM files: our certificate and key, and the authority that signed the others'."""

    certificate: Path
    key: Path
    authority: Path

    def config(self) -> dict[str, Any]:
        """Return it as NATS's configuration has it; the other side must show a certificate, too."""
        return {
            "cert_file": str(self.certificate),
            "key_file": str(self.key),
            "ca_file": str(self.authority),
            "verify": True,
        }


@dataclass(frozen=True, slots=True)
class Link:
    """One leaf's way in: its user's name and password, and what it may say."""

    name: str
    password: str = field(repr=False)
    rights: BusRights


@dataclass(frozen=True, slots=True)
class Hub:
    """A server that takes leaves, on a port of 127.0.0.1."""

    port: int
    tls: TlsFiles
    links: tuple[Link, ...]

    def config(self) -> dict[str, Any]:
        """Return what the hub's file has beside the rest."""
        return {"leafnodes": {"host": "127.0.0.1", "port": self.port, "tls": self.tls.config()}}

    def users(self) -> list[dict[str, Any]]:
        """Return the entries by which leaves get in."""
        return [_link_entry(link) for link in self.links]


@dataclass(frozen=True, slots=True)
class Uplink:
    """The line of a leaf to its hub."""

    host: str
    port: int
    link: Link
    tls: TlsFiles

    def config(self) -> Mapping[str, Any]:
        """Return what the leaf's file has beside the rest."""
        way_in = f"{self.link.name}:{self.link.password}"
        remote = {
            "url": f"tls://{way_in}@{self.host}:{self.port}",
            "tls": {name: value for name, value in self.tls.config().items() if name != "verify"},
        }
        return {"leafnodes": {"reconnect": _RECONNECT, "remotes": [remote]}}


def _link_entry(link: Link) -> dict[str, Any]:
    entry: dict[str, Any] = {"user": link.name, "password": link.password}
    if link.rights == EVERYTHING:
        return entry
    permissions = nats_permissions(link.rights, link.name, BUCKET, DOMAIN)
    # The hub tells a leaf which subjects somebody listens to by this, patterns as a whole.
    return {**entry, "permissions": {**permissions, "subscribe": {"allow": [">"]}}}


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody has; the server's ports file names none for leaves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
