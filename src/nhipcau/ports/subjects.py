"""Every subject of the bus and every key of its registry, with the deeds that touch it.

Whoever publishes, listens, asks or answers takes the name from here; a test finds one that doesn't.
"""

from dataclasses import dataclass

from nhipcau.access.actions import Action
from nhipcau.quantities import ConferenceId, McuName


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of subject.

    Attributes:
        pattern: as a subscriber writes it; `*` stands for one name.
        write: the deed of whoever publishes, or puts a value.
        read: the deed of whoever listens, or watches a key.
    """

    pattern: str
    write: Action
    read: Action

    def named(self, name: str) -> str:
        """Return the subject of one meeting or MCU."""
        return self.pattern.replace("*", name, 1)


PLAN = Subject("plan.*", Action.BUS_PLAN_WRITE, Action.BUS_PLAN_READ)
BARRED = Subject("barred.*", Action.BUS_BARRED_WRITE, Action.BUS_BARRED_READ)
MCU_STATUS = Subject("mcu.*.status", Action.BUS_STATUS_WRITE, Action.BUS_STATUS_READ)
AUDIT_ROWS = Subject("audit.rows", Action.BUS_AUDIT_WRITE, Action.BUS_AUDIT_READ)

SUBJECTS = (PLAN, BARRED, MCU_STATUS, AUDIT_ROWS)


def plan_key(conference: ConferenceId) -> str:
    """Return the key under which a meeting's plan stands in the registry."""
    return PLAN.named(conference)


def barred_key(conference: ConferenceId) -> str:
    """Return the key under which the MCUs of a meeting note who was removed."""
    return BARRED.named(conference)


def mcu_status(mcu: McuName) -> str:
    """Return the subject on which an MCU says how it is."""
    return MCU_STATUS.named(mcu)
