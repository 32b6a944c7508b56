"""A root's process as a candidate, wired: its node, who reigns on its disk, its call to the other.

plan names a standby ─▶ has it begun before? ─▶ follows, until it reigns
                             └─ no, and it is the plan's own MCU ─▶ reigns in the first epoch
plan names none      ─▶ reigns
"""

from collections.abc import Callable
from dataclasses import dataclass

from nhipcau.app.clock import SystemClock
from nhipcau.app.eventing import event_file
from nhipcau.app.media_process import open_log
from nhipcau.app.trunk_dial import Callee, TrunkDial
from nhipcau.mcu.candidacy import Candidacy
from nhipcau.mcu.candidates import Candidate, Link, Papers
from nhipcau.mcu.node import McuNode
from nhipcau.mcu.ownlog import OwnLog
from nhipcau.mcu.reignfile import ReignFile
from nhipcau.mcu.reignregistry import ReignRegistry
from nhipcau.mcu.succession import Reign
from nhipcau.ports.bus import Registry
from nhipcau.ports.eventlog import EventLog
from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import McuName
from nhipcau.settings import MediaSettings


@dataclass(frozen=True, slots=True)
class Start:
    """How a root's process begins.

    Attributes:
        reign: its own, or the one that it knew last.
        follows: another MCU decides, as long as we know.
    """

    reign: Reign
    follows: bool
    log: OwnLog
    file: ReignFile


def begin(settings: MediaSettings, plan: ConferencePlan | None) -> Start:
    """Return how to begin with this plan; None: it is not known yet.

    Raises:
        OSError: the disk refuses.
    """
    file = ReignFile(settings.data_dir / "reign.json")
    log = OwnLog(lambda anew: _open_own(settings, anew))
    kept = file.reign()
    if plan is None or not plan.standby:
        return Start(_alone(kept, settings.name), False, log, file)
    known = kept or Reign(1, plan.mcu)
    is_first = kept is None and plan.mcu == settings.name and not log.replay()
    return Start(known, not is_first, log, file)


def stand(
    start: Start, node: McuNode, settings: MediaSettings, registry: Registry
) -> tuple[Candidate, TrunkDial[Link]]:
    """Return a node's candidacy, and what keeps its trunk to the other candidate up."""
    clock = SystemClock()
    name = settings.name
    papers = Papers(start.log, start.file, ReignRegistry(registry, settings.conference))
    candidacy = Candidacy(name, start.reign, clock.now_s(), reigns=not start.follows)
    candidate = Candidate(node, candidacy, papers, clock)

    def whom(plan: ConferencePlan) -> Callee:
        if not plan.standby:
            return Callee(name, "")
        if name == plan.standby:
            return Callee(plan.mcu, plan.root_url)
        return Callee(plan.standby, plan.standby_url)

    return candidate, TrunkDial(candidate, whom, _plan_of(node))


def _plan_of(node: McuNode) -> Callable[[], ConferencePlan | None]:
    return lambda: node.desk.plan


def _alone(kept: Reign | None, name: McuName) -> Reign:
    """Return the reign of an MCU beside which there is no candidate (any more)."""
    if kept is None:
        return Reign(1, name)
    return kept if kept.root == name else Reign(kept.epoch + 1, name)


def _open_own(settings: MediaSettings, anew: bool) -> EventLog:
    """Return the conference's log; `anew`: what is there goes aside, as a branch of ours.

    It keeps its name, in a folder of its own, so that the office gets it, too.
    """
    path = event_file(settings)
    if anew and path.exists():
        number = len(list(path.parent.glob("branch-*")))
        aside = path.parent / f"branch-{number}"
        aside.mkdir()
        path.rename(aside / path.name)
    return open_log(path)
