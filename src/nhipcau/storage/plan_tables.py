"""The tables of planning.

    meeting ─< meeting_edit        every revision: what it did to the parts
    meeting ─< meeting_edition     what was approved, whole
    meeting ── reservation ─< reservation_site
    booking_turn: one row, one number      card: small documents by drawer and key

Whoever books moves `booking_turn` on first, which makes two who book at once take turns.
"""

from sqlalchemy import ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from nhipcau.storage.tables import Base


class MeetingRow(Base):
    """A meeting as it is now; `parts` is JSON."""

    __tablename__ = "meeting"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    opened: Mapped[int]
    editions: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(50))
    host: Mapped[str] = mapped_column(String(36))
    starts_s: Mapped[float | None]
    ends_s: Mapped[float | None]
    created_account: Mapped[str] = mapped_column(String(100))
    created_name: Mapped[str] = mapped_column(String(200))
    created_at_s: Mapped[float]
    parts: Mapped[str] = mapped_column(Text)


class MeetingEditRow(Base):
    """One revision of a meeting; `before` and `after` are JSON."""

    __tablename__ = "meeting_edit"
    meeting: Mapped[str] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    step: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text)
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    account: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    at_s: Mapped[float]


class MeetingEditionRow(Base):
    """What was approved; `parts` is JSON."""

    __tablename__ = "meeting_edition"
    meeting: Mapped[str] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int]
    seal: Mapped[str] = mapped_column(String(64))
    account: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    at_s: Mapped[float]
    parts: Mapped[str] = mapped_column(Text)


class BookingTurnRow(Base):
    """The one number that goes up with every booking."""

    __tablename__ = "booking_turn"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int]


class ReservationRow(Base):
    """What a meeting has booked; `mcus` is JSON."""

    __tablename__ = "reservation"
    meeting: Mapped[str] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    zone: Mapped[str] = mapped_column(String(64))
    starts_s: Mapped[float]
    ends_s: Mapped[float]
    mcus: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index("reservation_time", "starts_s", "ends_s"),)


class ReservationSiteRow(Base):
    """A room that a meeting has booked. Rooms are the tree's; what they are called may change."""

    __tablename__ = "reservation_site"
    meeting: Mapped[str] = mapped_column(ForeignKey("reservation.meeting"), primary_key=True)
    site: Mapped[str] = mapped_column(String(50), primary_key=True)


class CardRow(Base):
    """A small document; `value` is JSON."""

    __tablename__ = "card"
    drawer: Mapped[str] = mapped_column(String(30), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    revision: Mapped[int]
    value: Mapped[str] = mapped_column(Text)
    account: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    at_s: Mapped[float]


def table_of(row: type[Base]) -> Table:
    """Return the table that a class of rows describes."""
    table = row.__table__
    assert isinstance(table, Table)
    return table
