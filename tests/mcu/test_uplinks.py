"""The way up that a plan gives each leaf, however wrong the plan is."""

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.ports.messages import ConferencePlan, PlannedLeaf
from nhipcau.ports.uplinks import TOP, is_below, leaves_below, uplink_of, uplinks_of
from nhipcau.quantities import ConferenceId, McuName, SiteId

ROOT = McuName("mcu-tinh")
A, B, C = McuName("a"), McuName("b"), McuName("c")
NAMES = (A, B, C, McuName("d"), McuName("e"))


def plan_of(*leaves: PlannedLeaf) -> ConferencePlan:
    """Return a plan with these leaves."""
    return ConferencePlan(
        conference=ConferenceId("ba-cap"),
        title="Phiên ba cấp",
        mcu=ROOT,
        chair_site=SiteId("hall"),
        layout="auto",
        sites=(),
        token_public_key_pem="",
        leaves=leaves,
    )


def leaf(name: McuName, uplink: McuName = TOP) -> PlannedLeaf:
    return PlannedLeaf(mcu=name, uplink=uplink)


def test_a_leaf_goes_up_from_tier_to_tier() -> None:
    plan = plan_of(leaf(A), leaf(B, A), leaf(C, B))
    assert uplinks_of(plan, C) == (B, A)
    assert uplink_of(plan, C) == B
    assert uplinks_of(plan, A) == ()
    assert uplink_of(plan, A) == TOP
    assert set(leaves_below(plan, TOP)) == {A}
    assert set(leaves_below(plan, A)) == {B}
    assert is_below(plan, C, A)
    assert not is_below(plan, A, C)
    assert not is_below(plan, A, A)


def test_an_uplink_that_is_the_root_or_unknown_is_the_root() -> None:
    plan = plan_of(leaf(A, ROOT), leaf(B, McuName("nobody")))
    assert set(leaves_below(plan, TOP)) == {A, B}


def test_leaves_of_a_ring_and_those_below_it_hang_below_the_root() -> None:
    plan = plan_of(leaf(A, B), leaf(B, A), leaf(C, A))
    assert set(leaves_below(plan, TOP)) == {A, B, C}
    assert uplinks_of(plan_of(leaf(A, A)), A) == ()


@given(st.lists(st.sampled_from((*NAMES, TOP, ROOT)), min_size=5, max_size=5))
def test_whatever_a_plan_says_every_leaf_reaches_the_root_and_nobody_hangs_below_itself(
    uplinks: list[McuName],
) -> None:
    plan = plan_of(*map(leaf, NAMES, uplinks))
    for name in NAMES:
        above = uplinks_of(plan, name)
        assert name not in above
        assert len(set(above)) == len(above)
        # Whoever is above has the rest of the way above it.
        for place, one in enumerate(above):
            assert uplinks_of(plan, one) == above[place + 1 :]
    assert list(leaves_below(plan, TOP))
