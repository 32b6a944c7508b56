"""What pages may say about the roll call of sites."""

from typing import Literal

from nhipcau.web.message_parts import Code, CommandId, Message


class CallRoll(Message):
    """Chair, console: call all sites; `again`: those that are missing."""

    type: Literal["call_roll"]
    again: bool = False
    id: CommandId = None


class StopRoll(Message):
    """Chair, console: call nobody any more."""

    type: Literal["stop_roll"]
    id: CommandId = None


class Here(Message):
    """A room: its technician says that it is here."""

    type: Literal["here"]
    id: CommandId = None


class ConfirmHere(Message):
    """Chair, console, operator: a person says that a site is here, or no longer."""

    type: Literal["confirm_here"]
    site: Code
    on: bool = True
    id: CommandId = None


RollMessage = CallRoll | StopRoll | Here | ConfirmHere
