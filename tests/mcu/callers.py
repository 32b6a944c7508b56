"""A small province that can be called together: its directory, its devices, its passes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from nhipcau.credentials import statements
from nhipcau.credentials.keys import encode_bytes
from nhipcau.credentials.passes import EmergencyPass, sign_pass
from nhipcau.credentials.statements import Challenge
from nhipcau.mcu.admission import Proof
from nhipcau.mcu.emergency.front import Front, FrontFiles, NotHostedError
from nhipcau.mcu.emergency.keeping import KeptFile
from nhipcau.ports.audit import AuditEntry, AuditStats
from nhipcau.ports.clock import Clock
from nhipcau.ports.devices import EmergencyPolicy
from nhipcau.ports.directory import (
    Directory,
    EmergencyCalls,
    KnownDevice,
    KnownFront,
    KnownLevel,
)
from nhipcau.ports.messages import ConferencePlan, PlannedSite
from nhipcau.quantities import ConferenceId, DeviceId, McuName, SiteId

HALL, NORTH, SOUTH = SiteId("hall"), SiteId("north"), SiteId("south")
NORTH_1, NORTH_2, SOUTH_1 = SiteId("north-1"), SiteId("north-2"), SiteId("south-1")
ALL = (HALL, NORTH, SOUTH, NORTH_1, NORTH_2, SOUTH_1)
MCU, OTHER = McuName("mcu-1"), McuName("mcu-2")
OFFICE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SECRET = encode_bytes(bytes(32))
PEM = (
    OFFICE_KEY.public_key()
    .public_bytes(Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
_LEVELS = {HALL: "province", NORTH: "district", SOUTH: "district"}
_PARENTS = {NORTH: HALL, SOUTH: HALL, NORTH_1: NORTH, NORTH_2: NORTH, SOUTH_1: SOUTH}


@dataclass
class Device:
    """An enrolled browser."""

    site: SiteId
    policy: EmergencyPolicy = EmergencyPolicy.ITSELF
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def device(self) -> DeviceId:
        return DeviceId(f"device-{self.site}")

    @property
    def public(self) -> str:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return encode_bytes(point)

    def sign(self, statement: bytes) -> str:
        r, s = decode_dss_signature(self.key.sign(statement, ec.ECDSA(SHA256())))
        return encode_bytes(r.to_bytes(32) + s.to_bytes(32))

    def prove(self, challenge: Challenge) -> Proof:
        said = statements.bell(challenge, self.device, self.public)
        return Proof(self.device, self.public, self.sign(said))


def directory_of(devices: Sequence[Device] = (), **more: object) -> Directory:
    """Return a province of a hall, two districts and three communes."""
    known = Directory(
        sites=tuple(
            PlannedSite(
                site=site,
                name=f"Room {site}",
                level=_LEVELS.get(site, "commune"),
                parent=_PARENTS.get(site),
                call="A · 0258 000 000",
            )
            for site in ALL
        ),
        levels=tuple(KnownLevel(key=key, name=key) for key in ("province", "district", "commune")),
        devices=tuple(
            KnownDevice(device=one.device, site=one.site, keys=(one.public,), policy=one.policy)
            for one in devices
        ),
        token_public_key_pem=PEM,
        emergency_key=SECRET,
        origins=("https://office.example",),
        fronts=(KnownFront(mcu=MCU, url="https://front.example"),),
    )
    return known.model_copy(update=more)


def pass_text(
    site: SiteId = HALL,
    expires_s: int = 10_000,
    key: Ed25519PrivateKey = OFFICE_KEY,
    pass_id: str = "p1",
) -> str:
    """Return a pass as text."""
    return sign_pass(EmergencyPass(pass_id, site, "Văn phòng", expires_s), key, 0)


class Hosts:
    """A hosting that remembers; `full`: it has no place."""

    def __init__(self) -> None:
        self.plans: list[ConferencePlan] = []
        self.ended: set[ConferenceId] = set()
        self.full = False

    async def begin(self, plan: ConferencePlan) -> str:
        if self.full:
            raise NotHostedError("no place is free")
        self.plans.append(plan)
        return f"https://media-{len(self.plans)}.example"

    def is_over(self, conference: ConferenceId) -> bool:
        return conference in self.ended or conference not in {p.conference for p in self.plans}


class Trail:
    """An audit that remembers."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    def record(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    def stats(self) -> AuditStats:
        return AuditStats()

    def close(self) -> None:
        return None

    def told(self) -> list[tuple[str, str]]:
        """Return what was done, and its outcome."""
        return [(one.action, one.outcome) for one in self.entries]


class Office:
    """A front with its surroundings."""

    def __init__(self, clock: Clock, folder: Path, mcu: McuName = MCU) -> None:
        self.hosts, self.trail, self._made = Hosts(), Trail(), 0
        self._folder = folder
        files = FrontFiles(
            KeptFile.at(folder, "directory", Directory),
            KeptFile.at(folder, "calls", EmergencyCalls),
        )
        self.front = Front(mcu, self.hosts, files, clock, self._new_id)
        self.front.trail = self.trail
        self.front.recall()

    def _new_id(self) -> str:
        self._made += 1
        return f"{self._folder.name}-{self._made}"
