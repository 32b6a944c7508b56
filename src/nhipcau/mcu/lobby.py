"""The guest's PIN at the MCU: checked beside the event loop, counted in the conference.

The count is an event, so that neither a restart nor a reload gives new tries. Only one PIN is
checked at a time: many tries at once would all be measured against the same count.
"""

import asyncio

from nhipcau.conference.decide_gate import MAX_WRONG_PINS
from nhipcau.conference.state import ConferenceState
from nhipcau.credentials.codes import PIN_DIGITS, pin_matches
from nhipcau.mcu.admission import Ticket


async def check_pin(state: ConferenceState, ticket: Ticket, pin: str | None) -> str:
    """Return "" when the PIN is right, else why not: an error code of docs/PROTOCOL.md."""
    assert ticket.pin_record is not None
    assert ticket.site is not None
    if state.wrong_pins.get(ticket.site, 0) >= MAX_WRONG_PINS:
        return "pin_used_up"
    if pin is None:
        return "pin_required"
    if len(pin) != PIN_DIGITS or not pin.isascii():
        return "pin_wrong"
    right = await asyncio.to_thread(pin_matches, pin, ticket.pin_record)
    return "" if right else "pin_wrong"
