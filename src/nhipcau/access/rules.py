"""The rules, one line a deed. `policy` applies them; a test holds them against a table in words.

Reach of a role:
    INSIDE    only where it reaches: a grant's unit, or a device's site, is the target's or above it
    ANYWHERE  wherever its grant is
    OWN       only its own affair: the account, the site or the MCU is the actor's
    COMPANY   as INSIDE, and only what is of the actor's company
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType

from nhipcau.access.actions import Action
from nhipcau.access.actor import ActorKind
from nhipcau.access.roles import Role


class Reach(Enum):
    """How far an allowance goes."""

    INSIDE = auto()
    ANYWHERE = auto()
    OWN = auto()
    COMPANY = auto()


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do one deed.

    Attributes:
        roles: people, each with its reach.
        kinds: everybody of a kind, each with its reach, whatever its roles.
        while_due: also while a second factor is due.
    """

    roles: Mapping[Role, Reach] = field(default_factory=dict)
    kinds: Mapping[ActorKind, Reach] = field(default_factory=dict)
    while_due: bool = False


_ALL = MappingProxyType(dict.fromkeys(ActorKind, Reach.ANYWHERE))
_ACCOUNT = MappingProxyType({ActorKind.ACCOUNT: Reach.ANYWHERE})
_OWN_ACCOUNT = MappingProxyType({ActorKind.ACCOUNT: Reach.OWN})
_MACHINE = MappingProxyType({ActorKind.MACHINE: Reach.ANYWHERE})
_OFFICE = MappingProxyType({ActorKind.OFFICE: Reach.ANYWHERE})
_OWN_ROOM = MappingProxyType({ActorKind.DEVICE: Reach.OWN, ActorKind.GUEST: Reach.OWN})
_OWN_DEVICE = MappingProxyType({ActorKind.DEVICE: Reach.OWN})
# A parent room answers for its children.
_ROOM_ABOVE = MappingProxyType({ActorKind.DEVICE: Reach.INSIDE})
_BUS = MappingProxyType({ActorKind.MCU: Reach.ANYWHERE, ActorKind.OFFICE: Reach.ANYWHERE})
_MCU = MappingProxyType({ActorKind.MCU: Reach.ANYWHERE})
_OWN_MCU = MappingProxyType({ActorKind.MCU: Reach.OWN})


def _inside(*roles: Role) -> Mapping[Role, Reach]:
    return MappingProxyType(dict.fromkeys(roles, Reach.INSIDE))


_PEOPLE_IN_ROOMS = _inside(Role.CHAIR, Role.SECRETARY, Role.TECHNICIAN, Role.OPERATOR)
# Telecom operators see how their lines fare, and neither picture nor sound.
_LIVE_PEOPLE = MappingProxyType({**_PEOPLE_IN_ROOMS, Role.TELECOM: Reach.INSIDE})
_LEADERS = _inside(Role.CHAIR, Role.SECRETARY, Role.OPERATOR)
_CHAIR = _inside(Role.CHAIR)
_CHAIR_AND_SECRETARY = _inside(Role.CHAIR, Role.SECRETARY)
_ADMINISTRATOR = _inside(Role.ADMINISTRATOR)
_SEATED = Rule(_inside(Role.CHAIR, Role.TECHNICIAN), _OWN_ROOM)
_WATCHERS = _inside(Role.CHAIR, Role.OPERATOR)
_MEETING_PEOPLE = _inside(*(role for role in Role if role is not Role.TELECOM))
_PASSES_TAKEN = _inside(Role.CHAIR, Role.SECRETARY, Role.OPERATOR, Role.ADMINISTRATOR)
_PASSES_SEEN = MappingProxyType({**_PASSES_TAKEN, Role.AUDITOR: Reach.INSIDE})

