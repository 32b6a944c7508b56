"""Devices, guests and resume tickets at the door: what is stolen, replayed or changed is worth
nothing.
"""

from dataclasses import replace

import pytest

from nhipcau.credentials import statements
from nhipcau.credentials.codes import pin_record
from nhipcau.credentials.keys import encode_bytes
from nhipcau.credentials.statements import Challenge
from nhipcau.mcu.admission import (
    PROOF_MS,
    AdmissionError,
    Proof,
    Shown,
    Ticket,
    admit_shown,
    resume_text,
)
from nhipcau.office.tokens import Seat
from nhipcau.ports.messages import ConferencePlan, PlannedDevice, PlannedGuest, PlannedSite
from nhipcau.quantities import ConferenceId, DeviceId, McuName, SiteId
from tests.credentials.device import RoomBrowser

from .test_admission import CLOCK, COMMUNE, DISTRICT, ISSUER, PLAN

NOW_S = CLOCK.wall_s()
HOUR_S = 3_600
ROOM, OTHER, STRANGER = RoomBrowser(), RoomBrowser(), RoomBrowser()
ROOM_ID, OTHER_ID, OLD_ID = DeviceId("room"), DeviceId("other"), DeviceId("old")
PRESS = SiteId("guest-press")
LIVE = PLAN.model_copy(
    update={
        "sites": (*PLAN.sites, PlannedSite(site=PRESS, name="Báo Khánh Hòa", level="guest")),
        "devices": (
            PlannedDevice(device=ROOM_ID, site=DISTRICT, keys=(ROOM.key.text,)),
            PlannedDevice(device=OTHER_ID, site=COMMUNE, keys=(OTHER.key.text,)),
        ),
        "revoked": (OLD_ID,),
        "guests": (
            PlannedGuest(
                site=PRESS, pin=pin_record("123456", bytes(16)), expires_s=int(NOW_S) + HOUR_S
            ),
        ),
        "ticket_key": encode_bytes(bytes(range(32))),
        "tickets_end_s": int(NOW_S) + 8 * HOUR_S,
    }
)
CHALLENGE = Challenge("nonce", PLAN.conference, PLAN.mcu, round(NOW_S * 1000))


def proof(
    browser: RoomBrowser = ROOM, device: DeviceId = ROOM_ID, of: Challenge = CHALLENGE
) -> Proof:
    said = statements.admission(of, device, browser.key.text)
    return Proof(device, browser.key.text, browser.sign(said))


def admitted(shown: Shown, plan: ConferencePlan = LIVE, now_s: float = NOW_S) -> Ticket:
    return admit_shown(plan, shown, now_s)


def refusal(shown: Shown, plan: ConferencePlan = LIVE, now_s: float = NOW_S) -> str:
    with pytest.raises(AdmissionError) as caught:
        admit_shown(plan, shown, now_s)
    return caught.value.code


def resume(shown: Shown, plan: ConferencePlan = LIVE) -> str:
    text = resume_text(plan, admitted(shown, plan), NOW_S)
    assert text is not None
    return text


SHOWN = Shown(proof=proof(), challenge=CHALLENGE)
INVITATION = ISSUER.issue(
    Seat(PLAN.conference, "guest", PRESS), token_id="g", now_s=NOW_S, lifetime_s=8 * HOUR_S
)


def test_an_enrolled_device_has_its_sites_seat() -> None:
    ticket = admitted(SHOWN)
    assert (ticket.site, ticket.credential) == (DISTRICT, "device:room")
    assert ticket.thumbprint == ROOM.key.thumbprint()


def test_a_proof_without_a_challenge_or_of_another_nonce_is_refused() -> None:
    assert refusal(Shown(proof=proof())) == "proof_invalid"
    again = replace(CHALLENGE, nonce="another")
    assert refusal(Shown(proof=proof(), challenge=again)) == "proof_invalid"


@pytest.mark.parametrize(
    "changed",
    [
        replace(CHALLENGE, mcu=McuName("another")),
        replace(CHALLENGE, conference=ConferenceId("another")),
        replace(CHALLENGE, at_ms=CHALLENGE.at_ms - 1),
    ],
)
def test_a_proof_for_another_meeting_mcu_or_moment_is_refused(changed: Challenge) -> None:
    assert refusal(Shown(proof=proof(of=changed), challenge=CHALLENGE)) == "proof_invalid"


def test_a_proof_is_good_for_a_short_time() -> None:
    assert admitted(SHOWN, now_s=NOW_S + PROOF_MS / 1000).site == DISTRICT
    assert refusal(SHOWN, now_s=NOW_S + PROOF_MS / 1000 + 1) == "proof_invalid"
    assert refusal(SHOWN, now_s=NOW_S - 1) == "proof_invalid"


