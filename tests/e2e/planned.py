"""A meeting that is planned through the office's API, as the first session was."""

from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import Page

from tests.e2e.office import OfficeAlone

_PDF = {"content-type": "application/pdf"}


class ApiDesk:
    """What a signed-in person asks of the office's API."""

    def __init__(self, office: OfficeAlone, page: Page) -> None:
        self._api, self._page = f"{office.url}/api/v1", page

    def ask(self, method: str, path: str, body: Any = None, seen: int = 0) -> Any:
        """Ask, as who sees this revision; return what is answered."""
        headers = {"If-Match": f'"{seen}"'} if seen else {}
        answer = self._page.request.fetch(
            self._api + path, method=method, data=body, headers=headers
        )
        assert answer.ok, answer.text()
        return answer.json()

    def upload(self, plan: str, paper: str, data: bytes) -> str:
        """Upload the PDF of a paper; return its SHA-256."""
        path = f"{self._api}/meetings/{plan}/papers/{paper}/file?name={paper}.pdf"
        answer = self._page.request.put(path, data=data, headers=_PDF)
        assert answer.ok, answer.text()
        return str(answer.json()["sha256"])


def planned(secretary: ApiDesk, office: OfficeAlone) -> str:
    """Plan a meeting for the day after tomorrow as the first session was; return its id."""
    model = secretary.ask("GET", f"/meetings/{office.meeting}")
    starts = (datetime.now() + timedelta(days=2)).replace(hour=8, minute=0, second=0, microsecond=0)
    body = {
        "host": model["header"]["host"],
        "title": "Họp trực tuyến ba cấp tháng này",
        "starts": starts.isoformat(),
        "from_meeting": office.meeting,
    }
    plan = secretary.ask("POST", "/meetings", body)
    changes = {"changes": [{"op": "set", "part": "header/secret", "value": False}]}
    secretary.ask("PATCH", f"/meetings/{plan['id']}", changes, plan["revision"])
    return str(plan["id"])


def approved(secretary: ApiDesk, chair: ApiDesk, plan: str) -> str:
    """Submit and approve a meeting; return its id."""
    seen = secretary.ask("GET", f"/meetings/{plan}")["revision"]
    done = secretary.ask("POST", f"/meetings/{plan}/steps", {"step": "submit"}, seen)
    seen = done["plan"]["revision"]
    chair.ask("POST", f"/meetings/{plan}/steps", {"step": "approve"}, seen)
    return plan
