"""The rights of a process as permissions of NATS.

    BusRights ─▶ publish: subjects, $KV.<bucket>.<key>, what JetStream is asked for them
                 subscribe: subjects, the inbox of this user alone

A key is put by publishing, read by asking JetStream for this key, watched by a consumer whose
filter stands in the subject of the request: so each of them can be allowed by itself. Nobody may
list, purge or delete.

Source: docs.nats.io, "NATS API Reference" (JetStream), "Authorization".
"""

from collections.abc import Iterator
from typing import Any

from nhipcau.ports.busrights import EVERYTHING, BusRights

# A request's answer comes at once or never; the server forgets what it may answer after that.
_ANSWER_WITHIN = "1m"


def inbox_of(user: str | None) -> str:
    """Return the prefix of the subjects on which a user gets its answers."""
    return f"_INBOX_{user}" if user else "_INBOX"


def nats_permissions(rights: BusRights, user: str, bucket: str) -> dict[str, Any]:
    """Return the permissions of one user as NATS's configuration has them; {}: no bound."""
    if rights == EVERYTHING:
        return {}
    permissions: dict[str, Any] = {
        "publish": {"allow": [*rights.publish, *_registry(rights, bucket)]},
        "subscribe": {"allow": [*rights.listen, f"{inbox_of(user)}.>"]},
    }
    if rights.answer:
        permissions["allow_responses"] = {"max": 1, "expires": _ANSWER_WITHIN}
    return permissions


def _registry(rights: BusRights, bucket: str) -> Iterator[str]:
    stream, keys = f"KV_{bucket}", f"$KV.{bucket}"
    yield f"$JS.API.STREAM.INFO.{stream}"
    if rights.found:
        yield f"$JS.API.STREAM.CREATE.{stream}"
        yield f"$JS.API.STREAM.UPDATE.{stream}"
    for pattern in rights.put:
        yield f"{keys}.{pattern}"
    for pattern in rights.watch:
        yield f"$JS.API.DIRECT.GET.{stream}.{keys}.{pattern}"
        yield f"$JS.API.CONSUMER.CREATE.{stream}.*.{keys}.{pattern}"
