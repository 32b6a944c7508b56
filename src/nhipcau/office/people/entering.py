"""Opens a session: how far a proof has brought whoever signs in, and what its browser gets."""

from dataclasses import dataclass, field, replace

from nhipcau.access.accounts import Account
from nhipcau.access.secrets import TOKEN_BYTES, hash_of, new_token
from nhipcau.access.sessions import ABSOLUTE_S, Session, Stage
from nhipcau.office.people.parts import Caller, People
from nhipcau.ports.accounts import StaleAccountError

# Telephone, office, home, a spare room, and some that were thrown away.
_DEVICES = 10
_AGENT_LETTERS = 200
_ADDRESS_LETTERS = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """A session that was opened.

    Attributes:
        account: whose.
        session: as it is kept.
        secret: for the session's cookie; known to the browser alone.
        device: for the known-device cookie; empty while the sign-in is not complete.
        recovery: codes that are shown this once, after enrolment.
    """

    account: Account
    session: Session
    secret: str = field(repr=False)
    device: str = field(default="", repr=False)
    recovery: tuple[str, ...] = field(default=(), repr=False)


def stage_after_password(account: Account) -> Stage:
    """Return what is still due after a right password."""
    if account.credentials.secret:
        return Stage.CODE
    return Stage.ENROL if account.needs_second_factor else stage_after_proof(account)


def stage_after_proof(account: Account) -> Stage:
    """Return what is still due after everything was proven."""
    return Stage.RENEW if account.credentials.must_change else Stage.IN


def open_session(people: People, caller: Caller, account: Account, stage: Stage) -> Entry:
    """Open a session with a new id, whatever id the browser came with: none can be foisted on it.

    Raises:
        StoreError: it can't be kept.
    """
    now_s = people.now_s
    people.sessions.sweep(now_s - ABSOLUTE_S)
    secret = new_token(people.random(TOKEN_BYTES))
    session = Session(
        people.new_id(),
        hash_of(secret),
        account.id,
        stage,
        now_s,
        now_s,
        caller.address[:_ADDRESS_LETTERS],
        caller.agent[:_AGENT_LETTERS],
    )
    people.sessions.open(session)
    if session.due:
        return Entry(account, session, secret)
    account, device = _remember_device(people, caller, account)
    return Entry(account, session, secret, device)


def _remember_device(people: People, caller: Caller, account: Account) -> tuple[Account, str]:
    """Give the device a cookie of its own, in the place of the one that it had."""
    device = new_token(people.random(TOKEN_BYTES))
    had = hash_of(caller.device)
    others = [one for one in account.credentials.devices if one != had]
    kept = (hash_of(device), *others)[:_DEVICES]
    proofs = replace(account.credentials, devices=kept)
    try:
        return people.accounts.change(replace(account, credentials=proofs)), device
    except StaleAccountError:
        # Another sign-in at this moment: this device is slow after failures, like a stranger's.
        return account, ""
