"""The directory of the emergency, wired: made of the office's stores, told to the MCUs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhipcau.office.admitting import Doors
from nhipcau.office.directory import DirectoryMaker, DirectoryPublisher
from nhipcau.office.passes import Passes
from nhipcau.office.planning.desk import Desk
from nhipcau.office.sitenames import SiteNames
from nhipcau.office.tokens import TokenIssuer
from nhipcau.ports.bus import Registry
from nhipcau.web.room_parts import RoomParts


@contextlib.asynccontextmanager
async def telling_directory(
    desk: Desk, doors: Doors, key: Ed25519PrivateKey, registry: Registry
) -> AsyncIterator[DirectoryPublisher]:
    """Yield what tells the MCUs of the directory, once at first and then while it is open.

    Raises:
        BusError: the registry can't be reached.
        StoreError: a store can't be reached.
    """
    maker = DirectoryMaker(
        desk,
        doors,
        SiteNames(desk.units, desk.clock),
        Passes(desk.cabinet, key, desk.view, desk.clock),
        TokenIssuer(key).public_key_pem(),
    )
    publisher = DirectoryPublisher(maker, registry)
    await publisher.tell()
    task = asyncio.create_task(publisher.run(), name="directory")
    try:
        yield publisher
    finally:
        task.cancel()


def with_bells(rooms: RoomParts, directory: DirectoryPublisher) -> RoomParts:
    """Return rooms that know where they wait to be called, and whose changes are told at once."""
    return replace(rooms, fronts=directory.maker.fronts_of, changed=directory.poke)
