"""Rooms fetch the papers of their coming meetings beforehand, slowly, and resume where they were.

    room ─ signed question ─▶ offers: SHA-256, size, a ticket for each ─▶ GET by ticket, in ranges

A ticket names the site, the file and its end, signed with the office's secret: it opens that file
and nothing else.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from nhipcau.office.planning.desk import Desk
from nhipcau.office.planning.errors import BadTicketError
from nhipcau.office.planning.papers import PaperFile, paper_files
from nhipcau.office.planning.reading import lay_out
from nhipcau.planning.life import State
from nhipcau.quantities import Bitrate, SiteId

# A thin line takes its time; a room that was switched off asks again.
TICKET_S = 24 * 3600
_COMING = frozenset({State.APPROVED, State.DRAFT, State.SUBMITTED, State.LIVE})


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper that a room may fetch.

    Attributes:
        meeting, meeting_title: whose.
        title: of the paper.
        restricted: holds personal data: not shown on the screen of a room with visitors.
        file: SHA-256, size, pages.
        ticket: opens the file.
    """

    meeting: str
    meeting_title: str
    title: str
    restricted: bool
    file: PaperFile
    ticket: str


def offers(desk: Desk, site: SiteId, secret: bytes) -> list[Offer]:
    """Return the approved papers of the coming meetings of a site; the room has proven itself."""
    now_s = desk.clock.wall_s()
    found = []
    for head in desk.plans.heads():
        over = head.ends_s is None or head.ends_s < now_s
        if not head.editions or head.state not in _COMING or (over and head.state != State.LIVE):
            continue
        record = desk.plans.load(head.id)
        sheet = lay_out(desk, record, record.editions[-1])
        if site not in sheet.checked.invitation.sites:
            continue
        files = paper_files(desk, head.id)
        for paper in sheet.plan.papers:
            file = files.get(paper.id)
            if file is not None and file.approved is not None:
                ticket = make_ticket(secret, site, file.sha256, int(now_s) + TICKET_S)
                title = sheet.plan.header.title
                found.append(Offer(head.id, title, paper.title, paper.restricted, file, ticket))
    return found


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
