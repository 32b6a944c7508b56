"""Which rehearsals a meeting had: written down when one is made, asked for with its evidence."""

from nhipcau.office.planning.desk import Author, Desk
from nhipcau.ports.cabinet import Card

_DRAWER = "rehearsal"


def note_rehearsal(desk: Desk, author: Author, meeting: str, rehearsal: str) -> None:
    """Write down that a meeting is the rehearsal of another one; asks nobody."""
    card = Card(f"{meeting}/{rehearsal}", 0, {}, desk.signature(author))
    desk.cabinet.put(_DRAWER, card, None)


def rehearsals_of(desk: Desk, meeting: str) -> list[str]:
    """Return the ids of a meeting's rehearsals; asks nobody."""
    cards = desk.cabinet.cards(_DRAWER, f"{meeting}/")
    return [card.key.partition("/")[2] for card in cards]
