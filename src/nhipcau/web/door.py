"""The door of one MCU: what all its signalling sessions lean on and are counted by."""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import structlog

from nhipcau.mcu.announcer import Announcer
from nhipcau.mcu.confirmation import Confirmation, unfollowed
from nhipcau.mcu.desk import Desk
from nhipcau.ports.clock import Clock
from nhipcau.ports.posts import is_page_of
from nhipcau.quantities import SiteId
from nhipcau.web.faults import FaultError, QuietLog, SignallingCounters
from nhipcau.web.ratelimit import HelloLimit

_log = structlog.get_logger()


class AdmissionMeter:
    """How much of its own processor time the MCU spends on admissions. On the event loop."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        self.admitted = 0

    def note(self, cpu_s: float) -> None:
        """Note one admission: from its `hello` until its `welcome`, in seconds."""
        self.cpu_s += cpu_s
        self.admitted += 1


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass(frozen=True, slots=True)
class Door:
    """What a signalling session leans on; `reigning`: see `McuNode`."""

    desk: Desk
    announcer: Announcer
    clock: Clock
    counters: SignallingCounters
    admissions: AdmissionMeter = field(default_factory=AdmissionMeter)
    hellos: HelloLimit = field(default_factory=HelloLimit)
    log: QuietLog = field(default_factory=QuietLog)
    confirmation: Confirmation = field(default_factory=unfollowed)
    reigning: asyncio.Event = field(default_factory=_set)

    def may_come_from(self, origin: str | None, host: str) -> bool:
        """Return True when a page of `origin` may open a signalling connection here.

        A program sends no origin; a page's is the MCU's own, or one of the plan.
        Source: RFC 6455 §10.2.
        """
        if origin is None:
            return True
        if urlsplit(origin).netloc == host and host:
            return True
        plan = self.desk.plan
        return plan is not None and is_page_of(plan, origin)

    def check_hello(self, key: Hashable) -> None:
        """Count a hello of `key`: a seat, or who watches from where.

        Raises:
            FaultError: `rate`, closing: it comes again and again.
        """
        retry_ms = self.hellos.retry_ms(key, self.clock.now_s())
        if retry_ms is not None:
            detail = "this seat is taken too often"
            raise FaultError("rate", detail, closing=True, retry_ms=retry_ms)

    def note(self, fault: FaultError, site: SiteId | None) -> None:
        """Count a refusal, and log it unless one of its kind has been logged a moment ago."""
        self.counters.count(fault.code)
        passed_over = self.log.ask((fault.code, fault.closing), self.clock.now_s())
        if passed_over is not None:
            _log.info(
                "signalling refused",
                code=fault.code,
                detail=fault.detail,
                site=site,
                closed=fault.closing,
                passed_over=passed_over,
            )

    def blame_us(self, error: Exception) -> FaultError:
        """Count and log an error of our own; return what the endpoint is told."""
        self.counters.count("internal")
        passed_over = self.log.ask(("internal", type(error).__name__), self.clock.now_s())
        if passed_over is not None:
            _log.error("a signalling session failed", exc_info=error, passed_over=passed_over)
        return FaultError("internal", "our fault; it is logged")
