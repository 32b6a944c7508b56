"""The API of accounts, their roles and their sessions, for administrators of a subtree."""

from fastapi import APIRouter

from nhipcau.access.roles import Role
from nhipcau.office.people.accounts import (
    AccountChange,
    NewAccount,
    add_account,
    change_account,
    close_account,
    list_accounts,
    read_account,
    reset_password,
    reset_second_factor,
)
from nhipcau.office.people.granting import NewGrant, grant_role, revoke_grant
from nhipcau.office.people.parts import People
from nhipcau.office.people.sessions import end_session_of, sessions_of
from nhipcau.web.gate import CallerHere
from nhipcau.web.people_errors import problems
from nhipcau.web.people_schema import (
    AccountChangeIn,
    AccountIn,
    AccountOut,
    GrantIn,
    PasswordIn,
    RoleOut,
    SessionOut,
    account_out,
    role_out,
    session_out,
)

_MISSING = {"_404": "No such account in your subtree"}
_CHANGING = {**_MISSING, "_409": "Changed meanwhile, or taken"}


def accounts_router(people: People) -> APIRouter:
    """Return the routes below /api/v1."""
    router = APIRouter(prefix="/api/v1", tags=["accounts"])
    _add_reading(router, people)
    _add_changing(router, people)
    _add_proofs(router, people)
    _add_grants(router, people)
    _add_sessions(router, people)
    return router


def _add_reading(router: APIRouter, people: People) -> None:
    @router.get("/roles", responses=problems())
    def roles() -> list[RoleOut]:
        """Return the roles with their names."""
        return [role_out(role) for role in Role]

    @router.get("/accounts", responses=problems())
    def accounts(caller: CallerHere) -> list[AccountOut]:
        """Return the accounts of one's subtree by sign-in name."""
        return [account_out(one) for one in list_accounts(people, caller)]

    @router.get("/accounts/{account}", responses=problems(**_MISSING))
    def one(account: str, caller: CallerHere) -> AccountOut:
        """Return one account of one's subtree."""
        return account_out(read_account(people, caller, account))


def _add_changing(router: APIRouter, people: People) -> None:
    @router.post("/accounts", status_code=201, responses=problems(_409="The name is taken"))
    def add(body: AccountIn, caller: CallerHere) -> AccountOut:
        """Make an account; it has no role yet, and changes its password at its first sign-in."""
        new = NewAccount(body.login, body.name, body.unit, body.password, body.company)
        return account_out(add_account(people, caller, new))

    @router.patch("/accounts/{account}", responses=problems(**_CHANGING))
    def change(account: str, body: AccountChangeIn, caller: CallerHere) -> AccountOut:
        """Change an account; one that is disabled is signed out everywhere."""
        wanted = AccountChange(body.name, body.unit, body.disabled, body.company)
        return account_out(change_account(people, caller, account, wanted))

    @router.delete("/accounts/{account}", status_code=204, responses=problems(**_CHANGING))
    def close(account: str, caller: CallerHere) -> None:
        """Close an account for good: no roles, no sign-in. Records keep its name."""
        close_account(people, caller, account)


def _add_proofs(router: APIRouter, people: People) -> None:
    @router.put("/accounts/{account}/password", status_code=204, responses=problems(**_CHANGING))
    def password(account: str, body: PasswordIn, caller: CallerHere) -> None:
        """Give an account a password, to be changed at its next sign-in."""
        reset_password(people, caller, account, body.password)

    @router.delete(
        "/accounts/{account}/second-factor", status_code=204, responses=problems(**_CHANGING)
    )
    def second_factor(account: str, caller: CallerHere) -> None:
        """Forget an account's second factor: it enrols anew at its next sign-in."""
        reset_second_factor(people, caller, account)


def _add_grants(router: APIRouter, people: People) -> None:
    @router.post("/accounts/{account}/grants", status_code=201, responses=problems(**_CHANGING))
    def grant(account: str, body: GrantIn, caller: CallerHere) -> AccountOut:
        """Grant a role over a unit of one's own subtree."""
        new = NewGrant(
            body.role,
            body.unit,
            body.meeting,
            0.0 if body.valid_from is None else body.valid_from.timestamp(),
            None if body.valid_to is None else body.valid_to.timestamp(),
        )
        return account_out(grant_role(people, caller, account, new))

    @router.delete("/accounts/{account}/grants/{grant}", responses=problems(**_CHANGING))
    def revoke(account: str, grant: str, caller: CallerHere) -> AccountOut:
        """Take a role back."""
        return account_out(revoke_grant(people, caller, account, grant))


def _add_sessions(router: APIRouter, people: People) -> None:
    @router.get("/accounts/{account}/sessions", responses=problems(**_MISSING))
    def sessions(account: str, caller: CallerHere) -> list[SessionOut]:
        """Return the sessions of an account."""
        return [session_out(one, "") for one in sessions_of(people, caller, account)]

    @router.delete("/accounts/{account}/sessions", status_code=204, responses=problems(**_MISSING))
    def end_all(account: str, caller: CallerHere) -> None:
        """Sign an account out everywhere."""
        end_session_of(people, caller, account, None)

    @router.delete(
        "/accounts/{account}/sessions/{session}", status_code=204, responses=problems(**_MISSING)
    )
    def end(account: str, session: str, caller: CallerHere) -> None:
        """End one session of an account."""
        end_session_of(people, caller, account, session)
