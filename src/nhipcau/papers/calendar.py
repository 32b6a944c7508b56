"""A meeting as a calendar file. Source: RFC 5545; RFC 5546 §3.2 for versions and cancelling."""

from datetime import UTC

from icalendar import Calendar, Event, vCalAddress, vText

from nhipcau.ports.papers import CalendarEntry

_PRODUCT = "-//Nhip Cau//NONSGML//VI"


def calendar_of(entry: CalendarEntry) -> bytes:
    """Return a calendar file with this one entry, its zone described in it.

    Raises:
        ValueError: a time has no zone, or it ends before it begins.
    """
    times = (entry.begins, entry.ends, entry.changed)
    if any(time.tzinfo is None for time in times):
        raise ValueError("every time of a calendar entry needs its zone")
    if entry.ends < entry.begins:
        raise ValueError("a meeting can't end before it begins")
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if entry.cancelled else "PUBLISH")
    calendar.add_component(_event(entry))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.version)
    event.add("dtstamp", entry.changed.astimezone(UTC))
    event.add("last-modified", entry.changed.astimezone(UTC))
    event.add("dtstart", entry.begins)
    event.add("dtend", entry.ends)
    event.add("summary", entry.title)
    event.add("location", entry.venue)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if entry.details:
        event.add("description", entry.details)
    if entry.url:
        event.add("url", entry.url)
    if entry.organizer_email:
        organizer = vCalAddress(f"mailto:{entry.organizer_email}")
        organizer.params["CN"] = vText(entry.organizer)
        event.add("organizer", organizer)
    else:
        event.add("contact", entry.organizer)
    return event
