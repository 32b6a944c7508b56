"""Templates: plans kept to begin others with, without day, answers and papers' files."""

from dataclasses import dataclass
from typing import Any

from nhipcau.access.actions import Action
from nhipcau.access.policy import allows
from nhipcau.office.planning.desk import Author, Desk, require, target
from nhipcau.office.planning.errors import BadRequestError, MissingError
from nhipcau.office.planning.reading import read_meeting
from nhipcau.planning.parts import REHEARSES
from nhipcau.ports.cabinet import Card
from nhipcau.ports.plans import Signature

_DRAWER = "template"
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Template:
    """A template: whose it is, and who made it."""

    id: str
    name: str
    host: str
    kind: str
    cues: int
    signed: Signature


def make_template(desk: Desk, author: Author, meeting: str, name: str) -> Template:
    """Keep a meeting's plan as a template of its host.

    Raises:
        MissingError: there is no such meeting.
        NotAllowedError: the author writes no meetings of its host.
        BadRequestError: it has no name.
    """
    name = name.strip()[:_LONGEST]
    if not name:
        raise BadRequestError("Mẫu chưa có tên.")
    sheet = read_meeting(desk, author, meeting)
    host = sheet.plan.header.host
    require(author, Action.MEETINGS_CHANGE, target(sheet.checked.scene.view, [host]))
    parts: dict[str, Any] = {**sheet.parts, "header/starts": None, "header/secret": None}
    parts.pop(f"header/{REHEARSES}", None)
    card = Card(desk.new_id(), 0, {"name": name, "parts": parts}, desk.signature(author))
    kept = desk.cabinet.put(_DRAWER, card, 0)
    desk.note(author, Action.MEETINGS_CHANGE, f"template:{kept.key}", {"of": meeting})
    return _read(kept)


def list_templates(desk: Desk, author: Author) -> list[Template]:
    """Return the templates of hosts whose meetings the author reads, by name."""
    view = desk.view()
    found = [_read(card) for card in desk.cabinet.cards(_DRAWER)]
    seen = [
        one for one in found if allows(author.actor, Action.MEETINGS_READ, target(view, [one.host]))
    ]
    return sorted(seen, key=lambda one: one.name)


def remove_template(desk: Desk, author: Author, template: str) -> None:
    """Throw a template away.

    Raises:
        MissingError: there is none.
        NotAllowedError: it is not the author's host's.
    """
    card = desk.cabinet.card(_DRAWER, template)
    if card is None:
        raise MissingError(f"Không có mẫu {template!r}.")
    require(author, Action.MEETINGS_CHANGE, target(desk.view(), [_read(card).host]))
    desk.cabinet.remove(_DRAWER, template, None)
    desk.note(author, Action.MEETINGS_CHANGE, f"template:{template}", {"step": "remove"})


def _read(card: Card) -> Template:
    parts = card.value["parts"]
    cues = sum(part.startswith("cues/") and "#" not in part for part in parts)
    return Template(
        card.key,
        card.value["name"],
        parts["header/host"],
        parts["header/kind"],
        cues,
        card.signed,
    )
