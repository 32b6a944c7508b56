"""Meetings with their edits, what was approved and what is booked; small documents."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _make_meetings()
    _make_bookings()
    op.create_table(
        "card",
        sa.Column("drawer", sa.String(30), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        *_signed(),
        sa.PrimaryKeyConstraint("drawer", "key", name="pk_card"),
    )
    op.execute("INSERT INTO booking_turn (id, value) VALUES (1, 0)")


def _signed(before: str = "") -> list["sa.Column[object]"]:
    return [
        sa.Column(f"{before}account", sa.String(100), nullable=False),
        sa.Column(f"{before}name", sa.String(200), nullable=False),
        sa.Column(f"{before}at_s", sa.Double, nullable=False),
    ]


def _meeting(table: str, other: str = "meeting.id") -> "sa.Column[object]":
    name = op.f(f"fk_{table}_meeting_{other.partition('.')[0]}")
    return sa.Column("meeting", sa.String(64), sa.ForeignKey(other, name=name), nullable=False)


def _make_meetings() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("opened", sa.Integer, nullable=False),
        sa.Column("editions", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("kind", sa.String(50), nullable=False),
        sa.Column("host", sa.String(36), nullable=False),
        sa.Column("starts_s", sa.Double),
        sa.Column("ends_s", sa.Double),
        *_signed("created_"),
        sa.Column("parts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_meeting"),
    )
    op.create_table(
        "meeting_edit",
        _meeting("meeting_edit"),
        sa.Column("revision", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        *_signed(),
        sa.PrimaryKeyConstraint("meeting", "revision", name="pk_meeting_edit"),
    )
    op.create_table(
        "meeting_edition",
        _meeting("meeting_edition"),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        *_signed(),
        sa.Column("parts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("meeting", "number", name="pk_meeting_edition"),
    )


def _make_bookings() -> None:
    op.create_table(
        "booking_turn",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_booking_turn"),
    )
    op.create_table(
        "reservation",
        _meeting("reservation"),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("starts_s", sa.Double, nullable=False),
        sa.Column("ends_s", sa.Double, nullable=False),
        sa.Column("mcus", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("meeting", name="pk_reservation"),
    )
    op.create_index("reservation_time", "reservation", ["starts_s", "ends_s"])
    op.create_table(
        "reservation_site",
        _meeting("reservation_site", "reservation.meeting"),
        sa.Column("site", sa.String(50), nullable=False),
        sa.PrimaryKeyConstraint("meeting", "site", name="pk_reservation_site"),
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in ("card", "reservation_site", "reservation", "booking_turn"):
        op.drop_table(table)
    for table in ("meeting_edition", "meeting_edit", "meeting"):
        op.drop_table(table)
