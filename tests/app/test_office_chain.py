"""What the office does over HTTP stands in its chain, deed by deed, and the chain holds."""

from pathlib import Path

from typer.testing import CliRunner

from nhipcau.access.roles import Role
from nhipcau.app.auditing import FOLDER
from nhipcau.cli import app
from nhipcau.storage.auditfolder import ChainFolder
from nhipcau.storage.auditkeys import open_signer
from nhipcau.storage.audittrail import FileAuditTrail, Writing
from nhipcau.storage.database import migrate, open_database, sqlite_url

from ..org.province import text_of
from ..web.people import DISTRICT, SECRET, Browser, HandClock, House

CSV = {"content-type": "text/csv", "origin": "https://office.example"}


def work(house: House) -> list[int]:
    """Do one deed of each kind; return how each was answered."""
    house.account("quan-tri", Role.ADMINISTRATOR, secret=SECRET)
    house.account("khach", code=DISTRICT)
    browser = Browser(house).enter("quan-tri")
    table = text_of("resolution-1196.csv").encode()
    grant = {"role": "chair", "unit": house.unit(DISTRICT)}
    imported = "/units/import?day=2024-11-01&whole=false&dry_run=false"
    asked = [
        browser.ask("POST", "/accounts/id-khach/grants", grant),
        browser.ask("PATCH", "/accounts/id-khach", {"name": "Khách"}),
        browser.ask("PUT", "/accounts/id-khach/password", {"password": "năm con trâu đi cày"}),
        browser.ask("DELETE", "/accounts/id-khach/sessions"),
        browser.ask("POST", f"/sites/{DISTRICT}/pairing-codes", {"join": "itself"}),
        browser.ask("POST", imported, None, CSV, content=table),
        browser.ask("DELETE", "/accounts/id-khach"),
    ]
    return [answer.status_code for answer in asked]


def test_every_deed_of_the_office_is_in_a_chain_that_verifies(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "office.db")
    engine = open_database(url)
    migrate(engine)
    engine.dispose()
    folder = tmp_path / FOLDER
    clock = HandClock()
    trail = FileAuditTrail(folder, Writing("office-1", "office", open_signer(folder)), clock)
    trail.start()
    try:
        answers = work(House(clock=clock, keeps=trail))
    finally:
        trail.close()
    assert all(status < 300 for status in answers), answers
    [chain] = ChainFolder(folder).chains()
    text = b"".join(ChainFolder(folder).lines(chain)).decode()
    wanted = ("grants.", "accounts.change", "accounts.close", "devices.change", "units.import")
    assert [word for word in wanted if word not in text] == []
    done = CliRunner().invoke(app, ["audit", "verify", "--data", str(tmp_path), "--database", url])
    assert done.exit_code == 0, done.output
