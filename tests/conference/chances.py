"""Commands by chance that often fit the state, for meetings of thousands of them."""

from dataclasses import replace
from random import Random

from nhipcau.conference import ConferenceState
from nhipcau.conference import commands as c
from nhipcau.conference.drill import DrillKind, Served
from nhipcau.conference.lineage import asks_at
from nhipcau.conference.rollcall import Evidence
from nhipcau.quantities import McuName, SiteId

from .meeting import CONSOLE, LAYOUTS, PLAN, ROSTER, SITES, STRANGER, operator, seat
from .sheet import MERGE, SESSION, SHEET, SPLIT, SPLITS

_ROOT = McuName("mcu")


def as_seen(command: c.Command, state: ConferenceState) -> c.Command:
    """Return a scenario's command as pressed on a page that lags so many changes behind."""
    if not isinstance(command, c.ScenarioCommand):
        return command
    return replace(command, seen=state.scenario_revision - command.seen)


def random_command(chance: Random, state: ConferenceState) -> c.Command:
    """Return a command that is often allowed in `state`; some are not."""
    site, other = chance.choices((*SITES, STRANGER), (4, 4, 4, 4, 4, 1), k=2)
    row = state.sites.get(site)
    sitting = row.endpoint if row is not None and row.endpoint is not None else seat(site, 9)
    room, flag = c.Actor(c.Role.SITE, site), chance.random() < 0.7
    chair = c.Actor(c.Role.CHAIR, state.chair_site)
    served = operator(chance.choice((site, other)))
    parent = room if row is None or row.parent is None else c.Actor(c.Role.SITE, row.parent)
    roster = tuple(
        replace(line, parent=chance.choice((line.parent, *SITES)))
        for line in chance.sample(ROSTER, 4)
    )
    guests = tuple({line.site for line in roster[:2]} - {other})
    plan = replace(random_sheet(chance), chair_site=other, roster=roster, guests=guests)
    guest = chance.choice((*state.guests, site))
    gate = (
        c.Remove(chair, site),
        c.Restore(chair, site),
        c.Lock(chair, chance.random() < 0.1),
        c.ShowRoster(chair, guest, guest not in state.roster_shown),
        c.RefusePin(guest),
        c.NoteBars((c.Bar("device:7", site, flag, state.seq * 1000),)),
    )
    usual: tuple[c.Command, ...] = (
        c.SetMicrophone(room, flag),
        c.SetCamera(room, not flag),
        c.SetHand(room, flag),
        c.SetContent(room, flag),
        c.GiveFloor(chair, site, not flag),
        c.TakeFloor(chair, chance.choice((None, site))),
        c.NameNext(chair, chance.choice((None, site))),
        c.Mute(chance.choice((chair, served)), site),
        c.MuteAll(chair, not flag),
        c.LowerHand(chance.choice((chair, served, parent)), site),
        c.ForwardHand(chance.choice((served, parent)), site),
        c.SetHandsViaParent(chair, chance.random() < 0.8),
        c.SetDoors(chair, not flag),
        c.Admit(chance.choice((chair, served)), site),
        c.Undo(chair),
        c.StopContent(chair),
        c.SetLayout(chair, chance.choice(("auto", *LAYOUTS))),
        c.SiteLost(site, sitting),
        c.SiteLeft(site, sitting),
    )
    joined = c.SiteJoined(site, seat(site, chance.randrange(5)), flag, chance.random() < 0.3, flag)
    if (led := led_by_chance(chance, state, site)) is not None:
        return led
    if chance.random() < 0.1:
        return chance.choice(gate)
    rare = chance.random()
    if rare < 0.005:
        return chance.choice((c.Restart(), c.TakeOver(McuName("mcu-du-phong"), state.epoch + 1)))
    if rare < 0.02:
        return chance.choice((plan, plan, replace(SESSION, rehearsal=True)))
    if rare < 0.1:
        return rarely_possible(chance, state)
    return joined if rare < 0.3 else chance.choice(usual)


def random_sheet(chance: Random) -> c.Open:
    """Return a plan with some cues of the sheet in any order, its splits among them."""
    cues = tuple(chance.sample((*SHEET, MERGE), 5))
    return replace(PLAN, scenario=cues, splits=SPLITS, rehearsal=True)


def led_by_chance(chance: Random, state: ConferenceState, site: SiteId) -> c.Command | None:
    """Return, now and then, a command of the scenario, a vote or the roll call."""
    if state.branches and chance.random() < 0.1:
        return chance.choice(
            (
                c.Merge(c.Actor(c.Role.CHAIR, state.chair_site)),
                c.CloseBranch(state.branches[0].conference),
            )
        )
    if chance.random() < 0.2:
        return random_move(chance, state, site)
    if chance.random() < 0.1:
        return random_call(chance, state, site)
    if chance.random() < 0.02:
        return random_drill(chance, state, site)
    return random_voice(chance, state, site) if chance.random() < 0.15 else None


