"""Every subject of the bus and every key of its registry, with the deeds that touch it.

Whoever publishes, listens, asks or answers takes the name from here; a test finds one that doesn't.
`ports.busrights` says from it what each process may do, and the bus's server holds to that.
"""

from dataclasses import dataclass
from enum import Enum, auto

from nhipcau.access.actions import Action
from nhipcau.access.actor import Target
from nhipcau.quantities import ConferenceId, McuName


class Carried(Enum):
    """How the bus carries it: to whoever listens, to one who answers, or kept in the registry."""

    MESSAGE = auto()
    REQUEST = auto()
    KEY = auto()


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of subject.

    Attributes:
        pattern: as a subscriber writes it; `*` stands for one name.
        write: the deed of whoever publishes or asks, or puts a value.
        read: the deed of whoever listens or answers, or watches a key.
        carried: how.
        of_mcu: the name is an MCU's; else a meeting's, or there is none.
    """

    pattern: str
    write: Action
    read: Action
    carried: Carried
    of_mcu: bool = False

    def named(self, name: str) -> str:
        """Return the subject of one meeting or MCU."""
        return self.pattern.replace("*", name, 1)

    def about(self, name: str) -> Target:
        """Return what the policy is asked about, for the subject of one meeting or MCU."""
        return Target(mcu=McuName(name)) if self.of_mcu else Target(meeting=ConferenceId(name))


PLAN = Subject("plan.*", Action.BUS_PLAN_WRITE, Action.BUS_PLAN_READ, Carried.KEY)
BARRED = Subject("barred.*", Action.BUS_BARRED_WRITE, Action.BUS_BARRED_READ, Carried.KEY)
# The epoch of a conference's root: its MCUs alone raise it.
REIGN = Subject("reign.*", Action.BUS_REIGN_WRITE, Action.BUS_REIGN_READ, Carried.KEY)
MCU_STATUS = Subject(
    "mcu.*.status", Action.BUS_STATUS_WRITE, Action.BUS_STATUS_READ, Carried.MESSAGE, of_mcu=True
)
MCU_HOSTING = Subject(
    "mcu.*.hosting", Action.BUS_STATUS_WRITE, Action.BUS_STATUS_READ, Carried.MESSAGE, of_mcu=True
)
DIRECTORY = Subject("directory", Action.BUS_DIRECTORY_WRITE, Action.BUS_DIRECTORY_READ, Carried.KEY)
EMERGENCY = Subject(
    "emergency.*",
    Action.BUS_EMERGENCY_WRITE,
    Action.BUS_EMERGENCY_READ,
    Carried.KEY,
    of_mcu=True,
)
AUDIT_ROWS = Subject("audit.rows", Action.BUS_AUDIT_WRITE, Action.BUS_AUDIT_READ, Carried.REQUEST)
# Named by the MCU, so that the office knows whose log it is; whose meeting, it knows itself.
MCU_EVENTS = Subject(
    "mcu.*.events", Action.BUS_EVENTS_WRITE, Action.BUS_EVENTS_READ, Carried.REQUEST, of_mcu=True
)

SUBJECTS = (
    PLAN,
    BARRED,
    REIGN,
    MCU_STATUS,
    MCU_HOSTING,
    DIRECTORY,
    EMERGENCY,
    AUDIT_ROWS,
    MCU_EVENTS,
)


def plan_key(conference: ConferenceId) -> str:
    """Return the key under which a meeting's plan stands in the registry."""
    return PLAN.named(conference)


def barred_key(conference: ConferenceId) -> str:
    """Return the key under which the MCUs of a meeting note who was removed."""
    return BARRED.named(conference)


def reign_key(conference: ConferenceId) -> str:
    """Return the key under which it stands who is a meeting's root."""
    return REIGN.named(conference)


def mcu_status(mcu: McuName) -> str:
    """Return the subject on which an MCU says how it is."""
    return MCU_STATUS.named(mcu)


def mcu_events(mcu: McuName) -> str:
    """Return the subject on which an MCU hands the events of its conferences to the office."""
    return MCU_EVENTS.named(mcu)


def mcu_of(subject: str) -> McuName:
    """Return whose subject this is: `mcu.<name>.…`."""
    return McuName(subject.split(".")[1])


def mcu_hosting(mcu: McuName) -> str:
    """Return the subject on which an MCU says whom it hosts."""
    return MCU_HOSTING.named(mcu)


def emergency_key(mcu: McuName) -> str:
    """Return the key under which the emergency conferences of an MCU stand in the registry."""
    return EMERGENCY.named(mcu)
