"""The tables of the office's database. `migrations` makes them; a test holds the two together.

    level ─< unit_version >─ unit ─< succession        change: what came into force, one row each
    place ─< site ─< tenure >─ unit                    tree_revision: one row, one number
    reform ─ change                                    the tables of successions, as they were given

Rows are only added, and open ends closed, so that every past day can be read; only a reform that is
taken back is removed. Whoever writes first moves `tree_revision` on, which makes two writers at
once take turns on every database.
"""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Every constraint has a name, so that a migration can take it away again on every database.
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_OPEN = text("valid_to IS NULL")


class Base(DeclarativeBase):
    """All tables of the office."""

    metadata = MetaData(naming_convention=NAMING)


class RevisionRow(Base):
    """The one number that goes up with every change of the tree."""

    __tablename__ = "tree_revision"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int]


class ChangeRow(Base):
    """One change: number, day and paper."""

    __tablename__ = "change"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date]
    act: Mapped[str] = mapped_column(Text)


class LevelRow(Base):
    """A level of the tree."""

    __tablename__ = "level"
    key: Mapped[str] = mapped_column(String(50), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    rank: Mapped[int]
    code_digits: Mapped[int]


class UnitRow(Base):
    """A unit: an id and nothing else."""

    __tablename__ = "unit"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)


class UnitVersionRow(Base):
    """What a unit was from one day until another."""

    __tablename__ = "unit_version"
    number: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(50))
    code: Mapped[str] = mapped_column(String(32))
    parent: Mapped[str | None] = mapped_column(ForeignKey("unit.id"), index=True)
    level: Mapped[str] = mapped_column(ForeignKey("level.key"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    act: Mapped[str] = mapped_column(Text)
    opened_by: Mapped[int] = mapped_column(ForeignKey("change.number"))
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("change.number"))
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_begins"),
        Index("one_open_version", "unit", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("one_open_code", "code", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )


class SuccessionRow(Base):
    """Who followed whom."""

    __tablename__ = "succession"
    number: Mapped[int] = mapped_column(primary_key=True)
    old: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    new: Mapped[str | None] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    main: Mapped[bool]
    day: Mapped[date]
    act: Mapped[str] = mapped_column(Text)
    change: Mapped[int] = mapped_column(ForeignKey("change.number"))


class PlaceRow(Base):
    """A building and its line."""

    __tablename__ = "place"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(220))
    line_bps: Mapped[int | None] = mapped_column(BigInteger)
    address: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(Text)
    line_operator: Mapped[str] = mapped_column(String(200), server_default="")


class SiteRow(Base):
    """A room that takes part."""

    __tablename__ = "site"
    id: Mapped[str] = mapped_column(String(50), primary_key=True)
    place: Mapped[str] = mapped_column(ForeignKey("place.id"), index=True)


class TenureRow(Base):
    """Which unit had which site, from one day until another."""

    __tablename__ = "tenure"
    number: Mapped[int] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    unit: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    seat: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    opened_by: Mapped[int] = mapped_column(ForeignKey("change.number"))
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("change.number"))
    __table_args__ = (
        Index(
            "one_open_tenure",
            "site",
            "unit",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )


class ReformRow(Base):
    """A reform: which change it was, its table, and whether it was taken back."""

    __tablename__ = "reform"
    change: Mapped[int] = mapped_column(ForeignKey("change.number"), primary_key=True)
    file: Mapped[str] = mapped_column(String(255))
    table: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("change.number"))
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class PairingCodeRow(Base):
    """A code that enrols one device; its row goes when it is spent."""

    __tablename__ = "pairing_code"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    site: Mapped[str] = mapped_column(String(64))
    join: Mapped[str] = mapped_column(String(20))
    expires_ms: Mapped[int] = mapped_column(BigInteger)


class DeviceRow(Base):
    """A browser that is enrolled as a room."""

    __tablename__ = "device"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    site: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    join: Mapped[str] = mapped_column(String(20))
    emergency: Mapped[str] = mapped_column(String(20), server_default="ask")
    created_ms: Mapped[int] = mapped_column(BigInteger)
    seen_ms: Mapped[int | None] = mapped_column(BigInteger)
    revoked_ms: Mapped[int | None] = mapped_column(BigInteger)


class DeviceKeyRow(Base):
    """A public key of a device."""

    __tablename__ = "device_key"
    device: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    text: Mapped[str] = mapped_column(String(100), primary_key=True)
    since_ms: Mapped[int] = mapped_column(BigInteger)
    until_ms: Mapped[int | None] = mapped_column(BigInteger)


class GuestRow(Base):
    """An invitation of a guest to one meeting."""

    __tablename__ = "guest"
    site: Mapped[str] = mapped_column(String(64), primary_key=True)
    meeting: Mapped[str] = mapped_column(String(100), index=True)
    agency: Mapped[str] = mapped_column(String(120))
    person: Mapped[str] = mapped_column(String(80))
    pin: Mapped[str] = mapped_column(String(100))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int] = mapped_column(BigInteger)
    withdrawn_ms: Mapped[int | None] = mapped_column(BigInteger)
