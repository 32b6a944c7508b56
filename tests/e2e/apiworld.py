"""What stands in the demo's office, so that made-up requests also meet what is there."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from nhipcau.credentials import statements
from tests.credentials.device import RoomBrowser
from tests.e2e.demo import Demo

# The demo's accounts that sign in, by role; the others are for those to change.
LOGINS = {
    "nobody": "",
    "chair": "chu-toa",
    "secretary": "thu-ky",
    "technician": "ky-thuat-22633",
    "operator": "truc-ky-thuat",
    "telecom": "vien-thong",
    "auditor": "kiem-tra",
    "administrator": "quan-tri",
    "district administrator": "quan-tri-573",
}
_VICTIM, _SITE, _COMMUNE = "ky-thuat-573", "22633", "22633"


@dataclass(frozen=True, slots=True)
class World:
    """The demo's office."""

    demo: Demo

    @property
    def office(self) -> str:
        """Its address."""
        return str(self.demo.says["office"])

    @contextmanager
    def client(self, role: str) -> Iterator[httpx.Client]:
        """Yield a browser that is signed in, or nobody's."""
        client = httpx.Client(
            base_url=f"{self.office}/api/v1", headers={"Origin": self.office}, timeout=30
        )
        login = LOGINS[role]
        with client:
            if login:
                account = next(one for one in self.demo.says["accounts"] if one["name"] == login)
                token = str(account["url"]).split("#sign-in=")[1]
                client.post("/sign-in/link", json={"token": token}).raise_for_status()
            yield client

    def known(self) -> Mapping[str, Iterator[str]]:
        """Return ids of what is there, by the name of the parameter or field, again and again."""
        with self.client("administrator") as admin, self.client("secretary") as secretary:
            unit = admin.get("/units", params={"search": _COMMUNE}).json()["units"][0]["id"]
            account = next(one for one in admin.get("/accounts").json() if one["login"] == _VICTIM)
            plan = secretary.get("/meetings").json()["meetings"][0]["id"]
            conference = secretary.get("/conferences").json()[0]["id"]
            duties = secretary.get(f"/meetings/{plan}/duties").json()
            draft = secretary.post("/meetings", json={"host": unit})
            drafts = [draft.json()["id"]] if draft.status_code == 201 else []
            guest = secretary.post(f"/meetings/{conference}/guests", json={"agency": "Báo"})
            line_up = admin.get("/line-up").json()
            device = self._device(admin)
        found: dict[str, list[str]] = {
            "account": [account["id"]],
            "grant": [one["id"] for one in account["grants"]],
            "unit": [unit],
            "host": [unit],
            "within": [unit],
            "parent": [unit],
            "site": [_SITE, *([guest.json()["site"]] if guest.status_code == 201 else [])],
            "device": [device],
            "plan": [plan, *drafts],
            "meeting": [conference, plan],
            "from_meeting": [plan],
            "task": [duties[0]["task"]] if duties else [],
            "paper": ["TL1"],
            "mcu": [one["name"] for one in line_up],
            "if-match": ['"0"', '"1"', '"2"'],
        }
        return {name: itertools.cycle(ids) for name, ids in found.items() if ids}

    def _device(self, admin: httpx.Client) -> str:
        browser = RoomBrowser()
        made: dict[str, Any] = admin.post(f"/sites/{_SITE}/pairing-codes", json={}).json()
        signed = statements.pairing(made["code"].replace("-", ""), browser.key.text)
        body = {"code": made["code"], "key": browser.key.text, "signature": browser.sign(signed)}
        return str(admin.post("/room/pairing", json=body).json()["device"])
