"""`nhipcau rehearse`: synthetic sites join a meeting on its real MCUs and report what they saw.

    links ─▶ fleet in this process ─▶ all joined ─▶ measured, one sample a second ─▶ Report

Without links a demo of its own is started, so that a machine can be tried out before there is a
meeting.
"""

import asyncio
import contextlib
import json
import tempfile
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from math import nan
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nhipcau.app.children import child
from nhipcau.app.clock import SystemClock
from nhipcau.app.rehearse_mcu import mcu_sample
from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.endpoint import Phase
from nhipcau.rehearsal.fleet import Fleet
from nhipcau.rehearsal.line import LineProfile
from nhipcau.rehearsal.reportpage import report_page
from nhipcau.rehearsal.spec import SiteSpec
from nhipcau.rehearsal.verdict import (
    Limits,
    Look,
    McuSample,
    Report,
    Said,
    Sample,
    judge,
    site_result,
)
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.rtc import RtcSettings, RtcTransport

# A site without a picture after that long has not joined, and its report says so.
_JOIN_S = 60.0
_METRICS_S = 2.0
_MEETING = SiteId("")

Progress = Callable[[str, float], None]
"""Told which part is under way, and how much of it is done, 0 to 1."""


class RehearsalError(Exception):
    """The rehearsal can't begin; the text is one line for a person."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A profile and for how many sites it is; None: for all that are left."""

    text: str
    profile: LineProfile
    count: int | None


@dataclass(frozen=True, slots=True)
class RehearsalOptions:
    """What may be asked of a rehearsal.

    Attributes:
        links: file of `nhipcau demo --json`, or any JSON object with `join`: links by site; None
            starts a demo.
        sites: how many of them join, in the file's order.
        seconds: measured, after all have joined.
        lines: profiles for the first sites, the next ones, …
        limits: what each site is held to.
    """

    links: Path | None
    sites: int
    seconds: float
    lines: Sequence[Lines] = ()
    limits: Limits = field(default_factory=Limits)


def parse_line(text: str) -> Lines:
    """Return what `loss=0.05,delay=40,rate=512:10` says: such a line for ten sites.

    Raises:
        RehearsalError: it has another form, or a value out of range.
    """
    words, colon, count = text.partition(":")
    names = {"loss": "loss", "delay": "delay_ms", "rate": "rate_kbps"}
    try:
        pairs = dict(word.split("=", 1) for word in words.split(",") if word)
        values = {names[name]: float(value) for name, value in pairs.items()}
        return Lines(words, LineProfile(**values), int(count) if colon else None)
    except (KeyError, ValueError, ValidationError) as error:
        form = "loss=0.05,delay=40,rate=512:10 (share, ms, kbit/s, sites; each may be left out)"
        raise RehearsalError(f"{text!r} is no line; a line is written {form}") from error


def parse_limits(texts: Sequence[str]) -> Limits:
    """Return the limits with those that `join_s=8` and the like change.

    Raises:
        RehearsalError: there is no such limit, or its value is no number above 0.
    """
    known = asdict(Limits())
    for text in texts:
        name, _, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = nan
        if name not in known or not number > 0:
            raise RehearsalError(f"{text!r} is no limit; there are {', '.join(known)}: join_s=8")
        known[name] = number
    return Limits(**known)


async def rehearse(options: RehearsalOptions, progress: Progress) -> Report:
    """Rehearse and return what was found.

    Raises:
        RehearsalError: the links can't be used, or there are too few of them.
        ChildError: the demo did not start.
    """
    async with _links(options.links) as said:
        links = _links_of(said)
        if len(links) < options.sites:
            raise RehearsalError(f"there are links for {len(links)} sites, not {options.sites}")
        chosen = dict(list(links.items())[: options.sites])
        names = await asyncio.to_thread(_names, said)
        async with _fleet() as fleet:
            run = _Run(options, fleet, chosen, names, progress)
            return await run.run(names.get(_MEETING, str(said.get("meeting", ""))))


