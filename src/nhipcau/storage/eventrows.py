"""What every store of events reads out of a record by itself: when it was, and one kind of it."""

import json

# How a record begins that says what conference it is (`conference.wire`).
OPENING = '"event":"conference_opened"'


def moment_of(record: bytes) -> int:
    """Return `at_ms` of an event on the wire, of whatever version.

    Raises:
        ValueError: it is no JSON object with a moment.
    """
    body = json.loads(record)
    at_ms = body.get("at_ms") if isinstance(body, dict) else None
    if not isinstance(at_ms, int) or isinstance(at_ms, bool):
        raise ValueError("a record without a moment is no event")
    return at_ms