def test_a_device_can_neither_name_another_nor_show_a_foreign_key() -> None:
    posing = Shown(proof=proof(ROOM, OTHER_ID), challenge=CHALLENGE)
    assert refusal(posing) == "unknown_device"
    stranger = Shown(proof=proof(STRANGER, ROOM_ID), challenge=CHALLENGE)
    assert refusal(stranger) == "unknown_device"
    stolen = replace(proof(), key=STRANGER.key.text)
    assert refusal(Shown(proof=stolen, challenge=CHALLENGE)) == "proof_invalid"


def test_both_keys_are_good_while_one_follows_the_other() -> None:
    keys = (ROOM.key.text, STRANGER.key.text)
    device = PlannedDevice(device=ROOM_ID, site=DISTRICT, keys=keys)
    plan = LIVE.model_copy(update={"devices": (device,)})
    for browser in (ROOM, STRANGER):
        assert admitted(Shown(proof=proof(browser), challenge=CHALLENGE), plan).site == DISTRICT


def test_a_revoked_device_is_refused_with_its_ticket_too() -> None:
    ticket = resume(SHOWN)
    plan = LIVE.model_copy(update={"revoked": (ROOM_ID,), "devices": LIVE.devices[1:]})
    assert refusal(SHOWN, plan) == "revoked"
    assert refusal(replace(SHOWN, token=ticket), plan) == "revoked"


def test_a_ticket_is_good_at_an_mcu_that_does_not_know_the_device_yet() -> None:
    elsewhere = LIVE.model_copy(update={"mcu": McuName("backup"), "devices": ()})
    of = replace(CHALLENGE, mcu=elsewhere.mcu)
    shown = Shown(resume(SHOWN), proof(of=of), challenge=of)
    ticket = admitted(shown, elsewhere)
    assert (ticket.site, ticket.resumes) == (DISTRICT, True)


def test_a_ticket_without_the_keys_proof_is_of_no_use() -> None:
    ticket = resume(SHOWN)
    assert refusal(Shown(ticket)) == "proof_invalid"
    thief = Shown(ticket, proof(STRANGER), challenge=CHALLENGE)
    assert refusal(thief) == "proof_invalid"


def test_a_ticket_of_one_site_is_no_use_to_another() -> None:
    shown = Shown(resume(SHOWN), proof(OTHER, OTHER_ID), challenge=CHALLENGE)
    assert refusal(shown) == "proof_invalid"


def test_a_ticket_ends_with_the_meeting_and_is_for_no_other() -> None:
    ticket = resume(SHOWN)
    late_s = LIVE.tickets_end_s + 1.0
    late = replace(CHALLENGE, at_ms=round(late_s * 1000))
    assert refusal(Shown(ticket, proof(of=late), challenge=late), now_s=late_s) == "token_expired"
    other = LIVE.model_copy(update={"conference": ConferenceId("other")})
    assert refusal(replace(SHOWN, token=ticket), other) == "wrong_conference"
    rekeyed = LIVE.model_copy(update={"ticket_key": encode_bytes(bytes(32))})
    assert refusal(replace(SHOWN, token=ticket), rekeyed) == "token_invalid"


def test_who_holds_a_link_gets_no_ticket_and_no_proof_beside_it() -> None:
    link = ISSUER.issue(
        Seat(PLAN.conference, "site", COMMUNE), token_id="l", now_s=NOW_S, lifetime_s=60
    )
    ticket = admitted(Shown(link))
    assert ticket.credential == "link:l"
    assert resume_text(LIVE, ticket, NOW_S) is None
    assert refusal(replace(SHOWN, token=link)) == "token_invalid"


def test_a_guests_pin_is_yet_to_be_checked_and_its_ticket_spares_it() -> None:
    ticket = admitted(Shown(INVITATION))
    assert ticket.is_guest
    assert ticket.pin_record is not None
    text = resume_text(LIVE, ticket, NOW_S)
    assert text is not None
    back = admitted(Shown(text))
    assert (back.site, back.pin_record, back.resumes) == (PRESS, None, True)


def test_an_invitation_ends_by_its_time_and_by_its_withdrawal() -> None:
    late_s = NOW_S + HOUR_S + 1
    assert refusal(Shown(INVITATION), now_s=late_s) == "token_expired"
    ticket = resume(Shown(INVITATION))
    assert refusal(Shown(ticket), now_s=late_s) == "token_expired"
    without = LIVE.model_copy(update={"guests": ()})
    assert refusal(Shown(INVITATION), without) == "unknown_site"
    assert refusal(Shown(ticket), without) == "unknown_site"


def test_a_rooms_link_is_no_way_around_a_guests_pin() -> None:
    link = ISSUER.issue(
        Seat(PLAN.conference, "site", PRESS), token_id="l", now_s=NOW_S, lifetime_s=60
    )
    assert refusal(Shown(link)) == "token_invalid"


def test_a_plan_of_before_gives_no_tickets_and_takes_none() -> None:
    ticket = resume(SHOWN)
    old = LIVE.model_copy(update={"ticket_key": ""})
    assert resume_text(old, admitted(SHOWN), NOW_S) is None
    assert refusal(replace(SHOWN, token=ticket), old) == "token_invalid"
