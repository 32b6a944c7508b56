"""What each process may do on the bus, worked out from the one policy.

    actor ─▶ for each subject: may it write, may it read? ─▶ BusRights ─▶ the server's permissions

A process that was taken over can so neither speak in another's name nor change what only the
office writes.
"""

from dataclasses import dataclass

from nhipcau.access.actions import Action
from nhipcau.access.actor import Actor, ActorKind
from nhipcau.access.policy import allows
from nhipcau.ports.subjects import SUBJECTS, Carried, Subject
from nhipcau.quantities import McuName

# A name that no process has.
_ANOTHER = "?"


@dataclass(frozen=True, slots=True)
class BusRights:
    """Patterns of subjects and of keys.

    Attributes:
        publish, listen: messages, and requests that are asked and answered.
        put, watch: keys of the registry.
        answer: it may answer requests.
        found: it may make the registry.
    """

    publish: tuple[str, ...] = ()
    listen: tuple[str, ...] = ()
    put: tuple[str, ...] = ()
    watch: tuple[str, ...] = ()
    answer: bool = False
    found: bool = False


# For a bus of one's own, as tests have it.
EVERYTHING = BusRights((">",), (">",), (">",), (">",), answer=True, found=True)


def office_rights() -> BusRights:
    """Return what the office may."""
    return rights_of(Actor(ActorKind.OFFICE, name="office"))


def mcu_rights(name: McuName) -> BusRights:
    """Return what an MCU may, all its media processes alike."""
    return rights_of(Actor(ActorKind.MCU, name=name))


def rights_of(who: Actor) -> BusRights:
    """Return what a process may, by the policy."""
    messages = [one for one in SUBJECTS if one.carried is not Carried.KEY]
    keys = [one for one in SUBJECTS if one.carried is Carried.KEY]
    asked = [one for one in SUBJECTS if one.carried is Carried.REQUEST]
    return BusRights(
        publish=_patterns(who, {one: one.write for one in messages}),
        listen=_patterns(who, {one: one.read for one in messages}),
        put=_patterns(who, {one: one.write for one in keys}),
        watch=_patterns(who, {one: one.read for one in keys}),
        answer=bool(_patterns(who, {one: one.read for one in asked})),
        found=allows(who, Action.BUS_REGISTRY_FOUND),
    )


def _patterns(who: Actor, deeds: dict[Subject, Action]) -> tuple[str, ...]:
    """Return the whole pattern where it reaches every name, else its own subject or nothing."""
    found = []
    for subject, deed in deeds.items():
        if allows(who, deed, subject.about(_ANOTHER)):
            found.append(subject.pattern)
        elif allows(who, deed, subject.about(who.name)):
            found.append(subject.named(who.name))
    return tuple(found)
