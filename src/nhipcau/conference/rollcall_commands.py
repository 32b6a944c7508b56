"""What may be asked of the roll call, by people and by the MCU that takes it."""

from dataclasses import dataclass

from nhipcau.conference.actor import Actor
from nhipcau.conference.rollcall import Evidence
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class CallRoll:
    """`call_roll`: call all sites; `again`: only those that are missing, and keep the rest."""

    actor: Actor
    again: bool = False


@dataclass(frozen=True, slots=True)
class StopRoll:
    """`stop_roll`: call nobody any more; what was found stays."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class PressHere:
    """`here`: the technician of the actor's room says that it is here."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class ConfirmHere:
    """`confirm_here`: a person says that `site` is here, or (not `on`) takes that back."""

    actor: Actor
    site: SiteId
    on: bool = True


@dataclass(frozen=True, slots=True)
class NoteEvidence:
    """The MCU: this was decoded of a site whose turn it was; None: nothing could be."""

    site: SiteId
    evidence: Evidence | None


RollCommand = CallRoll | StopRoll | PressHere | ConfirmHere
