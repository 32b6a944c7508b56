"""Which conferences an MCU hosts, and where: nobody is put where another is, places are kept."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.mcu.hosting import LINGER_S, REMEMBER_S, Hosted, Standing, settle
from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import ConferenceId, McuName, SiteId

NOW = 1_700_000_000.0


def hosted(
    name: str, place: int | None = None, ended_s: float | None = None, **plan: int
) -> Hosted:
    """Return what the disk says of a conference that is open unless `plan` says otherwise."""
    written = ConferencePlan(
        conference=ConferenceId(name),
        title=name,
        mcu=McuName("mcu"),
        chair_site=SiteId("hall"),
        layout="auto",
        sites=(),
        token_public_key_pem="",
    ).model_copy(update=plan)
    return Hosted(written, place, ended_s)


def places(*found: Hosted, of: int = 3, now_s: float = NOW) -> dict[str, int]:
    return {str(one): place for one, place in settle(found, of, now_s).places.items()}


def standing(one: Hosted, *others: Hosted, of: int = 3, now_s: float = NOW) -> Standing | None:
    return settle((one, *others), of, now_s).standings.get(one.conference)


def test_a_conference_is_hosted_from_when_it_opens() -> None:
    later = hosted("later", opens_s=int(NOW) + 60)
    assert places(hosted("open"), later) == {"open": 0}
    assert standing(later) is Standing.PLANNED
    assert places(later, now_s=NOW + 60) == {"later": 0}


def test_a_place_is_kept_whoever_comes() -> None:
    assert places(hosted("b", 2), hosted("a"), hosted("c", 0)) == {"b": 2, "c": 0, "a": 1}


def test_a_full_mcu_hosts_nobody_more_and_says_who_waits() -> None:
    late = hosted("late", opens_s=int(NOW) - 5)
    found = (hosted("a", 0), hosted("b", 1), hosted("early", opens_s=int(NOW) - 9), late)
    assert places(*found) == {"a": 0, "b": 1, "early": 2}
    assert standing(late, *found[:3]) is Standing.WAITING


def test_who_waited_gets_the_place_that_is_free_again() -> None:
    over = hosted("over", 0, NOW - 1, over=True)
    assert places(over, hosted("waits"), of=1) == {"waits": 0}


def test_whoever_comes_late_to_the_end_is_told_so_while_nobody_needs_the_place() -> None:
    over = hosted("over", 1, NOW - 1)
    assert places(over, hosted("other")) == {"over": 1, "other": 0}
    assert standing(over) is Standing.ENDED
    assert places(over, now_s=NOW + LINGER_S) == {}


def test_what_is_over_is_remembered_until_the_office_has_heard_or_a_day_has_passed() -> None:
    ended = hosted("ended", None, NOW - LINGER_S)
    assert settle((ended,), 1, NOW).forgotten == ()
    told = replace(ended, plan=ended.plan.model_copy(update={"over": True}))
    assert settle((told,), 1, NOW).forgotten == ("ended",)
    assert settle((ended,), 1, NOW + REMEMBER_S).forgotten == ("ended",)


def test_a_meeting_that_the_office_ends_runs_until_it_has_told_everybody() -> None:
    assert places(hosted("runs", 1, over=True)) == {"runs": 1}
    never = hosted("never", over=True)
    assert places(never) == {}
    assert settle((never,), 3, NOW).forgotten == ("never",)


def test_when_every_ticket_has_ended_nothing_is_hosted_any_more() -> None:
    old = hosted("old", 0, tickets_end_s=int(NOW))
    assert places(old, now_s=NOW - 1) == {"old": 0}
    assert places(old) == {}
    assert settle((old,), 3, NOW).forgotten == ("old",)


def test_two_files_with_one_place_and_a_place_that_is_no_more_are_sorted_out() -> None:
    assert places(hosted("a", 1), hosted("b", 1), hosted("c", 9)) == {"a": 1, "b": 0, "c": 2}


_HOSTED = st.builds(
    hosted,
    st.sampled_from("abcdefgh"),
    st.none() | st.integers(0, 4),
    st.none() | st.floats(NOW - 2 * REMEMBER_S, NOW),
    opens_s=st.integers(int(NOW) - 9, int(NOW) + 3),
    tickets_end_s=st.sampled_from((0, 0, int(NOW) - 1, int(NOW) + 9)),
    over=st.booleans(),
)


@given(st.lists(_HOSTED, unique_by=lambda one: one.conference), st.integers(1, 4))
def test_whatever_stands_on_the_disk_no_place_is_given_twice(found: list[Hosted], of: int) -> None:
    settled = settle(found, of, NOW)
    given_ = list(settled.places.values())
    assert len(set(given_)) == len(given_)
    assert set(given_) <= set(range(of))
    waits = [one for one, how in settled.standings.items() if how is Standing.WAITING]
    living = [one for one in settled.places if settled.standings[one] is Standing.HOSTED]
    # Nobody waits while a place is free or somebody lingers in one.
    assert not waits or len(living) == of
    # What was settled is settled: written back and looked at again, nothing moves.
    written = [replace(one, place=settled.places.get(one.conference)) for one in found]
    assert settle(written, of, NOW).places == settled.places
