"""Whom to call for each party of a meeting: the contacts of the units that the party stands for.

A party stands for the host, for a level, or for those whom tasks of this party alone name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from nhipcau.office.planning.contacts import Contact, contacts_of
from nhipcau.office.planning.desk import Desk
from nhipcau.office.planning.reading import Sheet

# Of a level's hundred units a list shows the first few.
_SHOWN_UNITS = 12


@dataclass(frozen=True, slots=True)
class Calls:
    """A party's units with their contacts, the first of them; `more` is how many others."""

    units: Mapping[str, tuple[Contact, ...]]
    more: int


def stands_for(desk: Desk, sheet: Sheet, party: str) -> list[str]:
    """Return the units that a party stands for by its rule, in the order of the tree."""
    rule = desk.rules.parties.get(party)
    words = "" if rule is None else rule.stands_for
    if words == "host":
        return [sheet.plan.header.host] if sheet.plan.header.host else []
    if words.startswith("level:"):
        level, who = words.partition(":")[2], sheet.checked.invitation
        return [unit for unit in who.units if who.view.units[unit].level == level]
    return []


def calls(desk: Desk, sheet: Sheet) -> Mapping[str, Calls]:
    """Return whom to call for each party; asks nobody."""
    units = {party: _units_of(desk, sheet, party) for party in desk.rules.parties}
    shown = {party: found[:_SHOWN_UNITS] for party, found in units.items()}
    known = contacts_of(desk, {unit for found in shown.values() for unit in found})
    return {
        party: Calls(
            {unit: _for(party, known.get(unit, ())) for unit in found},
            len(units[party]) - len(found),
        )
        for party, found in shown.items()
    }


def _units_of(desk: Desk, sheet: Sheet, party: str) -> list[str]:
    named = dict.fromkeys(
        unit for task in sheet.plan.tasks if task.parties == (party,) for unit in task.units
    )
    return list(named) or stands_for(desk, sheet, party)


def _for(party: str, contacts: tuple[Contact, ...]) -> tuple[Contact, ...]:
    """Return the contacts that are this party's; all of them where none is its own."""
    own = tuple(one for one in contacts if party in one.parties)
    return own or tuple(one for one in contacts if not one.parties)
