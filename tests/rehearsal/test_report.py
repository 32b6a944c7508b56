"""The report of a rehearsal: its verdict, and a page that needs nothing but itself."""

import json
import re
from dataclasses import replace

from nhipcau.quantities import SiteId
from nhipcau.rehearsal.reportpage import report_page
from nhipcau.rehearsal.verdict import (
    Limits,
    McuSample,
    Report,
    Sample,
    SiteResult,
    judge,
)

GOOD = SiteResult(
    site=SiteId("568"),
    name="Thành phố Nha Trang",
    line="",
    join_s=0.4,
    fps=25.0,
    freezes=0,
    longest_gap_s=0.06,
    loss_percent=0.0,
    gave_up_percent=0.0,
    sound_gap_percent=0.0,
    counts_differ_percent=0.0,
    rung="720p",
    rung_changes=0,
    calls=1,
)
BAD = replace(
    GOOD,
    site=SiteId("22735"),
    name="Xã <Giang Ly>",
    line="loss=0.05,rate=150",
    longest_gap_s=3.0,
    sound_gap_percent=4.0,
    rung="180p",
)


def report(*sites: SiteResult, limits: Limits | None = None) -> Report:
    rungs: dict[str, str] = {site.site: site.rung for site in sites}
    load = McuSample(0.4, 150.0, 1000.0, 0.0, 0.0, rungs, dict.fromkeys(rungs, 900.0))
    samples = [
        Sample(float(n), len(sites), [site.fps for site in sites], {"http://mcu": load})
        for n in range(1, 4)
    ]
    checks = judge(sites, limits or Limits(), 60.0)
    return Report("Họp thử", "25/01/2024 07:30", 60.0, sites, samples, checks)


def beyond(found: Report) -> dict[str, list[SiteId]]:
    return {check.name: list(check.beyond) for check in found.checks if not check.passed}


def test_sites_within_all_limits_pass() -> None:
    assert report(GOOD, GOOD).passed


def test_each_limit_names_the_sites_beyond_it() -> None:
    found = report(GOOD, BAD)
    assert not found.passed
    assert beyond(found) == {"longest_gap_s": [BAD.site], "sound_gap_percent": [BAD.site]}


def test_a_site_that_never_joined_is_beyond_the_limit() -> None:
    assert beyond(report(replace(GOOD, join_s=None))) == {"join_s": [GOOD.site]}


def test_counts_that_differ_fail() -> None:
    found = report(replace(GOOD, counts_differ_percent=3.0))
    assert beyond(found) == {"counts_differ_percent": [GOOD.site]}


def test_other_limits_give_another_verdict() -> None:
    assert report(BAD, limits=Limits(longest_gap_s=5, sound_gap_percent=10)).passed


def test_the_page_holds_everything_and_fetches_nothing() -> None:
    page = report_page(report(GOOD, BAD))
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import|https?://(?!mcu)", page)
    assert page.count("<svg") >= 8
    assert "Không đạt" in page
    assert "Fail" in page
    # Names are text, whatever is in them; trouble comes first.
    assert "Xã &lt;Giang Ly&gt;" in page
    table = page[page.index('class="sites"') :]
    assert table.index("Giang Ly") < table.index("Nha Trang")
    assert "mất 5 % gói, 150 kbit/s" in page


def test_every_word_is_there_in_both_languages() -> None:
    page = report_page(report(GOOD, BAD))
    assert page.count('<span lang="vi">') == page.count('<span lang="en">') > 30


def test_the_json_says_verdict_limits_and_every_sample() -> None:
    said = json.loads(json.dumps(report(GOOD, BAD).as_dict()))
    assert said["passed"] is False
    assert {check["name"] for check in said["checks"] if check["passed"]} >= {"join_s"}
    assert said["samples"][0]["mcus"]["http://mcu"]["rungs"] == {"568": "720p", "22735": "180p"}
