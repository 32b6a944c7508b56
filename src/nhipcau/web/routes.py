"""Which deed each HTTP route is. A route without one fails the build, and is refused at run time.

Below `/api/v1` of the office; everything else is a page or says how the process is, and is public.
"""

from collections.abc import Mapping

from nhipcau.access.actions import Action

_V1 = "/api/v1"

_OFFICE: Mapping[str, Mapping[str, Action]] = {
    "/sign-in": {"POST": Action.SIGN_IN},
    "/sign-in/link": {"POST": Action.DEMO},
    "/sign-in/code": {"POST": Action.SIGN_IN_STEP},
    "/sign-out": {"POST": Action.SIGN_IN_STEP},
    "/me": {"GET": Action.SELF_READ},
    "/me/password": {"POST": Action.SIGN_IN_STEP},
    "/me/second-factor": {"POST": Action.SIGN_IN_STEP},
    "/me/second-factor/confirmation": {"POST": Action.SIGN_IN_STEP},
    "/me/sessions": {"GET": Action.SELF_CHANGE},
    "/me/sessions/{session}": {"DELETE": Action.SELF_CHANGE},
    "/roles": {"GET": Action.ROLES_READ},
    "/accounts": {"GET": Action.ACCOUNTS_READ, "POST": Action.ACCOUNTS_CHANGE},
    "/accounts/{account}": {
        "GET": Action.ACCOUNTS_READ,
        "PATCH": Action.ACCOUNTS_CHANGE,
        "DELETE": Action.ACCOUNTS_CHANGE,
    },
    "/accounts/{account}/password": {"PUT": Action.ACCOUNTS_CHANGE},
    "/accounts/{account}/second-factor": {"DELETE": Action.ACCOUNTS_CHANGE},
    "/accounts/{account}/sessions": {
        "GET": Action.SESSIONS_END,
        "DELETE": Action.SESSIONS_END,
    },
    "/accounts/{account}/sessions/{session}": {"DELETE": Action.SESSIONS_END},
    "/accounts/{account}/grants": {"POST": Action.GRANTS_CHANGE},
    "/accounts/{account}/grants/{grant}": {"DELETE": Action.GRANTS_CHANGE},
    "/units": {"GET": Action.UNITS_READ},
    "/units/{unit}": {"GET": Action.UNITS_READ},
    "/units/import": {"POST": Action.UNITS_IMPORT},
    "/reforms": {"GET": Action.UNITS_READ, "POST": Action.UNITS_IMPORT},
    "/reforms/{number}/table": {"GET": Action.UNITS_READ},
    "/reforms/{number}/undo": {"POST": Action.UNITS_IMPORT},
    "/levels": {"GET": Action.UNITS_READ},
    "/places": {"GET": Action.LINES_READ},
    "/sites": {"GET": Action.UNITS_READ},
    "/conferences": {"GET": Action.MEETINGS_READ},
    "/conferences/{meeting}": {"GET": Action.MEETINGS_READ},
    "/meetings": {"GET": Action.MEETINGS_READ, "POST": Action.MEETINGS_CHANGE},
    "/meetings/{plan}": {"GET": Action.MEETINGS_READ, "PATCH": Action.MEETINGS_CHANGE},
    # Which deed a step is, its verb knows and asks.
    "/meetings/{plan}/steps": {"POST": Action.MEETINGS_READ},
    "/meetings/{plan}/history": {"GET": Action.MEETINGS_READ},
    "/meetings/{plan}/differences": {"GET": Action.MEETINGS_READ},
    "/meetings/{plan}/duties": {"GET": Action.MEETINGS_READ},
    "/meetings/{plan}/calls": {"GET": Action.MEETINGS_READ},
    "/meetings/{plan}/duties/{task}/check": {"PUT": Action.TASKS_CHECK},
    "/meetings/{plan}/deadlines": {"GET": Action.MEETINGS_READ},
    "/meetings/{plan}/invitation": {"PUT": Action.MEETINGS_CHANGE},
    "/meetings/{plan}/attendance": {"GET": Action.MEETINGS_READ},
    "/meetings/{plan}/attendance/{unit}": {"PUT": Action.ATTENDANCE_CONFIRM},
    "/meetings/{plan}/clashes": {"GET": Action.MEETINGS_READ},
    "/meetings/{plan}/sight": {"GET": Action.MEETINGS_READ},
    "/meetings/{plan}/forecast": {"GET": Action.MEETINGS_READ},
    "/meetings/{plan}/drills": {"GET": Action.MEETINGS_READ},
    "/meetings/{plan}/papers": {"GET": Action.MEETINGS_READ},
    "/meetings/{plan}/papers/{paper}/file": {
        "GET": Action.MEETINGS_READ,
        "PUT": Action.PAPERS_CHANGE,
    },
    "/meetings/{plan}/papers/{paper}/rooms": {"GET": Action.MEETINGS_READ},
    "/meetings/{plan}/papers/{paper}/approval": {"POST": Action.PAPERS_APPROVE},
    "/planning/rules": {"GET": Action.MEETINGS_READ},
    "/templates": {"GET": Action.MEETINGS_READ, "POST": Action.MEETINGS_CHANGE},
    "/templates/{template}": {"DELETE": Action.MEETINGS_CHANGE},
    "/units/{unit}/contacts": {"GET": Action.CONTACTS_READ, "PUT": Action.CONTACTS_CHANGE},
    "/line-up": {"GET": Action.MCUS_READ},
    "/line-up/{mcu}": {"PUT": Action.MCUS_CHANGE, "DELETE": Action.MCUS_CHANGE},
    "/room/papers": {"POST": Action.ROOM_SELF},
    # A ticket that the room got for its signature opens it.
    "/papers/{sha256}": {"GET": Action.ROOM_SELF},
    "/meetings/{plan}/exports/{file}": {"GET": Action.MEETINGS_READ},
    # Which door a role opens, its verb knows and asks.
    "/meetings/{meeting}/entrances": {"GET": Action.MEETINGS_READ, "POST": Action.MEETINGS_ENTER},
    "/reports": {"GET": Action.REPORTS_READ},
    "/reports/{conference}": {"GET": Action.REPORTS_READ},
    "/reports/{conference}/{table}": {"GET": Action.REPORTS_READ},
    "/meetings/{meeting}/guests": {"GET": Action.GUESTS_READ, "POST": Action.GUESTS_INVITE},
    "/meetings/{meeting}/guests/{site}": {"DELETE": Action.GUESTS_INVITE},
    "/sites/{site}/pairing-codes": {"POST": Action.DEVICES_CHANGE},
    "/rooms": {"GET": Action.DEVICES_READ},
    "/devices": {"GET": Action.DEVICES_READ},
    "/devices/{device}": {"PATCH": Action.DEVICES_CHANGE, "DELETE": Action.DEVICES_CHANGE},
    "/emergency/sites": {"GET": Action.EMERGENCY_PASS},
    "/emergency/passes": {
        "GET": Action.EMERGENCY_PASSES_READ,
        "POST": Action.EMERGENCY_PASS,
    },
    "/emergency/passes/{pass_id}": {"DELETE": Action.EMERGENCY_PASS_REVOKE},
    "/room/pairing": {"POST": Action.ROOM_PAIR},
    "/room/agenda": {"POST": Action.ROOM_SELF},
    "/room/keys": {"POST": Action.ROOM_SELF},
    "/mcus": {"GET": Action.MCUS_READ},
    "/audit": {"GET": Action.AUDIT_READ},
    "/audit/export.csv": {"GET": Action.AUDIT_READ},
    "/audit/chains": {"GET": Action.AUDIT_READ},
    "/audit/standing": {"GET": Action.AUDIT_READ},
    "/demo": {"GET": Action.DEMO},
}