def random_drill(chance: Random, state: ConferenceState, site: SiteId) -> c.Command:
    """Return the beginning of a drill, or what a site missed in the last one."""
    begin = c.BeginDrill(CONSOLE, DrillKind.KILL, _ROOT, _ROOT, (Served(_ROOT, (site,)),))
    told = c.ReportDrill(c.Actor(c.Role.SITE, site), len(state.drills), _ROOT, 300, 400)
    return chance.choice((begin, told))


def random_voice(chance: Random, state: ConferenceState, site: SiteId) -> c.Command:
    """Return a command of a vote that fits the one that is open, or a text cue."""
    chair = c.Actor(c.Role.CHAIR, state.chair_site)
    last = state.votes.all[-1].vote if state.votes.all else "v1"
    number = chance.randrange(2)
    if state.votes.open is not None and chance.random() < 0.8:
        cast = c.CastVote(c.Actor(c.Role.SITE, site), state.votes.open.vote, number)
        told = c.RecordVote(chair, cast.vote, site, number)
        return chance.choice((cast, cast, told, c.CloseVote(chair, cast.vote)))
    ways: tuple[c.Command, ...] = (
        c.OpenVote(chair, "Đồng ý?", ("Có", "Không"), SITES),
        c.CloseVote(chair, last),
        c.ShowVote(chair, chance.choice((None, last))),
        c.SendPrompt(
            chair, chance.choice(("", "Nói gần micro")), chance.choice((None, site)), True
        ),
    )
    return chance.choice(ways)


def random_call(chance: Random, state: ConferenceState, site: SiteId) -> c.Command:
    """Return a command of the roll call, or what the MCU found of a site."""
    chair = c.Actor(c.Role.CHAIR, state.chair_site)
    good = Evidence(1, 20, chance.randrange(20), chance.random() < 0.8, False, -40)
    due = chance.choice(state.roll.due or (site,))
    ways: tuple[c.Command, ...] = (
        c.CallRoll(chair, chance.random() < 0.5),
        c.NoteEvidence(due, chance.choice((good, good, None))),
        c.NoteEvidence(due, good),
        c.PressHere(c.Actor(c.Role.SITE, site)),
        c.ConfirmHere(chair, site, chance.random() < 0.7),
        c.StopRoll(chair),
    )
    return chance.choice(ways)


def random_move(chance: Random, state: ConferenceState, site: SiteId) -> c.Command:
    """Return a command that leads through the scenario or changes it."""
    chair = c.Actor(c.Role.CHAIR, state.chair_site)
    orders = chance.choice((chair, chair, c.Actor(c.Role.SECRETARY)))
    if state.scenario.over:
        return c.GoBack(chair, 0)
    coming = [step.cue for step in state.scenario.ahead()]
    one, other = (
        chance.choice((*coming, SHEET[0].cue)),
        chance.choice((None, *(cue.cue for cue in SHEET))),
    )
    ways: tuple[c.Command, ...] = (
        c.Advance(chair, 0),
        c.GoBack(chair, chance.choice((0, 0, 1))),
        c.GoBack(chair, 0),
        c.PutOff(orders, 0),
        c.Skip(orders, 0, one, chance.choice((None, "0", "1")), chance.random() < 0.6),
        c.MoveCue(orders, 0, one, other),
        c.Extend(orders, 0, chance.randrange(-3, 6)),
        c.InsertCue(orders, 0, "Giải lao", 5, chance.choice((None, site)), other),
        # A split is rarely come to by chance.
        c.MoveCue(orders, 0, chance.choice((SPLIT.cue, MERGE.cue, one)), None),
    )
    return chance.choice(ways)


def rarely_possible(chance: Random, state: ConferenceState) -> c.Command:
    """Return a command that needs another before it, where that one was given."""
    waiting, asked = list(state.waiting()), list(state.asked)
    askers = [site for site in state.present() if asks_at(state, site)]
    if waiting and chance.random() < 0.3:
        return c.Admit(c.Actor(c.Role.CONSOLE), chance.choice(waiting))
    if asked and chance.random() < 0.7:
        asking = state.sites[chance.choice(asked)]
        return c.ForwardHand(c.Actor(c.Role.SITE, asking.parent), asking.site)
    if state.hands and chance.random() < 0.3:
        return c.LowerHand(c.Actor(c.Role.CHAIR), chance.choice(state.hands))
    if askers:
        return c.SetHand(c.Actor(c.Role.SITE, chance.choice(askers)), up=True)
    return c.SetHandsViaParent(c.Actor(c.Role.CHAIR), on=True)
