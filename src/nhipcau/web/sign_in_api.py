"""Signing in and out, the second factor, one's own sessions and password.

    POST /sign-in ─▶ stage `in`: done
                 ├─▶ stage `code`: POST /sign-in/code
                 ├─▶ stage `enrol`: POST /me/second-factor, then …/confirmation
                 └─▶ stage `renew`: POST /me/password

Functions without `async` run in worker threads, because passwords and the database block.
"""

from fastapi import APIRouter, Request, Response

from nhipcau.office.people.entering import Entry
from nhipcau.office.people.links import SignInLinks, sign_in_by_link
from nhipcau.office.people.own_password import change_own_password
from nhipcau.office.people.parts import People
from nhipcau.office.people.second_factor import confirm_enrolment, give_code, offer_enrolment
from nhipcau.office.people.sessions import end_own_session, own_sessions, sign_out
from nhipcau.office.people.signing_in import SignIn, sign_in
from nhipcau.web.cookies import clear_session, set_device, set_session
from nhipcau.web.gate import CallerHere, KnownHere
from nhipcau.web.people_errors import problems
from nhipcau.web.people_schema import (
    CodeIn,
    EnrolledOut,
    LinkIn,
    MeOut,
    OfferOut,
    OwnPasswordIn,
    SessionOut,
    SignInIn,
    account_out,
    session_out,
)

_SLOW = {"_429": "Too many tries: `Retry-After` says how many seconds to wait"}


def sign_in_router(people: People, links: SignInLinks | None) -> APIRouter:
    """Return the routes below /api/v1; `links` only in a demo."""
    router = APIRouter(prefix="/api/v1", tags=["sign in"])
    _add_sign_in(router, people)
    _add_second_factor(router, people)
    _add_me(router, people)
    if links is not None:
        _add_links(router, people, links)
    return router


def _add_sign_in(router: APIRouter, people: People) -> None:
    @router.post("/sign-in", responses=problems(**_SLOW))
    def enter(body: SignInIn, caller: CallerHere, request: Request, response: Response) -> MeOut:
        """Sign in by name and password; `stage` says what is due next."""
        entry = sign_in(people, caller, SignIn(body.login, body.password))
        return _entered(request, response, entry)

    @router.post("/sign-in/code", responses=problems(**_SLOW, _409="No code is due"))
    def code(
        body: CodeIn, caller: CallerHere, known: KnownHere, request: Request, response: Response
    ) -> MeOut:
        """Give a code of the second factor, or one of the recovery codes."""
        return _entered(request, response, give_code(people, caller, known, body.code))

    @router.post("/sign-out", status_code=204, responses=problems())
    def leave(caller: CallerHere, known: KnownHere, request: Request, response: Response) -> None:
        """End this session."""
        sign_out(people, caller, known)
        clear_session(request, response)


def _add_second_factor(router: APIRouter, people: People) -> None:
    @router.post("/me/second-factor", responses=problems(_409="One is enrolled already"))
    def offer(caller: CallerHere, known: KnownHere) -> OfferOut:
        """Get a secret for an authenticator app."""
        offered = offer_enrolment(people, caller, known)
        return OfferOut(secret=offered.secret, uri=offered.uri)

    @router.post(
        "/me/second-factor/confirmation", responses=problems(**_SLOW, _409="None was offered")
    )
    def confirm(
        body: CodeIn, caller: CallerHere, known: KnownHere, request: Request, response: Response
    ) -> EnrolledOut:
        """Enrol it by a first code; the answer holds recovery codes, this once."""
        entry = confirm_enrolment(people, caller, known, body.code)
        me = _entered(request, response, entry)
        return EnrolledOut(account=me.account, stage=me.stage, recovery_codes=list(entry.recovery))


def _add_me(router: APIRouter, people: People) -> None:
    @router.get("/me", responses=problems())
    def me(known: KnownHere) -> MeOut:
        """Return who is signed in, and what is due first."""
        return MeOut(account=account_out(known.account), stage=known.session.stage)

    @router.post("/me/password", responses=problems(**_SLOW, _409="A code is due first"))
    def password(
        body: OwnPasswordIn,
        caller: CallerHere,
        known: KnownHere,
        request: Request,
        response: Response,
    ) -> MeOut:
        """Change one's own password; all other sessions end."""
        entry = change_own_password(people, caller, known, body.old, body.new)
        return _entered(request, response, entry)

    @router.get("/me/sessions", responses=problems())
    def sessions(known: KnownHere) -> list[SessionOut]:
        """Return one's own sessions, the newest first."""
        return [session_out(one, known.session.id) for one in own_sessions(people, known)]

    @router.delete(
        "/me/sessions/{session}", status_code=204, responses=problems(_404="No such session")
    )
    def end(session: str, caller: CallerHere, known: KnownHere) -> None:
        """End one of one's own sessions."""
        end_own_session(people, caller, known, session)


def _add_links(router: APIRouter, people: People, links: SignInLinks) -> None:
    @router.post("/sign-in/link", responses=problems())
    def by_link(body: LinkIn, caller: CallerHere, request: Request, response: Response) -> MeOut:
        """Sign in by the token of a demo's link. Exists only in a demo."""
        return _entered(request, response, sign_in_by_link(people, links, caller, body.token))


def _entered(request: Request, response: Response, entry: Entry) -> MeOut:
    set_session(request, response, entry.secret)
    if entry.device:
        set_device(request, response, entry.device)
    response.headers["Cache-Control"] = "no-store"
    return MeOut(account=account_out(entry.account), stage=entry.session.stage)
