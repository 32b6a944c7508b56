"""Whom to call: the contacts of units. Personal data: shown to those who plan and run meetings."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from nhipcau.access.actions import Action
from nhipcau.office.planning.desk import Author, Desk, require, target
from nhipcau.office.planning.errors import MissingError
from nhipcau.org.units import UnitId
from nhipcau.planning.plan import Line
from nhipcau.ports.cabinet import Card

DRAWER = "contact"
_MOST = 20
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{1,28}[0-9]|[0-9]{3}")


def _phone(text: str) -> str:
    if text and not _PHONE.fullmatch(text):
        raise ValueError("is no telephone number")
    return text


Phone = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_phone)]
Mail = Annotated[str, StringConstraints(pattern=r"^$|^[^@\s]+@[^@\s]+$", max_length=200)]


class Contact(BaseModel):
    """Somebody to call.

    Attributes:
        name: the person's.
        duty: what for: "Trực trưởng", "Kỹ thuật điểm cầu".
        phone, email: where.
        parties: keys of the parties for which this is the contact; empty: for all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line
    duty: Line = ""
    phone: Phone = ""
    email: Mail = ""
    parties: tuple[str, ...] = Field(default=(), max_length=10)


def contacts_of(desk: Desk, units: Collection[str]) -> Mapping[str, tuple[Contact, ...]]:
    """Return the contacts of units; asks nobody."""
    found = desk.cabinet.some(DRAWER, units) if units else ()
    return {card.key: _read(card) for card in found}


def read_contacts(desk: Desk, author: Author, unit: str) -> tuple[int, tuple[Contact, ...]]:
    """Return the contacts of a unit and their revision (0: none were ever written).

    Raises:
        NotAllowedError: they are not the author's to see.
        MissingError: there is no such unit.
    """
    _known(desk, unit)
    require(author, Action.CONTACTS_READ, target(desk.view(), [unit]))
    card = desk.cabinet.card(DRAWER, unit)
    return (0, ()) if card is None else (card.revision, _read(card))


def put_contacts(
    desk: Desk, author: Author, unit: str, contacts: Sequence[Contact], after: int | None
) -> int:
    """Write the contacts of a unit; return their new revision.

    Raises:
        NotAllowedError: the author does not keep them.
        MissingError: there is no such unit.
        StaleCardError: somebody else wrote them meanwhile.
    """
    _known(desk, unit)
    require(author, Action.CONTACTS_CHANGE, target(desk.view(), [unit]))
    value = [contact.model_dump(mode="json") for contact in contacts[:_MOST]]
    revision = desk.cabinet.put(DRAWER, Card(unit, 0, value, desk.signature(author)), after)
    desk.note(author, Action.CONTACTS_CHANGE, f"unit:{unit}")
    return revision.revision


def _known(desk: Desk, unit: str) -> None:
    if UnitId(unit) not in desk.units.current().units:
        raise MissingError(f"Không có đơn vị {unit!r}.")


def _read(card: Card) -> tuple[Contact, ...]:
    return tuple(Contact.model_validate(one) for one in card.value)
