"""The small judges of the door: who waits, how often, and what is worth a line in the log."""

from nhipcau.web.faults import CLOSING, FaultError, QuietLog
from nhipcau.web.knocks import DoorLimits, Knocks, leave_word, settle_scope
from nhipcau.web.ratelimit import HelloLimit, RateLimit

FAR = "192.0.2.1"


class Visitors:
    """Connections that note that they were turned away."""

    def __init__(self, **limits: object) -> None:
        self.knocks = Knocks(DoorLimits(**limits))  # type: ignore[arg-type] # a test's own words
        self.gone: list[object] = []

    def come(self, key: object, address: str = FAR) -> None:
        self.knocks.arrive(key, address, lambda: self.gone.append(key))


def test_beyond_the_bound_the_oldest_of_all_goes() -> None:
    visitors = Visitors(half_open=3, per_address=2)
    for number in range(5):
        visitors.come(number, f"192.0.2.{number}")
    assert visitors.gone == [0, 1]
    assert visitors.knocks.waiting() == 3
    assert visitors.knocks.refused() == {"crowd": 2}


def test_beyond_its_share_the_oldest_of_an_address_goes() -> None:
    visitors = Visitors(half_open=10, per_address=2)
    visitors.come("other", "192.0.2.9")
    for number in range(4):
        visitors.come(number)
    assert visitors.gone == [0, 1]
    assert visitors.knocks.waiting() == 3


def test_this_machine_has_no_share_of_its_own() -> None:
    visitors = Visitors(half_open=10, per_address=2)
    for number in range(10):
        visitors.come(number, "127.0.0.1")
    assert visitors.gone == []
    visitors.come("one more", "127.0.0.1")
    assert visitors.gone == [0]


def test_who_is_settled_makes_room() -> None:
    visitors = Visitors(half_open=2, per_address=2)
    for number in range(50):
        visitors.come(number)
        visitors.knocks.settle(number)
        visitors.knocks.settle(number)
    assert visitors.gone == []
    assert visitors.knocks.waiting() == 0


def test_a_connection_handed_over_keeps_its_place_and_is_told_by_its_new_owner() -> None:
    visitors = Visitors(half_open=2, per_address=9)
    visitors.come("first")
    visitors.come("second")
    visitors.knocks.arrive("first", FAR, lambda: visitors.gone.append("as a WebSocket"))
    visitors.come("third")
    assert visitors.gone == ["as a WebSocket"]


def test_only_so_many_large_messages_are_read_at_a_time() -> None:
    knocks = Knocks(DoorLimits(large_messages=2))
    assert [knocks.take_large(n) for n in (1, 2, 3, 1)] == [True, True, False, True]
    knocks.end_large(1)
    knocks.end_large(1)
    assert knocks.take_large(3)


def test_word_is_left_in_the_scope_and_followed() -> None:
    settled: list[bool] = []
    scope: dict[str, object] = {}
    leave_word(scope, lambda: settled.append(True))
    settle_scope(scope)
    settle_scope({})
    assert settled == [True]


def test_messages_have_a_burst_and_then_a_rate() -> None:
    limit = RateLimit()
    assert sum(limit.allow(5.0) for _ in range(150)) == 100
    assert not limit.exhausted
    assert sum(limit.allow(6.0) for _ in range(150)) == 50
    assert limit.exhausted


def test_a_clock_that_stands_or_jumps_back_gives_no_tokens() -> None:
    limit = RateLimit()
    assert sum(limit.allow(now_s) for now_s in [5.0, 4.0] * 100) == 100


def test_a_seat_waits_as_long_as_it_was_told_to() -> None:
    limit = HelloLimit(per_s=0.5, burst=2)
    assert [limit.retry_ms("a", 0.0) for _ in range(3)] == [None, None, 2_000]
    assert limit.retry_ms("b", 0.0) is None
    assert limit.retry_ms("a", 1.9) is not None
    assert limit.retry_ms("a", 4.0) is None


def test_idle_seats_are_forgotten_and_busy_ones_are_not() -> None:
    limit = HelloLimit(per_s=1.0, burst=2)
    for number in range(4_096):
        limit.retry_ms(number, 0.0)
    for _ in range(3):
        limit.retry_ms("busy", 9.0)
    assert limit.retry_ms("busy", 9.0) is not None
    assert len(limit._buckets) < 10


def test_a_kind_is_logged_at_first_and_then_once_in_a_while_with_its_count() -> None:
    log = QuietLog(every_s=10.0)
    assert log.ask("rate", 0.0) == 0
    assert [log.ask("rate", 0.1 * n) for n in range(1, 50)] == [None] * 49
    assert log.ask("malformed", 5.0) == 0
    assert log.ask("rate", 10.0) == 49
    assert log.ask("rate", 20.0) == 0


def test_a_fault_says_little_of_what_was_sent() -> None:
    fault = FaultError("malformed", "x" * 100_000, retry_ms=5)
    assert len(str(fault.answer())) < 400
    assert fault.answer()["retry_ms"] == 5
    assert (fault.closing, fault.close_code) == (False, 4000)


def test_every_closing_code_closes_like_an_http_status() -> None:
    for code, close in CLOSING.items():
        fault = FaultError(code, "")
        assert (fault.closing, fault.close_code) == (True, close)
        # Whoever comes too late hears the same as whoever was there at the end.
        assert 4400 <= close < 4600 or code == "ended"
    assert FaultError("rate", "", closing=True).close_code == 4429