def write_report(report: Report, folder: Path) -> tuple[Path, Path]:
    """Write `rehearsal.json` and `rehearsal.html` into `folder` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    data, page = folder / "rehearsal.json", folder / "rehearsal.html"
    data.write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=1), encoding="utf-8")
    page.write_text(report_page(report), encoding="utf-8")
    return data, page


class _Run:
    """One rehearsal under way."""

    def __init__(
        self,
        options: RehearsalOptions,
        fleet: Fleet,
        links: Mapping[str, str],
        names: Mapping[SiteId, str],
        progress: Progress,
    ) -> None:
        self._options, self._fleet, self._links = options, fleet, links
        self._names, self._progress = names, progress
        self._lines = _share_out(list(links), options.lines)
        self._mcus = sorted({_origin(link) for link in links.values()})
        self._samples: list[Sample] = []
        self._began = datetime.now().astimezone().strftime("%d/%m/%Y %H:%M")
        self._frames: dict[SiteId, int] = {}

    async def run(self, meeting: str) -> Report:
        """Let all join, measure, judge."""
        for code, link in self._links.items():
            self._fleet.add(self._spec(code, link))
        await self._joined()
        self._fleet.reset_gaps()
        before = self._looks(None)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self._measure(began)
        passed_s, after = loop.time() - began, self._looks(await self._mcu_samples())
        sites = [
            site_result(before[code], after[code], passed_s, self._said(code)) for code in after
        ]
        checks = judge(sites, self._options.limits, passed_s)
        return Report(meeting, self._began, passed_s, sites, self._samples, checks)

    def _looks(self, mcus: Mapping[str, McuSample] | None) -> dict[SiteId, Look]:
        stats = self._fleet.stats()
        sample = Sample(0.0, 0, (), mcus or {})
        return {code: Look(site, sample.sent(code)) for code, site in stats.items()}

    def _said(self, code: SiteId) -> Said:
        rungs = [rung for one in self._samples if (rung := one.rung(code)) is not None]
        return Said(self._names.get(code, code), self._words(code), rungs)

    def _spec(self, code: str, link: str) -> SiteSpec:
        lines = self._lines.get(code)
        return SiteSpec(
            code=SiteId(code),
            name=self._names.get(SiteId(code), code),
            url=f"{_origin(link).replace('http', 'ws', 1)}/signal",
            token=link.split("#token=", 1)[1],
            speaks_on_air=True,
            line=lines.profile if lines else None,
        )

    def _words(self, code: str) -> str:
        lines = self._lines.get(code)
        return lines.text if lines else ""

    async def _joined(self) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + _JOIN_S
        while loop.time() < end:
            stats = self._fleet.stats().values()
            joined = sum(site.program.first_s is not None for site in stats)
            self._progress("join", joined / len(stats))
            if joined == len(stats):
                return
            await asyncio.sleep(0.2)

    async def _measure(self, began: float) -> None:
        loop, seconds = asyncio.get_running_loop(), self._options.seconds
        last_s = began
        for number in range(1, int(seconds) + 1):
            await asyncio.sleep(max(0.0, began + number - loop.time()))
            now = loop.time()
            self._samples.append(await self._sample(now - began, now - last_s))
            last_s = now
            self._progress("measure", number / seconds)
        await asyncio.sleep(max(0.0, began + seconds - loop.time()))

    async def _sample(self, at_s: float, passed_s: float) -> Sample:
        stats = self._fleet.stats()
        frames = {code: site.program.shown for code, site in stats.items()}
        before, self._frames = self._frames, frames
        fps = [
            (count - before[code]) / passed_s for code, count in frames.items() if code in before
        ]
        present = sum(site.phase is Phase.SEATED for site in stats.values())
        return Sample(at_s, present, fps, await self._mcu_samples())

    async def _mcu_samples(self) -> dict[str, McuSample]:
        loads = await asyncio.gather(*(asyncio.to_thread(mcu_sample, url) for url in self._mcus))
        pairs = zip(self._mcus, loads, strict=True)
        return {url: load for url, load in pairs if load is not None}


@contextlib.asynccontextmanager
async def _links(path: Path | None) -> AsyncIterator[Mapping[str, Any]]:
    """Read the links, or run a demo without sites while the context is open."""
    if path is not None:
        yield _read(path)
        return
    with tempfile.TemporaryDirectory(prefix="nhipcau-rehearse-") as name:
        words = ("demo", "--json", "--port", "0", "--sites", "0", "--data", name)
        async with child("demo", words, "", Path(name)) as demo:
            yield demo.ready


def _read(path: Path) -> Mapping[str, Any]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RehearsalError(f"{path} can't be read: {error}") from error
    if not isinstance(said, dict):
        raise RehearsalError(f"{path} holds no JSON object")
    return said


def _links_of(said: Mapping[str, Any]) -> Mapping[str, str]:
    links = said.get("join")
    if not isinstance(links, dict) or not all("#token=" in str(link) for link in links.values()):
        raise RehearsalError('"join" must hold a link with #token= for each site')
    return links


def _share_out(codes: Sequence[str], lines: Sequence[Lines]) -> dict[str, Lines]:
    """Return the line of each site that has one: the first profile for the first sites, …"""
    shared: dict[str, Lines] = {}
    left = list(codes)
    for one in lines:
        count = len(left) if one.count is None else one.count
        shared.update(dict.fromkeys(left[:count], one))
        left = left[count:]
    return shared


@contextlib.asynccontextmanager
async def _fleet() -> AsyncIterator[Fleet]:
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="nhipcau-rehearse-") as name:
        certificate = make_certificate(Path(name), datetime.now(UTC))
        # A port of its own for each site: the MCU tells endpoints apart by their address. Any
        # interface: the MCUs may be on other machines.
        settings = RtcSettings(certificate, bind_address="")
        transport = RtcTransport(settings)
        try:
            async with Fleet(transport, PyAvCodecs(clock), clock, Path(name)) as fleet:
                yield fleet
        finally:
            await asyncio.to_thread(transport.close)


def _names(said: Mapping[str, Any]) -> dict[SiteId, str]:
    """Return the sites' names, and under `_MEETING` the meeting's, as a demo's office says them.

    Nothing where there is no such office: a report then shows codes.
    """
    url = f"{said.get('office', '')}/api/v1/demo"
    if not url.startswith("http"):
        return {}
    try:
        with urllib.request.urlopen(url, timeout=_METRICS_S) as answer:  # noqa: S310
            demo = json.load(answer)
        names = {SiteId(site["code"]): str(site["name"]) for site in demo["sites"]}
        return {**names, _MEETING: str(demo["meeting"]["title"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _origin(link: str) -> str:
    return link.split("#", 1)[0].rsplit("/", 1)[0]
