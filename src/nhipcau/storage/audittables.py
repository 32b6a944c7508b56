"""The tables of the gathered audit. Triggers, made by the migration, refuse to change them.

    audit_chain ─< audit_row        the row as it was written, and columns to search by
                └< audit_signed     checkpoints and cuts, as they were signed

What is searched by is copied out of the row's body; `verify` compares the two.
"""

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from nhipcau.storage.tables import Base

# SQLite numbers rows by itself only where the key is called INTEGER.
_Big = BigInteger().with_variant(Integer, "sqlite")


class AuditChainRow(Base):
    """A chain."""

    __tablename__ = "audit_chain"
    chain: Mapped[str] = mapped_column(String(150), primary_key=True)
    process: Mapped[str] = mapped_column(String(100))
    key: Mapped[str] = mapped_column(String(64))
    begun_us: Mapped[int] = mapped_column(BigInteger)


class AuditRowRow(Base):
    """A row of a chain. `action` and what follows are empty where it tells of no deed."""

    __tablename__ = "audit_row"
    chain: Mapped[str] = mapped_column(ForeignKey("audit_chain.chain"), primary_key=True)
    number: Mapped[int] = mapped_column(_Big, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    at_us: Mapped[int] = mapped_column(BigInteger)
    who: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(String(10))
    __table_args__ = (
        Index("ix_audit_row_place", "at_us", "chain", "number"),
        Index("ix_audit_row_action", "action", "at_us"),
    )


class AuditSignedRow(Base):
    """A signed line: a checkpoint or a cut of a chain at a row."""

    __tablename__ = "audit_signed"
    chain: Mapped[str] = mapped_column(ForeignKey("audit_chain.chain"), primary_key=True)
    number: Mapped[int] = mapped_column(_Big, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    line: Mapped[str] = mapped_column(Text)
