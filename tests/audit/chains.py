"""A chain with a key for the tests."""

from collections.abc import Sequence
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhipcau.audit.chain import Begin, Chain, Head
from nhipcau.audit.entry import AuditEntry
from nhipcau.audit.evidence import Gathering, check_all
from nhipcau.audit.row import Row
from nhipcau.audit.signed import Signer, keys_by_fingerprint
from nhipcau.audit.verify import ChainRecord, Finding, Problem, Report

START_S = 1_706_140_800.0  # 25/01/2024 00:00:00 UTC
SIGNER = Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
KEYS = keys_by_fingerprint([SIGNER.public])


def deed(number: int = 0, **changed: str) -> AuditEntry:
    """Return a deed: the chair gives the floor."""
    told = AuditEntry(
        at_s=START_S + number,
        who="site:56",
        name="Khánh Hòa",
        address="10.1.0.7",
        action="live.floor",
        on=f"site:{568 + number}",
        outcome="done",
        page="chair",
    )
    return replace(told, **changed)  # type: ignore[arg-type] # only the texts are changed


def chain_of(deeds: int, name: str = "hall-1", signer: Signer = SIGNER) -> tuple[Chain, list[Row]]:
    """Return a chain and its rows: the first one and so many deeds."""
    chain = Chain(Begin(name, "mcu hall", START_S, signer.public))
    return chain, [chain.first, *(chain.deed(deed(number)) for number in range(deeds))]


def lines(rows: Sequence[Row]) -> list[bytes]:
    """Return rows as a file's lines."""
    return [row.line()[:-1] for row in rows]


def check(
    rows: Sequence[bytes], log: Sequence[str] = (), *, name: str = "hall-1", torn: bool = False
) -> tuple[Report, list[Finding]]:
    """Verify one chain against the lines of a log."""
    gathering = Gathering(KEYS, frozenset([name]))
    gathering.take_log(log, "syslog")
    reports, findings = check_all([ChainRecord(name, lambda: rows, torn)], gathering)
    return reports[0], [*reports[0].findings, *findings]


def problems(rows: Sequence[bytes], log: Sequence[str] = ()) -> list[Problem]:
    """Return what is wrong with a chain."""
    return [finding.problem for finding in check(rows, log)[1]]


def checkpoint(head: Head, signer: Signer = SIGNER) -> str:
    """Return a checkpoint as syslog writes it down."""
    signed = signer.checkpoint(head, START_S + 60)
    return f"<110>1 2024-01-25T00:01:00Z hall nhipcau 7 audit - {signed.text}"