# The button, served by the office and by every MCU's front.
EMERGENCY_PAGE = "/emergency"
OFFICE_PAGES = (
    "/",
    "/api/docs",
    "/room",
    "/rooms",
    "/guests",
    "/meetings",
    "/meetings/{plan}",
    "/meetings/{plan}/{tab}",
    "/reports",
    "/reports/{conference}",
    "/audit",
    "/sign-in",
    "/me",
    "/admin",
    "/reforms",
    EMERGENCY_PAGE,
)
MCU_PAGES = ("/room", "/chair", "/secretary", "/console", "/guest")
FRONT_PAGES = (EMERGENCY_PAGE, *MCU_PAGES)
# At the root, because a worker serves only what is below its own address.
WORKER = "/room-worker.js"
_HEALTH = ("/healthz", "/readyz", "/metrics")
_PUBLIC = (*OFFICE_PAGES, *FRONT_PAGES, *_HEALTH, "/api/openapi.json", "/assets", WORKER)

# Bodies that are no JSON. A browser asks before it sends such a type across origins, too.
BODIES: Mapping[str, str] = {
    f"{_V1}/units/import": "text/csv",
    f"{_V1}/reforms": "text/csv",
    f"{_V1}/meetings/{{plan}}/papers/{{paper}}/file": "application/pdf",
}

# Deeds that touch the tree as a whole: only whoever reaches all of it may.
WHOLE_TREE = frozenset({Action.UNITS_IMPORT, Action.AUDIT_READ})

ROUTES: Mapping[tuple[str, str], Action] = {
    (method, _V1 + path): action for path, by in _OFFICE.items() for method, action in by.items()
} | {("GET", path): Action.PUBLIC for path in _PUBLIC}

# What an MCU's one WebSocket carries has its deeds in `web.deeds`; the front's have one each.
SOCKETS = ("/signal", "/trunk", "/bell", "/emergency/call")


def deed_of(method: str, path: str) -> Action | None:
    """Return the deed of a route's template; None where it has no rule."""
    return ROUTES.get(("GET" if method == "HEAD" else method, path))
