"""Rooms fetch the papers of their coming meetings beforehand, slowly, and resume where they were.

    room ─ signed question ─▶ offers: SHA-256, size, a ticket for each ─▶ GET by ticket, in ranges
         ─ what it holds ───▶ receipts: which room has which file

A ticket names the site, the file and its end, signed with the office's secret: it opens that file
and nothing else. A paper with personal data is named and not handed out: it is neither shown nor
recorded, so no room needs it.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from nhipcau.office.planning.desk import Desk
from nhipcau.office.planning.errors import BadTicketError
from nhipcau.office.planning.papers import PaperFile, paper_files
from nhipcau.office.planning.reading import lay_out
from nhipcau.planning.life import State
from nhipcau.planning.pacing import KEPT_AFTER_S
from nhipcau.ports.plans import PlanHead
from nhipcau.quantities import Bitrate, SiteId

# A thin line takes its time; a room that was switched off asks again.
TICKET_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper that a room may fetch.

    Attributes:
        meeting, meeting_title: whose.
        title: of the paper.
        restricted: holds personal data: no room gets it.
        file: SHA-256, size, pages.
        until_s: how long the room may keep it.
        ticket: opens the file; "" for one that is restricted.
    """

    meeting: str
    meeting_title: str
    title: str
    restricted: bool
    file: PaperFile
    until_s: int
    ticket: str


def offers(desk: Desk, site: SiteId, secret: bytes) -> list[Offer]:
    """Return the approved papers of a site's meetings, the earliest first, while it may keep them.

    The room has proven itself already.
    """
    now_s = desk.clock.wall_s()
    heads = [
        head for head in desk.plans.heads() if head.editions and _kept_until(head, now_s) > now_s
    ]
    return [
        offer
        for head in sorted(heads, key=lambda head: (head.starts_s or now_s, head.id))
        for offer in _offers_of(desk, head, site, secret)
    ]


def _offers_of(desk: Desk, head: PlanHead, site: SiteId, secret: bytes) -> Iterator[Offer]:
    record = desk.plans.load(head.id)
    sheet = lay_out(desk, record, record.editions[-1])
    if site not in sheet.checked.invitation.sites:
        return
    now_s, title = int(desk.clock.wall_s()), sheet.plan.header.title
    until_s, files = int(_kept_until(head, now_s)), paper_files(desk, head.id)
    for paper in sheet.plan.papers:
        file = files.get(paper.id)
        if file is None or file.approved is None:
            continue
        free = not paper.restricted
        ticket = make_ticket(secret, site, file.sha256, now_s + TICKET_S) if free else ""
        yield Offer(head.id, title, paper.title, paper.restricted, file, until_s, ticket)


def _kept_until(head: PlanHead, now_s: float) -> float:
    """Return how long rooms keep the papers of a meeting; 0: they have none of it."""
    if head.state is State.CANCELLED:
        return 0.0
    if head.state is State.LIVE:
        return max(head.ends_s or 0.0, now_s) + KEPT_AFTER_S
    return 0.0 if head.ends_s is None else head.ends_s + KEPT_AFTER_S


def line_of(desk: Desk, site: SiteId) -> Bitrate | None:
    """Return what the line of a site was declared to carry; None where nobody said."""
    tree = desk.units.current()
    known = tree.sites.get(site)
    return None if known is None else tree.places[known.place].line_bps


def make_ticket(secret: bytes, site: SiteId, sha256: str, until_s: int) -> str:
    """Return a ticket: it opens one file for one site until a moment."""
    said = f"{site}|{sha256}|{until_s}"
    mark = hmac.digest(_key(secret), said.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(f"{site}|{until_s}|".encode() + mark).decode().rstrip("=")


def read_ticket(secret: bytes, ticket: str, sha256: str, now_s: float) -> SiteId:
    """Return the site that a ticket for a file belongs to.

    Raises:
        BadTicketError: it is none of ours, is for another file, or its time is over.
    """
    refused = BadTicketError("Vé tải tài liệu không hợp lệ hoặc đã hết hạn.")
    try:
        data = base64.b64decode(ticket + "=" * (-len(ticket) % 4), b"-_", validate=True)
        site, until, mark = data.split(b"|", 2)
        said = f"{site.decode()}|{sha256}|{int(until)}"
    except ValueError:
        raise refused from None
    expected = hmac.digest(_key(secret), said.encode(), hashlib.sha256)
    if not hmac.compare_digest(mark, expected) or int(until) < now_s:
        raise refused
    return SiteId(site.decode())


def _key(secret: bytes) -> bytes:
    return hmac.digest(secret, b"nhipcau papers", hashlib.sha256)
