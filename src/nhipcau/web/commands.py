"""From a signalling message to a command of the conference, and from its outcome to the answer."""

from nhipcau.conference import commands as ask
from nhipcau.conference.refusal import Refusal, RefusalCode
from nhipcau.mcu.desk import Desk
from nhipcau.mcu.endpoint import Endpoint, Outgoing
from nhipcau.web import messages as said


def to_command(desk: Desk, endpoint: Endpoint, message: said.ClientMessage) -> Outgoing:
    """Give a person's message to the conference and return the answer, `ok` or `error`."""
    command = _translate(endpoint.actor(), message)
    outcome = desk.command(command)
    number = getattr(message, "id", None)
    if isinstance(outcome, Refusal) and outcome.code is not RefusalCode.UNCHANGED:
        error = {"type": "error", "code": outcome.code.value, "detail": outcome.detail}
        return error if number is None else {**error, "id": number}
    return {"type": "ok", "id": number}


def _translate(actor: ask.Actor, message: said.ClientMessage) -> ask.Command:  # noqa: PLR0911 - one line a case
    match message:
        case said.Mic():
            return ask.SetMicrophone(actor, message.open)
        case said.Camera():
            return ask.SetCamera(actor, message.on)
        case said.Hand():
            return ask.SetHand(actor, message.up)
        case said.Content():
            return ask.SetContent(actor, message.on)
        case said.GiveFloor():
            return ask.GiveFloor(actor, message.site, message.beside)
        case said.TakeFloor():
            return ask.TakeFloor(actor, message.site)
        case said.SetLayout():
            return ask.SetLayout(actor, message.layout)
        case said.Mute():
            return ask.Mute(actor, message.site)
        case said.MuteAll():
            return ask.MuteAll(actor, message.locked)
        case said.LowerHand():
            return ask.LowerHand(actor, message.site)
        case said.StopContent():
            return ask.StopContent(actor)
        case _:
            raise AssertionError(f"no command: {message.type}")
