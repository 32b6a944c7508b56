"""Posts: where a page is served, and where it goes when that is lost."""

import pytest

from nhipcau.ports.messages import ConferencePlan, PlannedLeaf, PlannedSite
from nhipcau.ports.posts import home_of, is_page_of, posts_of
from nhipcau.quantities import ConferenceId, McuName, SiteId

ROOT, STANDBY = McuName("mcu-tinh"), McuName("mcu-du-phong")
ONE, TWO = McuName("mcu-1"), McuName("mcu-2")


def _plan(**changes: object) -> ConferencePlan:
    homes = {"hall": "", "a": ONE, "b": TWO, "c": "mcu-unknown"}
    plan = ConferencePlan(
        conference=ConferenceId("c"),
        title="t",
        mcu=ROOT,
        chair_site=SiteId("hall"),
        layout="auto",
        sites=tuple(
            PlannedSite(site=SiteId(site), name=site, level="x", home=McuName(home))
            for site, home in homes.items()
        ),
        token_public_key_pem="",
        leaves=(
            PlannedLeaf(mcu=ONE, url="http://one", backup=TWO),
            PlannedLeaf(mcu=TWO, url="http://two"),
        ),
        root_url="http://mcu-tinh",
        standby=STANDBY,
        standby_url="http://standby",
    )
    return plan.model_copy(update=changes)


@pytest.mark.parametrize(
    ("site", "mcus"),
    [
        ("a", [ONE, TWO, ROOT, STANDBY]),
        ("b", [TWO, ROOT, STANDBY]),
        ("hall", [ROOT, STANDBY]),
        ("c", [ROOT, STANDBY]),
        (None, [ROOT, STANDBY]),
    ],
)
def test_a_page_is_served_at_home_then_by_who_stands_in_then_by_root_and_standby(
    site: str | None, mcus: list[str]
) -> None:
    found = posts_of(_plan(), SiteId(site) if site else None)
    assert [post.mcu for post in found] == mcus
    assert home_of(_plan(), SiteId(site) if site else None) == mcus[0]


def test_an_mcu_without_an_address_is_no_post() -> None:
    plan = _plan(standby_url="", leaves=(PlannedLeaf(mcu=ONE, backup=STANDBY),))
    assert [post.url for post in posts_of(plan, SiteId("a"))] == ["http://mcu-tinh"]


def test_a_plan_of_one_mcu_has_at_most_one_post() -> None:
    plan = _plan(leaves=(), standby=McuName(""), standby_url="")
    assert [post.mcu for post in posts_of(plan, SiteId("a"))] == [ROOT]


def test_pages_of_the_office_and_of_every_mcu_of_the_plan_may_dial_each_of_them() -> None:
    leaf = PlannedLeaf(mcu=ONE, url="https://one.example:8443/")
    plan = _plan(origins=("https://office.example",), leaves=(leaf,), standby_url="")
    for ours in ("https://office.example", "https://one.example:8443", "http://mcu-tinh"):
        assert is_page_of(plan, ours)
    for other in ("https://one.example", "http://two", "null", "", "https://evil.example"):
        assert not is_page_of(plan, other)
