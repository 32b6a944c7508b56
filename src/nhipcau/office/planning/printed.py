"""What the printed papers of a meeting say beside its plan: whom to call, and what is done."""

from nhipcau.office.exporting import Marks
from nhipcau.office.planning.contacts import Contact
from nhipcau.office.planning.desk import Desk
from nhipcau.office.planning.duties import duties, invited
from nhipcau.office.planning.errors import MissingError
from nhipcau.office.planning.reading import lay_out, load
from nhipcau.ports.plans import Signature


def marks_of(desk: Desk, meeting: str) -> Marks:
    """Return contacts, check-offs and the invitation's number, in words; asks nobody."""
    try:
        table = duties(desk, lay_out(desk, load(desk, meeting)))
    except MissingError:
        return Marks()
    contacts = {unit: found[0] for duty in table for unit, found in duty.contacts.items() if found}
    return Marks(
        contacts={unit: _called(contact) for unit, contact in contacts.items()},
        done={duty.task.id: _done(desk, duty.checks[""]) for duty in table if "" in duty.checks},
        invited=invited(desk, meeting),
    )


def _called(contact: Contact) -> str:
    """Return name and number; a number is not broken over two lines."""
    phone = contact.phone.replace(" ", "\u00a0")
    return ", ".join(part for part in (contact.name, phone) if part)


def _done(desk: Desk, signed: Signature) -> str:
    return f"{desk.at(signed.at_s):%H:%M %d/%m/%Y}, {signed.name}"
