"""The tables of accounts and sessions.

    account ─< account_grant      account ─< account_token (recovery codes, known devices)
    account ─< session

Units are named without a foreign key: whoever grants sees to it that the unit is there, and a grant
to a unit that is taken back reaches nothing.
"""

from sqlalchemy import BigInteger, Double, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from nhipcau.storage.tables import Base


class AccountRow(Base):
    """One account."""

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str | None] = mapped_column(String(36))
    disabled: Mapped[bool]
    created_s: Mapped[float] = mapped_column(Double)
    revision: Mapped[int]
    password: Mapped[str] = mapped_column(Text)
    must_change: Mapped[bool]
    secret: Mapped[str] = mapped_column(String(64))
    offered: Mapped[str] = mapped_column(String(64))
    last_step: Mapped[int] = mapped_column(BigInteger)
    company: Mapped[str] = mapped_column(String(200), server_default="")


class GrantRow(Base):
    """One role over a part of the tree."""

    __tablename__ = "account_grant"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    place: Mapped[int]
    role: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str | None] = mapped_column(String(36))
    meeting: Mapped[str | None] = mapped_column(String(100))
    from_s: Mapped[float] = mapped_column(Double)
    until_s: Mapped[float | None] = mapped_column(Double)


class TokenRow(Base):
    """The hash of a recovery code or of a known device's cookie."""

    __tablename__ = "account_token"
    account: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))


class SessionRow(Base):
    """One sign-in."""

    __tablename__ = "session"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64), unique=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    stage: Mapped[str] = mapped_column(String(20))
    created_s: Mapped[float] = mapped_column(Double)
    seen_s: Mapped[float] = mapped_column(Double)
    address: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(200))
