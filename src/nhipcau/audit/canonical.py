"""From a deed to the fields of its row and back. What is long is clipped, what is secret dotted."""

from collections.abc import Mapping
from typing import Any

from nhipcau.audit.entry import AuditEntry
from nhipcau.audit.row import BadRowError, Row

# Room for any name, id or address of ours; a page can't fill the disk with one message.
_TEXT_LIMIT = 300
_MORE_LIMIT = 24
_DOTS = "•••"
# Words in the name of a particular whose value is nobody's to read later.
_SECRET_WORDS = ("password", "passwd", "secret", "token", "pin", "otp", "totp", "private_key")
_TEXTS = ("who", "name", "address", "page", "action", "on", "outcome")


def deed_fields(entry: AuditEntry) -> dict[str, Any]:
    """Return a deed as the fields of its row, without the number."""
    return {
        "kind": "deed",
        "at_us": round(entry.at_s * 1_000_000),
        "more": _more(entry.more),
        **{name: _clip(getattr(entry, name)) for name in _TEXTS},
    }


def entry_of(row: Row) -> AuditEntry | None:
    """Return the deed in a row; None when it tells of none.

    Raises:
        BadRowError: it says that it is a deed, and lacks what every deed has.
    """
    fields = row.fields()
    if fields.get("kind") != "deed":
        return None
    more, at_us = fields.get("more"), fields.get("at_us")
    texts = {name: fields.get(name) for name in _TEXTS}
    if (
        not isinstance(more, dict)
        or type(at_us) is not int
        or not all(isinstance(text, str) for text in (*texts.values(), *more.values()))
    ):
        raise BadRowError("it is no deed of this version")
    return AuditEntry(at_s=at_us / 1_000_000, more=more, **texts)  # type: ignore[arg-type] # checked


def _more(more: Mapping[str, str]) -> dict[str, str]:
    kept = list(more.items())[:_MORE_LIMIT]
    return {
        _clip(name): _DOTS if _is_secret(name) and value else _clip(value) for name, value in kept
    }


def _is_secret(name: str) -> bool:
    words = name.lower().replace("-", "_").split("_")
    return any(secret in words or secret == name.lower() for secret in _SECRET_WORDS)


def _clip(value: object) -> str:
    text = str(value)
    return text if len(text) <= _TEXT_LIMIT else f"{text[: _TEXT_LIMIT - 1]}…"
