"""`nhipcau rehearse`: what it takes, and that its exit status says what was found."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nhipcau.app.rehearse import RehearsalError, parse_limits, parse_line
from nhipcau.rehearsal.line import LineProfile


def test_a_line_is_written_in_one_word() -> None:
    lines = parse_line("loss=0.05,delay=40,rate=512:10")
    assert lines.profile == LineProfile(loss=0.05, delay_ms=40, rate_kbps=512)
    assert lines.count == 10
    assert parse_line("delay=5").count is None


@pytest.mark.parametrize("text", ["loss", "loss=2", "speed=3", "loss=x", "rate=512:many", "=:"])
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(RehearsalError, match="is no line"):
        parse_line(text)


def test_limits_can_be_stated() -> None:
    assert parse_limits(["join_s=8"]).join_s == 8
    for text in ("join=8", "join_s=", "join_s=-1", "join_s=nan"):
        with pytest.raises(RehearsalError, match="is no limit"):
            parse_limits([text])


def rehearse(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "nhipcau", "rehearse", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_links_that_are_none_end_with_one_line_and_status_2(tmp_path: Path) -> None:
    file = tmp_path / "links.json"
    file.write_text('{"join": {"56": "http://127.0.0.1/room"}}')
    done = rehearse("--links", str(file))
    assert done.returncode == 2
    assert "token" in done.stderr


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_rehearsal_writes_both_reports_and_its_status_is_its_verdict(tmp_path: Path) -> None:
    out = tmp_path / "report"
    generous = ("join_s=60", "freezes_per_min=900", "longest_gap_s=60", "sound_gap_percent=100")
    limits = [word for limit in generous for word in ("--limit", limit)]
    words = ("--sites", "3", "--seconds", "3", "--line", "loss=0.02,delay=10:1", "--out", str(out))
    done = rehearse(*words, *limits)
    report = json.loads((out / "rehearsal.json").read_text(encoding="utf-8"))
    assert (done.returncode, report["passed"]) == (0, True), done.stdout + done.stderr
    assert len(report["sites"]) == 3
    assert all(site["fps"] > 0 and site["rung"] for site in report["sites"])
    assert "</html>" in (out / "rehearsal.html").read_text(encoding="utf-8")
    strict = rehearse(
        "--sites", "1", "--seconds", "2", "--limit", "join_s=0.000001", "--out", str(out)
    )
    assert strict.returncode == 1
