"""The device store and the guest store on SQLite or PostgreSQL."""

from collections import defaultdict
from dataclasses import replace

from sqlalchemy import Connection, Engine, delete, insert, select, update

from nhipcau.ports.devices import (
    CodeRefusedError,
    Device,
    DeviceKey,
    EmergencyPolicy,
    JoinPolicy,
    PairingCode,
    StaleDeviceError,
    first_emergency_policy,
)
from nhipcau.ports.guests import Guest
from nhipcau.quantities import ConferenceId, DeviceId, SiteId
from nhipcau.storage.database import storing
from nhipcau.storage.tables import DeviceKeyRow, DeviceRow, GuestRow, PairingCodeRow


class SqlDeviceStore:
    """A `DeviceStore` in a database that `migrate` has brought to the newest shape.

    Args:
        engine: from `open_database`; closed with the store.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep_code(self, code: PairingCode) -> None:
        """Keep a fresh code.

        Raises:
            StoreError: the database can't be reached.
        """
        row = {
            "hash": code.hash,
            "site": code.site,
            "join": code.join.value,
            "expires_ms": code.expires_ms,
        }
        with storing(), self._engine.begin() as connection:
            connection.execute(insert(PairingCodeRow).values(row))

    def enrol(self, code_hash: str, device: Device) -> Device:
        """Spend the code and keep the device, or neither.

        Raises:
            CodeRefusedError: the code is not good.
            StoreError: the database can't be reached.
        """
        good = (PairingCodeRow.hash == code_hash) & (PairingCodeRow.expires_ms >= device.created_ms)
        with storing(), self._engine.begin() as connection:
            # Deleting is what spends it: of two at once only one finds the row.
            spent = delete(PairingCodeRow).where(good)
            code = connection.execute(
                spent.returning(PairingCodeRow.site, PairingCodeRow.join)
            ).one_or_none()
            if code is None:
                raise CodeRefusedError(code_hash)
            enrolled = replace(
                device,
                site=SiteId(code.site),
                join=JoinPolicy(code.join),
                emergency=first_emergency_policy(JoinPolicy(code.join)),
            )
            connection.execute(insert(DeviceRow).values(_fields(enrolled)))
            _write_keys(connection, enrolled)
        return enrolled

    def devices(self) -> tuple[Device, ...]:
        """Return all devices, the oldest first.

        Raises:
            StoreError: the database can't be reached.
        """
        with storing(), self._engine.connect() as plain:
            connection = plain.execution_options(isolation_level="SERIALIZABLE")
            return _read(connection, None)

    def change(self, before: Device, after: Device) -> None:
        """Keep `after` instead of `before`.

        Raises:
            StaleDeviceError: something else is kept.
            StoreError: the database can't be reached.
        """
        with storing(), self._engine.begin() as connection:
            fields = {key: value for key, value in _fields(after).items() if key != "seen_ms"}
            own = DeviceRow.id == before.device
            # First a write, so that two take turns and the second sees that it is late.
            connection.execute(update(DeviceRow).where(own).values(name=DeviceRow.name))
            kept = _read(connection, before.device)
            if not kept or replace(kept[0], seen_ms=before.seen_ms) != before:
                raise StaleDeviceError(before.device)
            connection.execute(update(DeviceRow).where(own).values(fields))
            connection.execute(delete(DeviceKeyRow).where(DeviceKeyRow.device == before.device))
            _write_keys(connection, after)

    def note_seen(self, device: DeviceId, at_ms: int) -> None:
        """Note when a device has shown itself.

        Raises:
            StoreError: the database can't be reached.
        """
        with storing(), self._engine.begin() as connection:
            connection.execute(
                update(DeviceRow).where(DeviceRow.id == device).values(seen_ms=at_ms)
            )

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()


class SqlGuestStore:
    """A `GuestStore` in a database that `migrate` has brought to the newest shape."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, guest: Guest) -> None:
        """Keep an invitation.

        Raises:
            StoreError: the database can't be reached.
        """
        row = {name: getattr(guest, name) for name in _GUEST_FIELDS}
        with storing(), self._engine.begin() as connection:
            connection.execute(insert(GuestRow).values(row))

    def guests(self, meeting: ConferenceId) -> tuple[Guest, ...]:
        """Return the invitations to a meeting, the oldest first.

        Raises:
            StoreError: the database can't be reached.
        """
        chosen = select(GuestRow.__table__).where(GuestRow.meeting == meeting)
        with storing(), self._engine.connect() as connection:
            rows = connection.execute(chosen.order_by(GuestRow.created_ms, GuestRow.site))
            return tuple(Guest(**dict(row._mapping)) for row in rows)

    def withdraw(self, site: SiteId, at_ms: int) -> bool:
        """Note that an invitation is good no more.

        Raises:
            StoreError: the database can't be reached.
        """
        good = (GuestRow.site == site) & GuestRow.withdrawn_ms.is_(None)
        with storing(), self._engine.begin() as connection:
            result = connection.execute(update(GuestRow).where(good).values(withdrawn_ms=at_ms))
            return result.rowcount == 1

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()


_GUEST_FIELDS = (
    "site",
    "meeting",
    "agency",
    "person",
    "pin",
    "created_ms",
    "expires_ms",
    "withdrawn_ms",
)


def _fields(device: Device) -> dict[str, object]:
    return {
        "id": device.device,
        "site": device.site,
        "name": device.name,
        "join": device.join.value,
        "emergency": device.emergency.value,
        "created_ms": device.created_ms,
        "seen_ms": device.seen_ms,
        "revoked_ms": device.revoked_ms,
    }


def _write_keys(connection: Connection, device: Device) -> None:
    rows = [
        {
            "device": device.device,
            "text": key.text,
            "since_ms": key.since_ms,
            "until_ms": key.until_ms,
        }
        for key in device.keys
    ]
    if rows:
        connection.execute(insert(DeviceKeyRow), rows)


def _read(connection: Connection, only: DeviceId | None) -> tuple[Device, ...]:
    chosen = select(DeviceRow.__table__).order_by(DeviceRow.created_ms, DeviceRow.id)
    keys = select(DeviceKeyRow.__table__).order_by(DeviceKeyRow.since_ms, DeviceKeyRow.text)
    if only is not None:
        chosen = chosen.where(DeviceRow.id == only)
        keys = keys.where(DeviceKeyRow.device == only)
    rows = connection.execute(chosen).all()
    held: defaultdict[str, list[DeviceKey]] = defaultdict(list)
    for key in connection.execute(keys):
        held[key.device].append(DeviceKey(key.text, key.since_ms, key.until_ms))
    return tuple(
        Device(
            device=DeviceId(row.id),
            site=SiteId(row.site),
            name=row.name,
            join=JoinPolicy(row.join),
            created_ms=row.created_ms,
            seen_ms=row.seen_ms,
            revoked_ms=row.revoked_ms,
            keys=tuple(held[row.id]),
            emergency=EmergencyPolicy(row.emergency),
        )
        for row in rows
    )
