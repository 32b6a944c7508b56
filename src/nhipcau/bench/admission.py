"""What an admission with all checks costs the MCU.

A room is paired as an administrator does it, then comes again and again by proof of its key. The
MCU counts its own processor time from each `hello` to its `welcome`: signature, plan, seat, event
on disk, resume ticket.
"""

import asyncio
import json
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from websockets.asyncio.client import ClientConnection, connect

from nhipcau.bench.report import Figure, at_most
from nhipcau.bench.stage import Stage
from nhipcau.credentials import statements
from nhipcau.credentials.keys import encode_bytes
from nhipcau.credentials.statements import Challenge

_GOAL_MS = 5.0
_ADMINISTRATOR = "quan-tri"
# A seat may be taken 20 times at once, then once a second.
_TIMES = 18
_SPENT, _ADMITTED = "nhipcau_mcu_admission_cpu_seconds_total", "nhipcau_mcu_admissions_total"
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class _Room:
    """A paired device."""

    device: str
    key: ec.EllipticCurvePrivateKey

    def public(self) -> str:
        """Return the public key as a page sends it."""
        public = self.key.public_key()
        return encode_bytes(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def sign(self, statement: bytes) -> str:
        """Return a signature in WebCrypto's form."""
        r, s = decode_dss_signature(self.key.sign(statement, ec.ECDSA(hashes.SHA256())))
        return encode_bytes(r.to_bytes(32) + s.to_bytes(32))


async def admission_figure(stage: Stage, site: str) -> Figure:
    """Return the MCU's processor time for one admission of a device of `site`, in ms."""
    room = await asyncio.to_thread(_pair, stage, site)
    before = await asyncio.to_thread(stage.metrics)
    for _ in range(_TIMES):
        await _come_and_go(stage, room)
    after = await asyncio.to_thread(stage.metrics)
    spent_s = after[_SPENT] - before[_SPENT]
    admitted = after[_ADMITTED] - before[_ADMITTED]
    return at_most("admission_ms", 1000 * spent_s / admitted, "ms", _GOAL_MS)


async def _come_and_go(stage: Stage, room: _Room) -> None:
    async with asyncio.timeout(_PATIENCE_S), connect(stage.signal_url, max_size=2**20) as socket:
        await socket.send(json.dumps({"type": "knock", "v": 1}))
        asked = await _hear(socket, "challenge")
        challenge = Challenge(asked["nonce"], asked["conference"], asked["mcu"], asked["at_ms"])
        said = statements.admission(challenge, room.device, room.public())
        proof = {"device": room.device, "key": room.public(), "signature": room.sign(said)}
        hello = {"type": "hello", "v": 1, "kind": "site", "capture": True, "takeover": True}
        await socket.send(json.dumps({**hello, "proof": proof}))
        await _hear(socket, "offer")
        await socket.send(json.dumps({"type": "leave"}))


async def _hear(socket: ClientConnection, kind: str) -> dict[str, Any]:
    async for text in socket:
        message: dict[str, Any] = json.loads(text)
        if message["type"] == kind:
            return message
        if message["type"] == "error":
            raise RuntimeError(f"refused: {message}")
    raise RuntimeError("the MCU closed the connection")


def _pair(stage: Stage, site: str) -> _Room:
    office = str(stage.announcement["office"])
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    accounts = stage.announcement["accounts"]
    link = next(one["url"] for one in accounts if one["name"] == _ADMINISTRATOR)
    token = str(link).split("#sign-in=", 1)[1]
    _post(opener, f"{office}/api/v1/sign-in/link", {"token": token})
    code = _post(opener, f"{office}/api/v1/sites/{site}/pairing-codes", {"join": "itself"})["code"]
    fresh = _Room("", ec.generate_private_key(ec.SECP256R1()))
    signature = fresh.sign(statements.pairing(code.replace("-", ""), fresh.public()))
    body = {"code": code, "key": fresh.public(), "signature": signature}
    paired = _post(opener, f"{office}/api/v1/room/pairing", body)
    return _Room(str(paired["device"]), fresh.key)


def _post(opener: urllib.request.OpenerDirector, url: str, body: object) -> Any:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with opener.open(request, timeout=_PATIENCE_S) as answer:
        said = answer.read()
        return json.loads(said) if said else None
