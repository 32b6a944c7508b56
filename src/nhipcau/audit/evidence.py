"""What is gathered before chains are verified: signed lines from syslog and from beside the chains.

lines ─▶ signed by a known key ─▶ witness      ─▶ by another, of a chain that stands here ─▶ forged
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nhipcau.audit.chain import Head
from nhipcau.audit.signed import SignedLine, SignedLineError, find_signed
from nhipcau.audit.verify import (
    ChainRecord,
    Evidence,
    Finding,
    Problem,
    Report,
    Witness,
    check_chain,
    older_heads,
)


@dataclass(slots=True)
class Gathering:
    """Collects witnesses for the chains that are here.

    Attributes:
        keys: the keys of installations that are trusted, by fingerprint.
        chains: the names of the chains that are here, cut ones included.
    """

    keys: Mapping[str, Ed25519PublicKey]
    chains: frozenset[str]
    findings: list[Finding] = field(default_factory=list)
    # Signed lines of installations that nobody here knows: another office's in the same syslog.
    strangers: int = 0
    checkpoints: int = 0
    _witnesses: dict[str, list[Witness]] = field(default_factory=dict)

    def take_log(self, lines: Iterable[str], source: str) -> None:
        """Take the lines of a log; what is no checkpoint is passed over."""
        for line in lines:
            signed = find_signed(line)
            if signed is not None and signed.kind == "checkpoint":
                self._take(signed, source)

    def take_heads(self, witnesses: Iterable[Witness]) -> None:
        """Take the heads of older chains that a later one names; the chain itself holds them."""
        for witness in witnesses:
            self._add(witness.head, witness.source)

    def evidence(self) -> Evidence:
        """Return what was gathered."""
        return Evidence(self.keys, self._witnesses)

    def gone(self) -> list[Finding]:
        """Return one finding for each chain that was seen and is not here."""
        return [
            Finding(Problem.GONE, chain, f"{seen[-1].source} saw row {seen[-1].head.number}")
            for chain, seen in sorted(self._witnesses.items())
            if chain not in self.chains
        ]

    def _take(self, signed: SignedLine, source: str) -> None:
        try:
            head, at = signed.head, signed.at
        except SignedLineError:
            return
        if signed.holds(self.keys):
            self.checkpoints += 1
            self._add(head, f"the checkpoint of {at:%d/%m/%Y %H:%M:%S} in {source}")
        elif head.chain in self.chains:
            text = f"a checkpoint of row {head.number} in {source} is signed by nobody known here"
            self.findings.append(Finding(Problem.FORGED, head.chain, text))
        else:
            self.strangers += 1

    def _add(self, head: Head, source: str) -> None:
        self._witnesses.setdefault(head.chain, []).append(Witness(head, source))


def check_all(
    records: Sequence[ChainRecord], gathering: Gathering
) -> tuple[list[Report], list[Finding]]:
    """Return a report of each chain, and what is wrong beside them."""
    for record in records:
        gathering.take_heads(older_heads(record))
    evidence = gathering.evidence()
    reports = [check_chain(record, evidence) for record in records]
    return reports, [*gathering.findings, *gathering.gone()]