RULES: Mapping[Action, Rule] = {
    Action.PUBLIC: Rule(kinds=_ALL, while_due=True),
    Action.DEMO: Rule(kinds=_ALL, while_due=True),
    Action.SIGN_IN: Rule(kinds=_ALL, while_due=True),
    Action.SIGN_IN_STEP: Rule(kinds=_OWN_ACCOUNT, while_due=True),
    Action.SELF_READ: Rule(kinds=_OWN_ACCOUNT, while_due=True),
    Action.SELF_CHANGE: Rule(kinds=_OWN_ACCOUNT),
    Action.ROLES_READ: Rule(kinds=_ACCOUNT),
    Action.ACCOUNTS_READ: Rule(_inside(Role.ADMINISTRATOR, Role.AUDITOR), _MACHINE),
    Action.ACCOUNTS_CHANGE: Rule(_ADMINISTRATOR, _MACHINE),
    Action.GRANTS_CHANGE: Rule(_ADMINISTRATOR, _MACHINE),
    Action.SESSIONS_END: Rule(_ADMINISTRATOR, _MACHINE),
    # Names and codes of units are public knowledge; what is in them is not.
    Action.UNITS_READ: Rule(dict.fromkeys(Role, Reach.ANYWHERE), _MACHINE),
    Action.UNITS_IMPORT: Rule(_ADMINISTRATOR, _MACHINE),
    # A telecom operator sees its own company's lines and no competitor's.
    Action.LINES_READ: Rule(
        {**_inside(Role.OPERATOR, Role.ADMINISTRATOR), Role.TELECOM: Reach.COMPANY}
    ),
    Action.MEETINGS_READ: Rule(_MEETING_PEOPLE),
    Action.MEETINGS_CHANGE: Rule(_inside(Role.SECRETARY, Role.OPERATOR)),
    Action.MEETINGS_APPROVE: Rule(_CHAIR),
    Action.MEETINGS_RUN: Rule(_LEADERS),
    Action.MEETINGS_ENTER: Rule(_LEADERS),
    Action.REPORTS_READ: Rule(_inside(Role.CHAIR, Role.SECRETARY, Role.OPERATOR, Role.AUDITOR)),
    Action.TASKS_CHECK: Rule(_LIVE_PEOPLE),
    Action.ATTENDANCE_CONFIRM: Rule(_PEOPLE_IN_ROOMS),
    Action.PAPERS_CHANGE: Rule(_inside(Role.SECRETARY, Role.OPERATOR)),
    Action.PAPERS_APPROVE: Rule(_CHAIR),
    Action.CONTACTS_READ: Rule(_inside(*(role for role in Role if role is not Role.AUDITOR))),
    Action.CONTACTS_CHANGE: Rule(_inside(Role.SECRETARY, Role.OPERATOR, Role.ADMINISTRATOR)),
    # An MCU serves places, not units.
    Action.MCUS_READ: Rule(dict.fromkeys((Role.OPERATOR, Role.ADMINISTRATOR), Reach.ANYWHERE)),
    Action.MCUS_CHANGE: Rule(_inside(Role.OPERATOR, Role.ADMINISTRATOR)),
    Action.DEVICES_READ: Rule(_inside(Role.ADMINISTRATOR, Role.OPERATOR, Role.AUDITOR)),
    Action.DEVICES_CHANGE: Rule(_inside(Role.ADMINISTRATOR, Role.OPERATOR)),
    Action.GUESTS_READ: Rule(_inside(Role.CHAIR, Role.SECRETARY, Role.OPERATOR, Role.AUDITOR)),
    Action.GUESTS_INVITE: Rule(_LEADERS),
    Action.EMERGENCY_PASS: Rule(_inside(Role.CHAIR, Role.SECRETARY)),
    Action.EMERGENCY_PASSES_READ: Rule(_PASSES_SEEN),
    Action.EMERGENCY_PASS_REVOKE: Rule(_PASSES_TAKEN),
    # A pass is a chair's grant over its subtree; an MCU asks for each room that is called.
    Action.EMERGENCY_PRESS: Rule(_CHAIR),
    Action.EMERGENCY_END: Rule(kinds=_OWN_MCU),
    Action.EMERGENCY_BELL: Rule(kinds=_OWN_DEVICE),
    Action.ROOM_PAIR: Rule(kinds=_ALL),
    Action.ROOM_SELF: Rule(kinds=_OWN_DEVICE),
    Action.AUDIT_READ: Rule(_inside(Role.AUDITOR, Role.ADMINISTRATOR), _MACHINE),
    Action.AUDIT_REWRITE: Rule(),
    Action.LIVE_ENTER: Rule(_LIVE_PEOPLE, _OWN_ROOM),
    Action.LIVE_MEDIA: Rule(_PEOPLE_IN_ROOMS, _OWN_ROOM),
    Action.LIVE_MICROPHONE: _SEATED,
    Action.LIVE_CAMERA: _SEATED,
    Action.LIVE_HAND: _SEATED,
    Action.LIVE_CONTENT: _SEATED,
    Action.LIVE_VOTE_CAST: _SEATED,
    Action.LIVE_FLOOR: Rule(_CHAIR),
    Action.LIVE_SCENARIO: Rule(_CHAIR),
    Action.LIVE_SCENARIO_ORDER: Rule(_CHAIR_AND_SECRETARY),
    Action.LIVE_VOTE: Rule(_CHAIR_AND_SECRETARY),
    Action.LIVE_ROLL_CALL: Rule(_LEADERS),
    Action.LIVE_HERE: _SEATED,
    Action.LIVE_CONFIRM_HERE: Rule(_LEADERS),
    Action.LIVE_LAYOUT: Rule(_WATCHERS),
    Action.LIVE_MUTE_ALL: Rule(_CHAIR),
    Action.LIVE_STOP_CONTENT: Rule(_CHAIR),
    Action.LIVE_UNDO: Rule(_CHAIR),
    Action.LIVE_END: Rule(_WATCHERS),
    Action.LIVE_REQUESTS_VIA_PARENT: Rule(_CHAIR),
    Action.LIVE_DOORS: Rule(_WATCHERS),
    Action.LIVE_MUTE: Rule(_WATCHERS),
    Action.LIVE_LOWER_HAND: Rule(_PEOPLE_IN_ROOMS, _ROOM_ABOVE),
    Action.LIVE_FORWARD_HAND: Rule(_PEOPLE_IN_ROOMS, _ROOM_ABOVE),
    Action.LIVE_ADMIT: Rule(_LEADERS),
    Action.LIVE_VOTE_RECORD: Rule(_LEADERS),
    Action.LIVE_PROMPT: Rule(_LEADERS),
    Action.LIVE_REMOVE: Rule(_WATCHERS),
    Action.LIVE_LOOK: Rule(_WATCHERS),
    Action.LIVE_TEST: Rule(_WATCHERS),
    # In a rehearsal only; the conference sees to that.
    Action.LIVE_DRILL: Rule(_inside(Role.OPERATOR)),
    # Whoever admits looks at who waits.
    Action.LIVE_STILLS: Rule(_LEADERS),
    Action.LIVE_STATISTICS: Rule(_LIVE_PEOPLE, _OWN_ROOM),
    Action.BUS_PLAN_WRITE: Rule(kinds=_OFFICE),
    Action.BUS_PLAN_READ: Rule(kinds=_BUS),
    Action.BUS_BARRED_WRITE: Rule(kinds=_MCU),
    Action.BUS_BARRED_READ: Rule(kinds=_MCU),
    Action.BUS_REIGN_WRITE: Rule(kinds=_MCU),
    Action.BUS_REIGN_READ: Rule(kinds=_MCU),
    # No MCU speaks in another's name.
    Action.BUS_STATUS_WRITE: Rule(kinds=_OWN_MCU),
    Action.BUS_STATUS_READ: Rule(kinds=_OFFICE),
    Action.BUS_AUDIT_WRITE: Rule(kinds=_BUS),
    Action.BUS_AUDIT_READ: Rule(kinds=_OFFICE),
    Action.BUS_EVENTS_WRITE: Rule(kinds=_OWN_MCU),
    Action.BUS_EVENTS_READ: Rule(kinds=_OFFICE),
    Action.BUS_DIRECTORY_WRITE: Rule(kinds=_OFFICE),
    Action.BUS_DIRECTORY_READ: Rule(kinds=_MCU),
    # An MCU calls to its own conferences and to no other's.
    Action.BUS_EMERGENCY_WRITE: Rule(kinds=_OWN_MCU),
    Action.BUS_EMERGENCY_READ: Rule(kinds=_MCU),
    Action.BUS_REGISTRY_FOUND: Rule(kinds=_OFFICE),
}
