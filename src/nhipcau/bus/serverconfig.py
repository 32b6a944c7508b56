"""The configuration file of our nats-server: where it keeps what, who gets in, and who may what."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nhipcau.bus.leaves import DOMAIN, Hub, Uplink
from nhipcau.bus.natsregistry import BUCKET
from nhipcau.bus.natsrights import nats_permissions
from nhipcau.ports.busrights import BusRights


@dataclass(frozen=True, slots=True)
class User:
    """One process: its name, what lets it in, and what it may."""

    name: str
    password: str = field(repr=False)
    rights: BusRights


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server keeps its streams and ports file, where it logs, and its port (0: any)."""

    folder: Path
    log: Path
    port: int


def write_config(
    path: Path, place: Place, users: Iterable[User], side: Hub | Uplink | None = None
) -> None:
    """Write the file anew, readable by us alone; its folder is made where it is missing."""
    place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        # Its own language takes JSON as it is.
        json.dump(_config(place, users, side), file, indent=2)


def _config(place: Place, users: Iterable[User], side: Hub | Uplink | None) -> dict[str, Any]:
    domain = DOMAIN if isinstance(side, Uplink) else ""
    entries = [_entry(user, domain) for user in users]
    made = {
        "host": "127.0.0.1",
        # -1 lets it choose a free port and say which in its ports file.
        "port": place.port or -1,
        "ports_file_dir": str(place.folder),
        "log_file": str(place.log),
        "logfile_size_limit": 10 << 20,
        "logfile_max_num": 2,
        # The port promises values of 1 MiB; headers come on top.
        "max_payload": 2 << 20,
    }
    if isinstance(side, Uplink):
        # The hub keeps the streams.
        return {**made, **side.config(), "authorization": {"users": entries}}
    jetstream: dict[str, Any] = {"store_dir": str(place.folder)}
    if side is not None:
        made |= side.config()
        entries += side.users()
        jetstream["domain"] = DOMAIN
    return {**made, "jetstream": jetstream, "authorization": {"users": entries}}


def _entry(user: User, domain: str) -> dict[str, Any]:
    permissions = nats_permissions(user.rights, user.name, BUCKET, domain)
    entry: dict[str, Any] = {"user": user.name, "password": user.password}
    return {**entry, "permissions": permissions} if permissions else entry
