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


def nats_permissions(rights: BusRights, user: str, bucket: str, domain: str = "") -> dict[str, Any]:
    """Return the permissions of one user as NATS's configuration has them; {}: no bound.

    Args:
        rights: what it may.
        user: its name.
        bucket: the registry's.
        domain: of the hub whose registry it is, for a user of a leaf; "": of this server.
    """
    if rights == EVERYTHING:
        return {}
    permissions: dict[str, Any] = {
        "publish": {"allow": [*rights.publish, *_registry(rights, bucket, domain)]},
        "subscribe": {"allow": [*rights.listen, f"{inbox_of(user)}.>"]},
    }
    if rights.answer:
        permissions["allow_responses"] = {"max": 1, "expires": _ANSWER_WITHIN}
    return permissions


def api_of(domain: str) -> str:
    """Return the prefix of what JetStream is asked, here or in another domain."""
    return f"$JS.{domain}.API" if domain else "$JS.API"


def keys_of(bucket: str, domain: str) -> str:
    """Return the prefix under which keys are put, here or in another domain."""
    return f"{api_of(domain)}.$KV.{bucket}" if domain else f"$KV.{bucket}"


def _registry(rights: BusRights, bucket: str, domain: str) -> Iterator[str]:
    stream, keys, api = f"KV_{bucket}", f"$KV.{bucket}", api_of(domain)
    yield f"{api}.STREAM.INFO.{stream}"
    if rights.found:
        yield f"{api}.STREAM.CREATE.{stream}"
        yield f"{api}.STREAM.UPDATE.{stream}"
    for pattern in rights.put:
        yield f"{keys_of(bucket, domain)}.{pattern}"
    for pattern in rights.watch:
        yield f"{api}.DIRECT.GET.{stream}.{keys}.{pattern}"
        yield f"{api}.CONSUMER.CREATE.{stream}.*.{keys}.{pattern}"
