"""Who may do what, in words, one line a deed: written by hand, apart from the rules.

Columns: chair, secretary, technician, operator, telecom operator, auditor, administrator, then the
beings without roles: nobody, device, guest, machine, office, MCU.
    in    inside its subtree only        own   its own affair only      yes   always        .  never
    co    inside its subtree, and only what is its company's
"""

from nhipcau.access.actions import Action
from nhipcau.access.actor import ActorKind
from nhipcau.access.roles import Role

ROLES = (
    Role.CHAIR,
    Role.SECRETARY,
    Role.TECHNICIAN,
    Role.OPERATOR,
    Role.TELECOM,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
KINDS = (
    ActorKind.NOBODY,
    ActorKind.DEVICE,
    ActorKind.GUEST,
    ActorKind.MACHINE,
    ActorKind.OFFICE,
    ActorKind.MCU,
)
_TABLE = """
                        cha sec tec ope tel aud adm   nob dev gue mac off mcu
public                  yes yes yes yes yes yes yes   yes yes yes yes yes yes
demo                    yes yes yes yes yes yes yes   yes yes yes yes yes yes
sign_in                 yes yes yes yes yes yes yes   yes yes yes yes yes yes
sign_in.step            own own own own own own own   .   .   .   .   .   .
self.read               own own own own own own own   .   .   .   .   .   .
self.change             own own own own own own own   .   .   .   .   .   .
roles.read              yes yes yes yes yes yes yes   .   .   .   .   .   .
accounts.read           .   .   .   .   .   in  in    .   .   .   yes .   .
accounts.change         .   .   .   .   .   .   in    .   .   .   yes .   .
grants.change           .   .   .   .   .   .   in    .   .   .   yes .   .
sessions.end            .   .   .   .   .   .   in    .   .   .   yes .   .
units.read              yes yes yes yes yes yes yes   .   .   .   yes .   .
units.import            .   .   .   .   .   .   in    .   .   .   yes .   .
lines.read              .   .   .   in  co  .   in    .   .   .   .   .   .
meetings.read           in  in  in  in  .   in  in    .   .   .   .   .   .
meetings.change         .   in  .   in  .   .   .     .   .   .   .   .   .
meetings.approve        in  .   .   .   .   .   .     .   .   .   .   .   .
meetings.run            in  in  .   in  .   .   .     .   .   .   .   .   .
reports.read            in  in  .   in  .   in  .     .   .   .   .   .   .
meetings.enter          in  in  .   in  .   .   .     .   .   .   .   .   .
tasks.check             in  in  in  in  in  .   .     .   .   .   .   .   .
attendance.confirm      in  in  in  in  .   .   .     .   .   .   .   .   .
papers.change           .   in  .   in  .   .   .     .   .   .   .   .   .
papers.approve          in  .   .   .   .   .   .     .   .   .   .   .   .
contacts.read           in  in  in  in  in  .   in    .   .   .   .   .   .
contacts.change         .   in  .   in  .   .   in    .   .   .   .   .   .
mcus.read               .   .   .   yes .   .   yes   .   .   .   .   .   .
mcus.change             .   .   .   in  .   .   in    .   .   .   .   .   .
devices.read            .   .   .   in  .   in  in    .   .   .   .   .   .
devices.change          .   .   .   in  .   .   in    .   .   .   .   .   .
guests.read             in  in  .   in  .   in  .     .   .   .   .   .   .
guests.invite           in  in  .   in  .   .   .     .   .   .   .   .   .
emergency.pass          in  in  .   .   .   .   .     .   .   .   .   .   .
emergency.passes.read   in  in  .   in  .   in  in    .   .   .   .   .   .
emergency.pass_revoke   in  in  .   in  .   .   in    .   .   .   .   .   .
emergency.press         in  .   .   .   .   .   .     .   .   .   .   .   .
emergency.end           .   .   .   .   .   .   .     .   .   .   .   .   own
emergency.bell          .   .   .   .   .   .   .     .   own .   .   .   .
room.pair               yes yes yes yes yes yes yes   yes yes yes yes yes yes
room.self               .   .   .   .   .   .   .     .   own .   .   .   .
audit.read              .   .   .   .   .   in  in    .   .   .   yes .   .
audit.rewrite           .   .   .   .   .   .   .     .   .   .   .   .   .
live.enter              in  in  in  in  in  .   .     .   own own .   .   .
live.media              in  in  in  in  .   .   .     .   own own .   .   .
live.mic                in  .   in  .   .   .   .     .   own own .   .   .
live.camera             in  .   in  .   .   .   .     .   own own .   .   .
live.hand               in  .   in  .   .   .   .     .   own own .   .   .
live.content            in  .   in  .   .   .   .     .   own own .   .   .
live.floor              in  .   .   .   .   .   .     .   .   .   .   .   .
live.scenario           in  .   .   .   .   .   .     .   .   .   .   .   .
live.scenario.order     in  in  .   .   .   .   .     .   .   .   .   .   .
live.vote               in  in  .   .   .   .   .     .   .   .   .   .   .
live.vote.cast          in  .   in  .   .   .   .     .   own own .   .   .
live.vote.record        in  in  .   in  .   .   .     .   .   .   .   .   .
live.prompt             in  in  .   in  .   .   .     .   .   .   .   .   .
live.end                in  .   .   in  .   .   .     .   .   .   .   .   .
live.roll_call          in  in  .   in  .   .   .     .   .   .   .   .   .
live.here               in  .   in  .   .   .   .     .   own own .   .   .
live.confirm_here       in  in  .   in  .   .   .     .   .   .   .   .   .
live.layout             in  .   .   in  .   .   .     .   .   .   .   .   .
live.mute_all           in  .   .   .   .   .   .     .   .   .   .   .   .
live.stop_content       in  .   .   .   .   .   .     .   .   .   .   .   .
live.undo               in  .   .   .   .   .   .     .   .   .   .   .   .
live.hands_via_parent   in  .   .   .   .   .   .     .   .   .   .   .   .
live.doors              in  .   .   in  .   .   .     .   .   .   .   .   .
live.mute               in  .   .   in  .   .   .     .   .   .   .   .   .
live.lower_hand         in  in  in  in  .   .   .     .   in  .   .   .   .
live.forward_hand       in  in  in  in  .   .   .     .   in  .   .   .   .
live.admit              in  in  .   in  .   .   .     .   .   .   .   .   .
live.remove             in  .   .   in  .   .   .     .   .   .   .   .   .
live.look               in  .   .   in  .   .   .     .   .   .   .   .   .
live.test               in  .   .   in  .   .   .     .   .   .   .   .   .
live.drill              .   .   .   in  .   .   .     .   .   .   .   .   .
live.stills             in  in  .   in  .   .   .     .   .   .   .   .   .
live.statistics         in  in  in  in  in  .   .     .   own own .   .   .
bus.plan.write          .   .   .   .   .   .   .     .   .   .   .   yes .
bus.plan.read           .   .   .   .   .   .   .     .   .   .   .   yes yes
bus.barred.write        .   .   .   .   .   .   .     .   .   .   .   .   yes
bus.barred.read         .   .   .   .   .   .   .     .   .   .   .   .   yes
bus.reign.write         .   .   .   .   .   .   .     .   .   .   .   .   yes
bus.reign.read          .   .   .   .   .   .   .     .   .   .   .   .   yes
bus.status.write        .   .   .   .   .   .   .     .   .   .   .   .   own
bus.status.read         .   .   .   .   .   .   .     .   .   .   .   yes .
bus.audit.write         .   .   .   .   .   .   .     .   .   .   .   yes yes
bus.audit.read          .   .   .   .   .   .   .     .   .   .   .   yes .
bus.events.write        .   .   .   .   .   .   .     .   .   .   .   .   own
bus.events.read         .   .   .   .   .   .   .     .   .   .   .   yes .
bus.directory.write     .   .   .   .   .   .   .     .   .   .   .   yes .
bus.directory.read      .   .   .   .   .   .   .     .   .   .   .   .   yes
bus.emergency.write     .   .   .   .   .   .   .     .   .   .   .   .   own
bus.emergency.read      .   .   .   .   .   .   .     .   .   .   .   .   yes
bus.registry.found      .   .   .   .   .   .   .     .   .   .   .   yes .
"""

_LINES = [line.split() for line in _TABLE.strip().splitlines()[1:]]
OF_ROLES: dict[tuple[Action, Role], str] = {
    (Action(line[0]), role): word
    for line in _LINES
    for role, word in zip(ROLES, line[1:8], strict=True)
}
OF_KINDS: dict[tuple[Action, ActorKind], str] = {
    (Action(line[0]), kind): word
    for line in _LINES
    for kind, word in zip(KINDS, line[8:], strict=True)
}
