"""Which room has which paper: a room says what it holds, checked by its SHA-256, when it asks.

A receipt is of one file: when another one comes for the row, nobody has it yet.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from nhipcau.office.planning.desk import Desk
from nhipcau.office.planning.fetching import Offer
from nhipcau.office.planning.papers import PaperFile
from nhipcau.office.planning.reading import Sheet
from nhipcau.ports.cabinet import Card
from nhipcau.ports.devices import Device
from nhipcau.ports.plans import Signature
from nhipcau.quantities import SiteId

_DRAWER = "receipt"


@dataclass(frozen=True, slots=True)
class RoomReceipt:
    """A room of the meeting, and since when it has the file; None: it has not got it."""

    site: SiteId
    units: tuple[str, ...]
    at_s: float | None


def note_receipts(
    desk: Desk, device: Device, held: Collection[str], found: Iterable[Offer]
) -> None:
    """Write down which of the files that a room may have it holds; asks nobody."""
    have = {_key(one, device.site): one.file.sha256 for one in found if one.file.sha256 in held}
    known = {card.key: card.value["sha256"] for card in desk.cabinet.some(_DRAWER, have)}
    for key, sha256 in have.items():
        if known.get(key) != sha256:
            signed = Signature(f"device:{device.device}", device.site, desk.clock.wall_s())
            desk.cabinet.put(_DRAWER, Card(key, 0, {"sha256": sha256}, signed), None)


def receipts(desk: Desk, sheet: Sheet, file: PaperFile) -> list[RoomReceipt]:
    """Return every room of a meeting and whether it has the file of a paper; asks nobody."""
    since = _since(desk, f"{sheet.head.id}/{file.paper}/").get(file.paper, {})
    return [
        RoomReceipt(site, units, since.get((site, file.sha256)))
        for site, units in sheet.checked.invitation.sites.items()
    ]


def receipt_counts(desk: Desk, sheet: Sheet, files: Mapping[str, PaperFile]) -> Mapping[str, int]:
    """Return how many rooms have the file of each paper; asks nobody."""
    since, sites = _since(desk, f"{sheet.head.id}/"), sheet.checked.invitation.sites
    return {
        paper: sum((site, file.sha256) in since.get(paper, {}) for site in sites)
        for paper, file in files.items()
    }


def _since(desk: Desk, prefix: str) -> dict[str, dict[tuple[SiteId, str], float]]:
    """Return since when rooms have files, by paper."""
    found: dict[str, dict[tuple[SiteId, str], float]] = {}
    for card in desk.cabinet.cards(_DRAWER, prefix):
        _, paper, site = card.key.split("/", 2)
        found.setdefault(paper, {})[SiteId(site), card.value["sha256"]] = card.signed.at_s
    return found


def _key(offer: Offer, site: SiteId) -> str:
    return f"{offer.meeting}/{offer.file.paper}/{site}"
