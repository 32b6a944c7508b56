"""The gate before every route of the office: same origin, who it is, and whether it may at all.

    request ─▶ deed of its route ─▶ from our own page? ─▶ whose session? ─▶ policy ─▶ route
                  none: 403            no: 403              none: 401       no: 403

It asks the policy without a target, or about the whole tree; the verbs ask again for each thing
that they show or change.
"""

import ipaddress
from collections.abc import Callable
from functools import partial
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request

from nhipcau.access.actions import Action
from nhipcau.access.actor import NOBODY, Target
from nhipcau.access.policy import Cause, Refused, decide
from nhipcau.office.people.knowing import Known, know
from nhipcau.office.people.parts import Caller, Deed, People, record, whole_tree
from nhipcau.web.cookies import device_cookie, session_cookie
from nhipcau.web.locating import Locator, hidden
from nhipcau.web.routes import BODIES, WHOLE_TREE, deed_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS = frozenset({"same-origin", "none"})
FREE = frozenset({Action.PUBLIC, Action.DEMO, Action.ROOM_PAIR})
# A room has no session: each of its calls is signed with its key, and the verb checks that.
SIGNED = frozenset({Action.ROOM_SELF})


def gate(people: People, locate: Locator) -> Callable[[Request], None]:
    """Return the dependency that every route of the office has; it runs in a worker thread.

    Args:
        people: who there is.
        locate: finds what a request is about, None where its verb does.
    """

    def admit(request: Request) -> None:
        path = request.scope["route"].path
        deed = deed_of(request.method, path)
        if deed is None:
            raise HTTPException(403, "this route has no rule, so nobody may use it")
        if request.method not in SAFE:
            check_origin(request)
            check_body(request, BODIES.get(path, "application/json"))
            check_channel(request)
        known = None if deed in FREE | SIGNED else _known(people, request)
        actor = NOBODY if known is None else known.actor
        request.state.known = known
        request.state.caller = Caller(
            actor, _address(request), request.headers.get("user-agent", ""), device_cookie(request)
        )
        request.state.tell = partial(record, people, request.state.caller)
        if deed in SIGNED:
            return
        whole = whole_tree(people.view()) if deed in WHOLE_TREE else None
        _require(people, request, deed, whole)
        target = None if deed in FREE else locate(request)
        if target is not None:
            _require(people, request, deed, target)

    return admit


def _require(people: People, request: Request, deed: Action, on: Target | None) -> None:
    """Go on only if the policy allows it; what lies outside the caller's subtree is not there.

    Raises:
        HTTPException: it does not.
    """
    caller = caller_of(request)
    decision = decide(caller.actor, deed, on)
    if not isinstance(decision, Refused):
        return
    if caller.actor.account is not None and request.method not in SAFE:
        record(people, caller, Deed(deed, request.url.path, decision.cause.value))
    if decision.cause is Cause.OUTSIDE and deed not in WHOLE_TREE:
        raise hidden()
    raise HTTPException(status_of(decision), decision.detail)


def status_of(refused: Refused) -> int:
    """Return the status of a refusal: 401 where signing in (further) would help."""
    proof = refused.cause in (Cause.NOT_SIGNED_IN, Cause.SECOND_FACTOR_DUE)
    return 401 if proof else 403


def check_origin(request: Request) -> None:
    """Go on only when the request comes from our own page, or from no browser at all.

    Every browser says where an unsafe request comes from; a program that says nothing has no
    cookies of a person to abuse.

    Raises:
        HTTPException: it comes from elsewhere.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = site is not None and site not in _OURS
    if origin is not None:
        foreign = foreign or urlsplit(origin).netloc != request.headers.get("host", "")
    if foreign:
        raise HTTPException(403, "the request comes from another site's page")


def check_body(request: Request, media_type: str) -> None:
    """Go on only when a body is of the one type that the route takes: never what a form sends.

    Raises:
        HTTPException: it is of another type.
    """
    headers = request.headers
    empty = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not (empty and not given) and given != media_type:
        raise HTTPException(415, f"the body must be {media_type}")


def check_channel(request: Request) -> None:
    """Go on only over TLS, or within this machine: passwords and cookies cross no open line.

    Raises:
        HTTPException: plain http from elsewhere.
    """
    if request.url.scheme == "https":
        return
    try:
        here = ipaddress.ip_address(_address(request)).is_loopback
    except ValueError:
        here = False
    if not here:
        raise HTTPException(403, "from another machine only over https")


def caller_of(request: Request) -> Caller:
    """Return who calls, as the gate found it."""
    caller: Caller = request.state.caller
    return caller


def note(request: Request, deed: Deed) -> None:
    """Tell the audit of a deed of this request."""
    tell: Callable[[Deed], None] = request.state.tell
    tell(deed)


def known_of(request: Request) -> Known:
    """Return the session that calls.

    Raises:
        HTTPException: there is none.
    """
    known: Known | None = request.state.known
    if known is None:
        raise HTTPException(401, "sign in first")
    return known


CallerHere = Annotated[Caller, Depends(caller_of)]
KnownHere = Annotated[Known, Depends(known_of)]


def _known(people: People, request: Request) -> Known | None:
    secret = session_cookie(request)
    return know(people, secret) if secret else None


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""
