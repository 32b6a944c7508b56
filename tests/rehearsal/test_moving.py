"""A synthetic site follows its meeting into a branch and comes back, as a page does."""

from nhipcau.rehearsal.endpoint import Endpoint, HangUp, Phase

from .test_endpoint import hear, seated, site

BRANCH = "ws://127.0.0.1:9/signal"


def moved() -> Endpoint:
    endpoint = seated()
    there = {"conference": "m--575", "url": "http://127.0.0.1:9", "name": "Khánh Sơn"}
    assert hear(endpoint, type="move", why="split", **there) == [HangUp("move")]
    assert endpoint.handle_lost() is not None
    return endpoint


def test_a_site_that_is_sent_elsewhere_calls_there() -> None:
    endpoint = moved()
    assert (endpoint.url, endpoint.phase) == (BRANCH, Phase.AWAY)


def test_when_the_branch_is_over_it_calls_home_again() -> None:
    endpoint = moved()
    endpoint.handle_open(1.0)
    hear(endpoint, type="welcome", v=1, beat_ms=100)
    assert hear(endpoint, type="ended") == [HangUp("ended")]
    assert endpoint.handle_lost() is not None
    assert endpoint.url == site().url
    # The end of the meeting itself is the end.
    endpoint.handle_open(2.0)
    hear(endpoint, type="welcome", v=1, beat_ms=100)
    hear(endpoint, type="ended")
    assert (endpoint.phase, endpoint.handle_lost()) == (Phase.OVER, None)


def test_a_branch_that_refuses_as_over_is_over() -> None:
    endpoint = moved()
    endpoint.handle_open(1.0)
    assert hear(endpoint, type="error", code="ended", detail="") == [HangUp("ended")]
    assert endpoint.url == site().url


def test_a_branch_that_does_not_answer_is_asked_for_at_home() -> None:
    endpoint = moved()
    for _ in range(5):
        endpoint.handle_lost()
        assert endpoint.url == BRANCH
    endpoint.handle_lost()
    assert endpoint.url == site().url


def test_a_word_to_nowhere_is_passed_over() -> None:
    endpoint = seated()
    hear(endpoint, type="move", conference="m", url="javascript:alert(1)", name="", why="split")
    assert (endpoint.url, endpoint.malformed) == (site().url, 1)
