"""Routes that take a table take nothing that another site's form could send."""

import pytest

from nhipcau.access.roles import Role

from .people import SECRET, Browser, House

OURS = {"origin": "https://office.example"}
THEIRS = {"origin": "https://evil.example"}


@pytest.mark.parametrize("path", ["/units/import", "/reforms?on=2024-11-01"])
def test_a_table_is_taken_as_csv_and_from_our_own_page_only(path: str) -> None:
    house = House()
    house.account("quan-tri", Role.ADMINISTRATOR, secret=SECRET)
    browser = Browser(house).enter("quan-tri")
    form = {"content-type": "application/x-www-form-urlencoded", **OURS}
    foreign = {"content-type": "text/csv", **THEIRS}
    answers = [
        browser.ask("POST", path, None, headers, content=b"x").status_code
        for headers in (form, foreign)
    ]
    assert answers == [415, 403]
