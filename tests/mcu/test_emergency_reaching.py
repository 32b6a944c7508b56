"""Whom a pass may call, what a choice names, and the plan that follows."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.credentials.passes import MAX_PASS_TEXT, PassError, read_pass
from nhipcau.mcu.admission import AdmissionError, admit
from nhipcau.mcu.emergency.callplan import call_plan, links
from nhipcau.mcu.emergency.reaching import (
    Choice,
    Holder,
    NotCalledError,
    chosen_sites,
    holder_of,
    subtree,
)
from nhipcau.ports.directory import CALL_LIFETIME_S, Directory, EmergencyCall
from nhipcau.quantities import ConferenceId, SiteId
from tests.mcu.callers import (
    ALL,
    HALL,
    MCU,
    NORTH,
    NORTH_1,
    NORTH_2,
    OFFICE_KEY,
    PEM,
    SOUTH,
    SOUTH_1,
    Device,
    directory_of,
    pass_text,
)

WHOLE = directory_of()


def held(site: SiteId = HALL) -> Holder:
    return holder_of(pass_text(site), WHOLE, 0)


def called(choice: Choice, site: SiteId = HALL) -> tuple[SiteId, ...]:
    return tuple(one.site for one in chosen_sites(held(site), WHOLE, choice))


def why_not(text: str, directory: Directory | None = WHOLE, now_s: float = 0) -> str:
    with pytest.raises(NotCalledError) as error:
        holder_of(text, directory, now_s)
    return error.value.code


def test_a_pass_that_another_key_signed_calls_nobody() -> None:
    assert why_not(pass_text(key=Ed25519PrivateKey.generate())) == "pass_invalid"


def test_a_pass_is_good_until_its_time_is_over_or_it_is_revoked() -> None:
    assert held().site.site == HALL
    assert why_not(pass_text(expires_s=10), now_s=11) == "pass_expired"
    assert why_not(pass_text(), WHOLE.model_copy(update={"passes_revoked": ("p1",)})) == (
        "pass_revoked"
    )


def test_a_pass_whose_room_is_gone_calls_nobody() -> None:
    assert why_not(pass_text(SiteId("gone"))) == "unknown_site"


def test_an_mcu_that_was_never_told_calls_nobody() -> None:
    assert why_not(pass_text(), None) == "no_directory"
    assert why_not(pass_text(), Directory()) == "no_directory"


@given(st.text(max_size=40) | st.binary(max_size=60).map(lambda b: b.decode("latin-1")))
def test_no_other_text_is_a_pass(text: str) -> None:
    with pytest.raises(PassError):
        read_pass(text, PEM)
    with pytest.raises(PassError):
        read_pass(pass_text() + text[:5] + "x" * MAX_PASS_TEXT, PEM)


def test_a_join_token_is_no_pass_and_a_pass_no_join_token() -> None:
    call = EmergencyCall(
        conference=ConferenceId("c"),
        mcu=MCU,
        url="https://m",
        title="t",
        caller="c",
        chair_site=HALL,
        sites=ALL,
        at_ms=0,
    )
    plan = call_plan(WHOLE, call, WHOLE.sites)
    token = links(WHOLE, call, "id", 0).token
    with pytest.raises(PassError):
        read_pass(token, plan.token_public_key_pem)
    with pytest.raises(AdmissionError):
        admit(plan.model_copy(update={"token_public_key_pem": PEM}), pass_text(), 0)


def test_nothing_named_is_everybody_in_calling_order() -> None:
    assert called(Choice()) == ALL


def test_a_level_a_subtree_and_single_rooms_can_be_called() -> None:
    assert called(Choice(levels=("district",))) == (HALL, NORTH, SOUTH)
    assert called(Choice(below=NORTH)) == (HALL, NORTH, NORTH_1, NORTH_2)
    assert called(Choice(below=NORTH, levels=("commune",))) == (HALL, NORTH_1, NORTH_2)
    assert called(Choice(sites=(SOUTH_1,))) == (HALL, SOUTH_1)
    assert called(Choice(levels=("district",), sites=(SOUTH_1,))) == (HALL, NORTH, SOUTH, SOUTH_1)


def test_a_districts_pass_reaches_its_own_communes_and_nobody_else() -> None:
    assert called(Choice(), NORTH) == (NORTH, NORTH_1, NORTH_2)
    for choice in (Choice(below=SOUTH), Choice(sites=(SOUTH_1,)), Choice(below=HALL)):
        with pytest.raises(NotCalledError) as error:
            called(choice, NORTH)
        assert error.value.code == "not_allowed"


def test_a_call_to_nobody_else_or_to_who_is_not_there_is_refused() -> None:
    for choice, code in (
        (Choice(levels=("province",)), "nobody"),
        (Choice(sites=(HALL,)), "nobody"),
        (Choice(sites=(SiteId("x"),)), "unknown_site"),
        (Choice(below=SiteId("x")), "unknown_site"),
    ):
        with pytest.raises(NotCalledError) as error:
            called(choice)
        assert error.value.code == code


@given(
    st.sampled_from((HALL, NORTH, SOUTH)),
    st.lists(st.sampled_from(("province", "district", "commune", "x")), max_size=3),
    st.none() | st.sampled_from(ALL),
    st.lists(st.sampled_from(ALL), max_size=4),
)
def test_whoever_is_called_is_within_the_passs_reach(
    holder: SiteId, levels: list[str], below: SiteId | None, sites: list[SiteId]
) -> None:
    reach = {one.site for one in subtree(WHOLE, holder)}
    choice = Choice(tuple(levels), below, tuple(sites))
    try:
        found = called(choice, holder)
    except NotCalledError as error:
        assert error.code in ("not_allowed", "nobody")
        return
    assert set(found) <= reach
    assert holder in found
    assert list(found) == [site for site in ALL if site in found]


def a_call(sites: tuple[SiteId, ...]) -> EmergencyCall:
    return EmergencyCall(
        conference=ConferenceId("khan-1"),
        mcu=MCU,
        url="https://media.example",
        title="Họp khẩn",
        caller="Room hall",
        chair_site=HALL,
        sites=sites,
        at_ms=5_000,
    )


def test_the_plan_has_the_called_rooms_their_devices_and_nobody_elses() -> None:
    devices = [Device(NORTH_1), Device(SOUTH_1)]
    whole = directory_of(devices)
    sites = chosen_sites(held(), whole, Choice(sites=(NORTH_1,)))
    plan = call_plan(whole, a_call((HALL, NORTH_1)), sites)
    assert [one.site for one in plan.sites] == [HALL, NORTH_1]
    # Its district does not take part: the nearest above that does is the hall.
    assert plan.sites[1].parent == HALL
    assert [one.device for one in plan.devices] == [devices[0].device]
    assert plan.chair_site == HALL
    assert plan.tickets_end_s == 5 + CALL_LIFETIME_S
    assert "https://front.example" in plan.origins and "https://office.example" in plan.origins


def test_any_mcu_makes_the_links_into_it_and_another_conferences_links_are_no_good() -> None:
    call = a_call(ALL)
    plan = call_plan(WHOLE, call, WHOLE.sites)
    made = links(directory_of(), call, "id", 6)
    chair = made.chair.partition("#token=")[2]
    assert made.chair.startswith("https://media.example/chair#token=")
    assert admit(plan, chair, 7).role == "chair"
    assert admit(plan, made.token, 7).site is None
    other = call.model_copy(update={"conference": ConferenceId("khan-2")})
    with pytest.raises(AdmissionError):
        admit(plan, links(WHOLE, other, "id", 6).token, 7)
    with pytest.raises(AdmissionError) as error:
        admit(plan, chair, 5 + CALL_LIFETIME_S + 1)
    assert error.value.code == "token_expired"


def test_the_offices_own_key_makes_no_link_into_it() -> None:
    plan = call_plan(WHOLE, a_call(ALL), WHOLE.sites)
    assert plan.token_public_key_pem != PEM
    assert OFFICE_KEY.public_key() is not None
