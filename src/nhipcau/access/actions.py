"""The name of every deed that can be asked of the system; `rules` says who may do it.

An HTTP route, a signalling message and a subject of the bus each have exactly one of these names:
`web.routes`, `web.deeds` and `ports.subjects` say which.
"""

from enum import StrEnum


class Action(StrEnum):
    """One deed; the value is how the audit log calls it."""

    # What is there for whoever comes: the pages, health, the description of the API.
    PUBLIC = "public"
    # What only a demo has, and gives to every visitor.
    DEMO = "demo"

    SIGN_IN = "sign_in"
    # The steps between password and being in: the second factor, its enrolment, turning back.
    SIGN_IN_STEP = "sign_in.step"
    SELF_READ = "self.read"
    SELF_CHANGE = "self.change"
    ROLES_READ = "roles.read"

    ACCOUNTS_READ = "accounts.read"
    ACCOUNTS_CHANGE = "accounts.change"
    GRANTS_CHANGE = "grants.change"
    SESSIONS_END = "sessions.end"

    UNITS_READ = "units.read"
    UNITS_IMPORT = "units.import"
    LINES_READ = "lines.read"

    MEETINGS_READ = "meetings.read"
    MEETINGS_CHANGE = "meetings.change"
    # The chair's word on a plan: frozen, or sent back.
    MEETINGS_APPROVE = "meetings.approve"
    MEETINGS_RUN = "meetings.run"
    # What was: of one's own meetings, not of those in which one took part.
    REPORTS_READ = "reports.read"
    # Get a link of one's own into a live meeting, as chair, secretary or operator.
    MEETINGS_ENTER = "meetings.enter"
    TASKS_CHECK = "tasks.check"
    ATTENDANCE_CONFIRM = "attendance.confirm"
    PAPERS_CHANGE = "papers.change"
    PAPERS_APPROVE = "papers.approve"
    CONTACTS_READ = "contacts.read"
    CONTACTS_CHANGE = "contacts.change"
    MCUS_READ = "mcus.read"
    MCUS_CHANGE = "mcus.change"

    DEVICES_READ = "devices.read"
    DEVICES_CHANGE = "devices.change"
    GUESTS_READ = "guests.read"
    GUESTS_INVITE = "guests.invite"

    # The pass by which a leader's office calls rooms together, with the office process dead or not.
    EMERGENCY_PASS = "emergency.pass"  # noqa: S105 - a deed, no secret
    EMERGENCY_PASSES_READ = "emergency.passes.read"
    EMERGENCY_PASS_REVOKE = "emergency.pass_revoke"  # noqa: S105 - as above
    EMERGENCY_PRESS = "emergency.press"
    # A conference that was called is over: its MCU says so.
    EMERGENCY_END = "emergency.end"
    # A room's page waits to be called.
    EMERGENCY_BELL = "emergency.bell"

    # What a room's page does by itself: be enrolled with a code, sign for its agenda and its keys.
    ROOM_PAIR = "room.pair"
    ROOM_SELF = "room.self"

    AUDIT_READ = "audit.read"
    # Nobody's: no rule allows it, and nothing in the system does it.
    AUDIT_REWRITE = "audit.rewrite"

    # Live, in a conference. What touches one's own seat only.
    LIVE_ENTER = "live.enter"
    LIVE_MEDIA = "live.media"
    LIVE_MICROPHONE = "live.mic"
    LIVE_CAMERA = "live.camera"
    LIVE_HAND = "live.hand"
    LIVE_CONTENT = "live.content"
    LIVE_VOTE_CAST = "live.vote.cast"
    # The course of the whole meeting.
    LIVE_FLOOR = "live.floor"
    LIVE_SCENARIO = "live.scenario"
    # Order and time of what comes, and passing over whoever is not there.
    LIVE_SCENARIO_ORDER = "live.scenario.order"
    LIVE_VOTE = "live.vote"
    LIVE_ROLL_CALL = "live.roll_call"
    LIVE_HERE = "live.here"
    LIVE_CONFIRM_HERE = "live.confirm_here"
    LIVE_LAYOUT = "live.layout"
    LIVE_MUTE_ALL = "live.mute_all"
    LIVE_STOP_CONTENT = "live.stop_content"
    LIVE_UNDO = "live.undo"
    LIVE_END = "live.end"
    LIVE_REQUESTS_VIA_PARENT = "live.hands_via_parent"
    LIVE_DOORS = "live.doors"
    # What touches another site.
    LIVE_MUTE = "live.mute"
    LIVE_LOWER_HAND = "live.lower_hand"
    LIVE_FORWARD_HAND = "live.forward_hand"
    LIVE_ADMIT = "live.admit"
    LIVE_VOTE_RECORD = "live.vote.record"
    LIVE_PROMPT = "live.prompt"
    LIVE_REMOVE = "live.remove"
    # Beside the meeting.
    LIVE_LOOK = "live.look"
    LIVE_TEST = "live.test"
    LIVE_DRILL = "live.drill"
    LIVE_STILLS = "live.stills"
    LIVE_STATISTICS = "live.statistics"

    BUS_PLAN_WRITE = "bus.plan.write"
    BUS_PLAN_READ = "bus.plan.read"
    BUS_BARRED_WRITE = "bus.barred.write"
    BUS_BARRED_READ = "bus.barred.read"
    BUS_REIGN_WRITE = "bus.reign.write"
    BUS_REIGN_READ = "bus.reign.read"
    BUS_STATUS_WRITE = "bus.status.write"
    BUS_STATUS_READ = "bus.status.read"
    BUS_AUDIT_WRITE = "bus.audit.write"
    BUS_AUDIT_READ = "bus.audit.read"
    BUS_EVENTS_WRITE = "bus.events.write"
    BUS_EVENTS_READ = "bus.events.read"
    BUS_DIRECTORY_WRITE = "bus.directory.write"
    BUS_DIRECTORY_READ = "bus.directory.read"
    BUS_EMERGENCY_WRITE = "bus.emergency.write"
    BUS_EMERGENCY_READ = "bus.emergency.read"
    # To make the registry where there is none yet.
    BUS_REGISTRY_FOUND = "bus.registry.found"
