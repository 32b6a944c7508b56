"""The tables of the gathered event logs. Triggers, made by the migration, refuse to change them.

conference_log ─< conference_event
"""

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from nhipcau.storage.tables import Base

_Big = BigInteger().with_variant(Integer, "sqlite")


class ConferenceLogRow(Base):
    """A log: what one MCU wrote of a conference. `branch` is "" for the conference's own."""

    __tablename__ = "conference_log"
    conference: Mapped[str] = mapped_column(String(150), primary_key=True)
    branch: Mapped[str] = mapped_column(String(100), primary_key=True)
    mcu: Mapped[str] = mapped_column(String(64))
    begun_ms: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("ix_conference_log_begun_ms", "begun_ms"),)


class ConferenceEventRow(Base):
    """An event: `payload` as it was written, `digest` the running one (`conference.digest`)."""

    __tablename__ = "conference_event"
    conference: Mapped[str] = mapped_column(String(150), primary_key=True)
    branch: Mapped[str] = mapped_column(String(100), primary_key=True)
    seq: Mapped[int] = mapped_column(_Big, primary_key=True, autoincrement=False)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    payload: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        ForeignKeyConstraint(
            ["conference", "branch"],
            ["conference_log.conference", "conference_log.branch"],
            name="fk_conference_event_log",
        ),
    )
