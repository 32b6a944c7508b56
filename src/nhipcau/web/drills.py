"""From a message about a drill to the conference, and back to the answer."""

from nhipcau.audit.entry import DONE
from nhipcau.conference.drill import DrillKind
from nhipcau.conference.refusal import Outcome, Refusal, RefusalCode
from nhipcau.mcu.desk import Desk
from nhipcau.mcu.drilling import Drilling, Measured
from nhipcau.mcu.endpoint import Endpoint, Outgoing
from nhipcau.web.commands import particulars
from nhipcau.web.deeds import DEEDS
from nhipcau.web.drill_messages import Drilled, StartDrill


def do_drill(
    drilling: Drilling, desk: Desk, endpoint: Endpoint, message: StartDrill | Drilled
) -> Outgoing:
    """Do what was said of a drill and return the answer, `ok` or `error`.

    What a room measured is an event of the conference and nobody's deed: the audit has the order.
    """
    if isinstance(message, Drilled):
        told = Measured(message.drill, message.sound_ms, message.picture_ms)
        return _answer(drilling.report(endpoint, told), message.id)
    outcome = drilling.begin(endpoint, DrillKind(message.kind), message.mcu)
    code = outcome.code.value if isinstance(outcome, Refusal) else DONE
    desk.audit.did(endpoint, DEEDS[StartDrill].value, particulars(message), code)
    return _answer(outcome, message.id)


def _answer(outcome: Outcome, number: int | None) -> Outgoing:
    if isinstance(outcome, Refusal) and outcome.code is not RefusalCode.UNCHANGED:
        error = {"type": "error", "code": outcome.code.value, "detail": outcome.detail}
        return error if number is None else {**error, "id": number}
    return {"type": "ok", "id": number}
