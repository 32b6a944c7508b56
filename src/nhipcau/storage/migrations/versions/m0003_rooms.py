"""Devices, their keys, pairing codes, and guests."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "pairing_code",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("join", sa.String(20), nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_pairing_code"),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("join", sa.String(20), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("seen_ms", sa.BigInteger),
        sa.Column("revoked_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
    )
    op.create_index("ix_device_site", "device", ["site"])
    op.create_table(
        "device_key",
        sa.Column(
            "device",
            sa.String(64),
            sa.ForeignKey("device.id", name="fk_device_key_device_device"),
            nullable=False,
        ),
        sa.Column("text", sa.String(100), nullable=False),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
        sa.Column("until_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("device", "text", name="pk_device_key"),
    )
    _make_guests()


def _make_guests() -> None:
    op.create_table(
        "guest",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("meeting", sa.String(100), nullable=False),
        sa.Column("agency", sa.String(120), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("pin", sa.String(100), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.Column("withdrawn_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("site", name="pk_guest"),
    )
    op.create_index("ix_guest_meeting", "guest", ["meeting"])


def downgrade() -> None:
    """Take the tables away."""
    for table in ("guest", "device_key", "device", "pairing_code"):
        op.drop_table(table)
