"""Posting: what pages are told of where they may be served."""

from typing import Any

from nhipcau.conference.commands import Role
from nhipcau.mcu.admission import Ticket
from nhipcau.mcu.endpoint import Arrival, Endpoint, Outbox
from nhipcau.mcu.posting import Posting
from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import EndpointId, McuName, SiteId
from tests.mcu.machine import HandClock
from tests.mcu.nodes import COAST, HALL, Meeting


class _World:
    def __init__(self) -> None:
        self.plan: ConferencePlan | None = None
        self.epoch = 1
        self.posting = Posting(McuName("mcu"), lambda: self.epoch, lambda: self.plan)

    def take(self, **changes: Any) -> None:
        self.plan = Meeting(HandClock()).plan().model_copy(update=changes)


def _endpoint(site: SiteId) -> Endpoint:
    arrival = Arrival("site", True, "a test", False, False)
    return Endpoint(EndpointId("e"), Ticket(Role.SITE, site), arrival, 0, Outbox())


def test_a_page_hears_of_its_posts_once_and_again_when_they_are_others() -> None:
    world, page = _World(), _endpoint(COAST)
    assert world.posting.news(page) is None
    world.take(root_url="http://mcu-tinh", standby=McuName("other"), standby_url="http://other")
    assert world.posting.news(page) == {
        "type": "posts",
        "here": "mcu",
        "epoch": 1,
        "posts": [
            {"mcu": "mcu", "url": "http://mcu-tinh"},
            {"mcu": "other", "url": "http://other"},
        ],
    }
    assert world.posting.news(page) is None
    world.take(
        title="Another title",
        root_url="http://mcu-tinh",
        standby=McuName("other"),
        standby_url="http://other",
    )
    assert world.posting.news(page) is None
    world.epoch = 2
    news = world.posting.news(page)
    assert news is not None
    assert news["epoch"] == 2
    world.take(root_url="http://elsewhere")
    news = world.posting.news(page)
    assert news is not None
    assert [post["url"] for post in news["posts"]] == ["http://elsewhere"]


def test_who_has_another_post_hears_ten_beats_a_second() -> None:
    world = _World()
    assert world.posting.beat_s(_endpoint(HALL)) == 1.0
    world.take(root_url="http://mcu-tinh")
    assert world.posting.beat_s(_endpoint(HALL)) == 1.0
    world.take(root_url="http://mcu-tinh", standby=McuName("o"), standby_url="http://o")
    assert world.posting.beat_s(_endpoint(HALL)) == 0.1
