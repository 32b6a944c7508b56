"""What a split makes of a plan: each district with its communes, and nobody twice."""

import random

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.conference import EMPTY, Refusal, decide
from nhipcau.conference.branch import numbered
from nhipcau.conference.commands import Open, RosterRow
from nhipcau.mcu.branchplans import branch_plan, planned_splits
from nhipcau.ports.messages import (
    ConferencePlan,
    PlannedCue,
    PlannedDevice,
    PlannedGuest,
    PlannedSite,
    PlannedTurn,
)
from nhipcau.quantities import ConferenceId, DeviceId, McuName, SiteId

HALL, FIRST, SECOND, ALONE = (SiteId(code) for code in ("56", "573", "575", "570"))
TREE = {
    HALL: ("province", None),
    FIRST: ("district", HALL),
    SECOND: ("district", HALL),
    ALONE: ("district", HALL),
    SiteId("22633"): ("commune", FIRST),
    SiteId("22634"): ("commune", FIRST),
    SiteId("22735"): ("commune", SECOND),
    SiteId("stcc"): ("department", HALL),
}


def cue(name: str, kind: str = "item", *sites: SiteId, level: str = "") -> PlannedCue:
    turns = tuple(PlannedTurn(turn=str(n), site=site) for n, site in enumerate(sites))
    return PlannedCue(cue=name, kind=kind, turns=turns, split_level=level)


SCENARIO = (
    cue("c1", "item", FIRST),
    cue("c2", "split", level="district"),
    cue("c3", "item", SiteId("22633")),
    cue("c4", "item", SiteId("22735")),
    cue("c5", "item", FIRST, SECOND),
    cue("c6", "break"),
    cue("c7", "merge"),
    cue("c8", "item", SiteId("22633")),
)


def plan(tree: dict[SiteId, tuple[str, SiteId | None]] | None = None) -> ConferencePlan:
    rows = (
        PlannedSite(site=site, name=f"Điểm {site}", level=level, parent=parent)
        for site, (level, parent) in (tree or TREE).items()
    )
    return ConferencePlan(
        conference=ConferenceId("m"),
        title="Hội nghị",
        mcu=McuName("mcu-tinh"),
        chair_site=HALL,
        layout="4x4",
        sites=tuple(rows),
        token_public_key_pem="key",
        devices=tuple(
            PlannedDevice(device=DeviceId(f"d-{site}"), site=site, keys=()) for site in TREE
        ),
        guests=(PlannedGuest(site=SiteId("stcc"), pin="", expires_s=1),),
        ticket_key="secret",
        tickets_end_s=99,
        scenario=SCENARIO,
        opens_s=5,
    )


def test_each_district_with_communes_meets_with_them_and_the_rest_stays() -> None:
    (split,) = planned_splits(plan())
    assert split.cue == "c2"
    assert [(one.conference, one.chair_site, one.sites) for one in split.branches] == [
        ("m--573", FIRST, (FIRST, "22633", "22634")),
        ("m--575", SECOND, (SECOND, "22735")),
    ]


def test_a_branch_has_the_parents_keys_and_its_own_sites_devices_and_cues() -> None:
    (split,) = planned_splits(plan())
    first = branch_plan(plan(), split.branches[0], split.cue)
    assert (first.conference, first.parent, first.chair_site) == ("m--573", "m", FIRST)
    assert (first.title, first.mcu, first.opens_s, first.over) == (
        "Điểm 573",
        "mcu-tinh",
        0,
        False,
    )
    assert (first.ticket_key, first.tickets_end_s, first.token_public_key_pem) == (
        "secret",
        99,
        "key",
    )
    assert [(one.site, one.parent) for one in first.sites] == [
        (FIRST, None),
        ("22633", FIRST),
        ("22634", FIRST),
    ]
    assert [one.device for one in first.devices] == ["d-573", "d-22633", "d-22634"]
    assert first.guests == ()
    # Of what stands between split and merge, what is this district's own.
    assert [(one.cue, [turn.site for turn in one.turns]) for one in first.scenario] == [
        ("c3", ["22633"]),
        ("c5", [FIRST]),
    ]
    second = branch_plan(plan(), split.branches[1], split.cue, {SECOND: McuName("mcu-575")})
    assert ([one.cue for one in second.scenario], second.mcu) == (["c4", "c5"], "mcu-575")


def test_a_second_split_has_conferences_of_its_own() -> None:
    (split,) = planned_splits(plan())
    assert numbered(split.branches, 1) == split.branches
    assert [one.conference for one in numbered(split.branches, 2)] == ["m--573--2", "m--575--2"]


def test_a_split_without_a_level_or_without_anybody_below_is_none() -> None:
    flat = {site: TREE[site] for site in (HALL, FIRST, SECOND)}
    assert planned_splits(plan(flat)) == ()
    aimless = plan().model_copy(update={"scenario": (cue("c1", "split"),)})
    assert planned_splits(aimless) == ()


_SITES = [SiteId(f"s{number}") for number in range(12)]


@given(st.integers(0, 10**6), st.lists(st.sampled_from(("a", "b", "c")), min_size=12, max_size=12))
def test_whatever_the_parents_say_nobody_is_in_two_branches_that_can_run(
    seed: int, levels: list[str]
) -> None:
    chance = random.Random(seed)
    tree = {
        site: (level, chance.choice((None, HALL, *_SITES)))
        for site, level in zip(_SITES, levels, strict=True)
    }
    whole = plan({HALL: ("province", None), **tree}).model_copy(
        update={"scenario": (cue("c2", "split", level="a"),)}
    )
    for split in planned_splits(whole):
        members = [site for one in split.branches for site in one.sites]
        assert HALL not in members
        assert len(set(members)) == len(members)
        for branch in split.branches:
            child = branch_plan(whole, branch, split.cue)
            rows = tuple(RosterRow(s.site, s.name, s.level, s.parent) for s in child.sites)
            opening = Open(child.conference, child.title, child.chair_site, ("2x2",), rows)
            assert not isinstance(decide(EMPTY, opening, 0.0), Refusal)
