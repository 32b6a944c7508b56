"""Papers of a meeting: a PDF is uploaded for a row of the plan, checked, and approved by the chair.

    chunks ─▶ vault ─▶ is it a PDF? ─▶ card "MEETING/TL1": SHA-256, size, pages, who and when

A new file for the same row takes the approval away. The file of an older one stays in the vault:
what was approved once can be shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nhipcau.access.actions import Action
from nhipcau.access.policy import allows
from nhipcau.office.planning.desk import Author, Desk, require
from nhipcau.office.planning.errors import MissingError, OutdatedError
from nhipcau.office.planning.pdf import check_pdf
from nhipcau.office.planning.reading import Sheet, host_target, read_meeting
from nhipcau.ports.cabinet import Card, StaleCardError
from nhipcau.ports.plans import Signature

# 200 scanned pages; more than that no room fetches in a morning over a commune's line.
MAX_PAPER_BYTES = 50 * 1024 * 1024
_DRAWER = "paper"


@dataclass(frozen=True, slots=True)
class PaperFile:
    """The file of a paper.

    Attributes:
        paper: id of the row ("TL1").
        sha256, size, pages: of the file.
        name: what it was called where it came from.
        uploaded: by whom and when.
        approved: by whom and when; None: not yet.
        revision: goes up with every upload and approval.
    """

    paper: str
    sha256: str
    size: int
    pages: int
    name: str
    uploaded: Signature
    approved: Signature | None
    revision: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that comes in for a paper."""

    paper: str
    name: str
    chunks: Iterable[bytes]


def upload_paper(desk: Desk, author: Author, meeting: str, upload: Upload) -> PaperFile:
    """Keep a file for a paper of a meeting.

    Raises:
        MissingError: there is no such meeting, or no such row among its papers.
        NotAllowedError: the author brings no papers for it.
        BadPaperError: it is no PDF, is encrypted, broken or has no page.
        TooLargeError: it is larger than `MAX_PAPER_BYTES`.
        VaultError: the disk refuses.
    """
    sheet = read_meeting(desk, author, meeting)
    require(author, Action.PAPERS_CHANGE, host_target(desk, sheet))
    _row(sheet, upload.paper)
    kept = desk.vault.keep(upload.chunks, MAX_PAPER_BYTES)
    pages = check_pdf(desk.vault.read(kept.sha256))
    signed = desk.signature(author)
    value = {
        "sha256": kept.sha256,
        "size": kept.size,
        "pages": pages,
        "name": upload.name[:200],
        "approved": None,
        "uploaded": [signed.account, signed.name, signed.at_s],
    }
    card = desk.cabinet.put(_DRAWER, Card(f"{meeting}/{upload.paper}", 0, value, signed), None)
    more = {"paper": upload.paper, "sha256": kept.sha256}
    desk.note(author, Action.PAPERS_CHANGE, f"meeting:{meeting}", more)
    return _read(card)


def approve_paper(desk: Desk, author: Author, meeting: str, paper: str, sha256: str) -> PaperFile:
    """Approve the file of a paper, as the chair saw it.

    Raises:
        MissingError: there is no such meeting, paper or file.
        NotAllowedError: the author does not chair it.
        OutdatedError: another file has come since what the chair saw.
    """
    sheet = read_meeting(desk, author, meeting)
    require(author, Action.PAPERS_APPROVE, host_target(desk, sheet))
    _row(sheet, paper)
    card = desk.cabinet.card(_DRAWER, f"{meeting}/{paper}")
    if card is None:
        raise MissingError(f"Tài liệu {paper} chưa có tệp.")
    if card.value["sha256"] != sha256:
        raise OutdatedError(card.revision - 1, card.revision)
    signed = desk.signature(author)
    value = {**card.value, "approved": [signed.account, signed.name, signed.at_s]}
    try:
        card = desk.cabinet.put(_DRAWER, Card(card.key, 0, value, signed), card.revision)
    except StaleCardError:
        raise OutdatedError(card.revision, card.revision + 1) from None
    more = {"paper": paper, "sha256": sha256}
    desk.note(author, Action.PAPERS_APPROVE, f"meeting:{meeting}", more)
    return _read(card)


def paper_files(desk: Desk, meeting: str) -> Mapping[str, PaperFile]:
    """Return the files of a meeting's papers, by their rows; asks nobody."""
    found = [_read(card) for card in desk.cabinet.cards(_DRAWER, f"{meeting}/")]
    return {file.paper: file for file in found}


def open_paper(desk: Desk, author: Author, meeting: str, paper: str) -> PaperFile:
    """Return the file of a paper that the author may read.

    Who takes part reads what the chair has approved; who brings and approves papers reads all.

    Raises:
        MissingError: there is no such meeting or file, or none that the author may know of.
    """
    sheet = read_meeting(desk, author, meeting)
    file = paper_files(desk, meeting).get(paper)
    if file is None or (file.approved is None and not _writes(desk, author, sheet)):
        raise MissingError(f"Tài liệu {paper} chưa có tệp.")
    return file


def _writes(desk: Desk, author: Author, sheet: Sheet) -> bool:
    on = host_target(desk, sheet)
    deeds = (Action.PAPERS_CHANGE, Action.PAPERS_APPROVE)
    return any(allows(author.actor, deed, on) for deed in deeds)


def _row(sheet: Sheet, paper: str) -> None:
    if all(row.id != paper for row in sheet.plan.papers):
        raise MissingError(f"Cuộc họp không có tài liệu {paper!r}.")


def _read(card: Card) -> PaperFile:
    value, approved = card.value, card.value["approved"]
    return PaperFile(
        paper=card.key.partition("/")[2],
        sha256=value["sha256"],
        size=value["size"],
        pages=value["pages"],
        name=value["name"],
        uploaded=Signature(*value["uploaded"]),
        approved=None if approved is None else Signature(*approved),
        revision=card.revision,
    )
