"""Rooms as devices: pair one with a code, let it change its key, revoke it.

    administrator ─ make_code ─▶ ACDE-FGHJ, 10 minutes, once
    room's page   ─ pair ─▶ code, public key, signature ─▶ device
                  ─ rotate ─▶ new key, signed by the old and by itself; both good for a while
    administrator ─ revoke ─▶ every plan says so

The calls block for the store; they may come from any thread.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from nhipcau.credentials import statements
from nhipcau.credentials.codes import code_hash, make_code, normal_code
from nhipcau.credentials.keys import BadKeyError, PublicKey
from nhipcau.ports.clock import Clock
from nhipcau.ports.devices import (
    CodeRefusedError,
    Device,
    DeviceKey,
    DeviceStore,
    EmergencyPolicy,
    JoinPolicy,
    PairingCode,
)
from nhipcau.quantities import DeviceId, SiteId

CODE_LIFETIME_MS = 10 * 60_000
# Long enough for a room that was switched off over a holiday to be known by either key.
OVERLAP_MS = 14 * 24 * 3_600_000
# A page's clock may be wrong; it learns the office's from the answer and tries again.
SIGNED_WITHIN_MS = 120_000


class EnrolmentError(Exception):
    """Not done. `code`: `code_refused`, `key_invalid`, `signature_invalid`, `clock`, `unknown`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class FreshCode:
    """A code as it is shown once, and until when it is good."""

    code: str
    expires_ms: int


@dataclass(frozen=True, slots=True)
class SignedBy:
    """What a device signed with its newest or still good key, and when it says it did."""

    device: DeviceId
    at_ms: int
    signature: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The devices at work."""

    store: DeviceStore
    clock: Clock
    secret: bytes = field(repr=False)
    below: Callable[[int], int] = secrets.randbelow

    def make_code(self, site: SiteId, join: JoinPolicy) -> FreshCode:
        """Return a fresh code for a device of `site`.

        Raises:
            StoreError: the store can't be reached.
        """
        shown = make_code(self.below)
        fresh = FreshCode(shown, self._now_ms() + CODE_LIFETIME_MS)
        kept = code_hash(shown.replace("-", ""), self.secret)
        self.store.keep_code(PairingCode(kept, site, join, fresh.expires_ms))
        return fresh

    def pair(self, typed: str, key: str, signature: str, name: str) -> Device:
        """Enrol a browser by the code that was typed there.

        Raises:
            EnrolmentError: `code_refused`, `key_invalid` or `signature_invalid`.
            StoreError: the store can't be reached.
        """
        code = normal_code(typed)
        if code is None:
            raise EnrolmentError("code_refused", "this is no pairing code")
        public = _public_key(key)
        if not public.verifies(signature, statements.pairing(code, key)):
            raise EnrolmentError("signature_invalid", "the key's owner did not sign this code")
        now_ms = self._now_ms()
        fresh = Device(
            device=DeviceId(secrets.token_hex(12)),
            site=SiteId(""),
            name=name,
            join=JoinPolicy.ASK,
            created_ms=now_ms,
            seen_ms=now_ms,
            keys=(DeviceKey(key, now_ms),),
        )
        try:
            return self.store.enrol(code_hash(code, self.secret), fresh)
        except CodeRefusedError:
            raise EnrolmentError("code_refused", "the code is unknown, used or too old") from None

    def recognise(self, said: SignedBy) -> Device:
        """Return the device that signed its agenda's statement just now, and note it as seen.

        Raises:
            EnrolmentError: `unknown`, `clock` or `signature_invalid`.
            StoreError: the store can't be reached.
        """
        device = self._signed(said, statements.agenda(said.device, said.at_ms))
        self.store.note_seen(device.device, self._now_ms())
        return device

    def rotate(self, said: SignedBy, key: str, own_signature: str) -> Device:
        """Let a new key follow the device's old one; the old one is good for a while yet.

        Args:
            said: the rotation's statement, signed with the old key.
            key: the new one.
            own_signature: the same statement, signed with the new key.

        Raises:
            EnrolmentError: `unknown`, `clock`, `key_invalid` or `signature_invalid`.
            StaleDeviceError: the device is changed by somebody else at this moment.
            StoreError: the store can't be reached.
        """
        statement = statements.rotation(said.device, key, said.at_ms)
        device = self._signed(said, statement)
        if not _public_key(key).verifies(own_signature, statement):
            raise EnrolmentError("signature_invalid", "the new key's owner did not sign")
        if any(known.text == key for known in device.keys):
            return device
        now_ms = self._now_ms()
        ending = tuple(
            replace(known, until_ms=known.until_ms or now_ms + OVERLAP_MS)
            for known in device.keys
            if known.until_ms is None or known.until_ms > now_ms
        )
        after = replace(device, keys=(*ending, DeviceKey(key, now_ms)))
        self.store.change(device, after)
        return after

    def revoke(self, device: DeviceId) -> Device:
        """Let a device in no more.

        Raises:
            EnrolmentError: `unknown`.
            StaleDeviceError: the device is changed by somebody else at this moment.
            StoreError: the store can't be reached.
        """
        before = self._get(device)
        if before.revoked_ms is not None:
            return before
        after = replace(before, revoked_ms=self._now_ms())
        self.store.change(before, after)
        return after

    def set_policy(
        self, device: DeviceId, join: JoinPolicy | None, emergency: EmergencyPolicy | None
    ) -> Device:
        """Set what the room does when its meeting starts, and when it is called; None: as it is.

        Raises as `revoke`.
        """
        before = self._get(device)
        after = replace(before, join=join or before.join, emergency=emergency or before.emergency)
        self.store.change(before, after)
        return after

    def _get(self, device: DeviceId) -> Device:
        for one in self.store.devices():
            if one.device == device:
                return one
        raise EnrolmentError("unknown", "there is no such device")

    def _signed(self, said: SignedBy, statement: bytes) -> Device:
        device = self._get(said.device)
        if device.revoked_ms is not None:
            raise EnrolmentError("unknown", "this device was revoked")
        now_ms = self._now_ms()
        if abs(now_ms - said.at_ms) > SIGNED_WITHIN_MS:
            raise EnrolmentError("clock", "the device's clock is not the office's")
        good = (key for key in device.keys if key.until_ms is None or key.until_ms > now_ms)
        if not any(PublicKey(key.text).verifies(said.signature, statement) for key in good):
            raise EnrolmentError("signature_invalid", "none of the device's keys signed this")
        return device

    def _now_ms(self) -> int:
        return round(self.clock.wall_s() * 1000)


def _public_key(text: str) -> PublicKey:
    try:
        return PublicKey.read(text)
    except BadKeyError as error:
        raise EnrolmentError("key_invalid", str(error)) from None
