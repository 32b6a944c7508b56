"""Accounts, their grants and proofs, and sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _make_accounts()
    _make_grants()
    _make_tokens()
    _make_sessions()


def _make_accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("unit", sa.String(36)),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created_s", sa.Double, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("offered", sa.String(64), nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("login", name="uq_account_login"),
    )


def _make_grants() -> None:
    op.create_table(
        "account_grant",
        sa.Column("id", sa.String(36), nullable=False),
        _account("account_grant"),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(36)),
        sa.Column("meeting", sa.String(100)),
        sa.Column("from_s", sa.Double, nullable=False),
        sa.Column("until_s", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_account_grant"),
    )
    op.create_index("ix_account_grant_account", "account_grant", ["account"])


def _make_tokens() -> None:
    op.create_table(
        "account_token",
        _account("account_token"),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("place", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("account", "kind", "place", name="pk_account_token"),
    )


def _make_sessions() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        _account("session"),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("created_s", sa.Double, nullable=False),
        sa.Column("seen_s", sa.Double, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.UniqueConstraint("secret", name="uq_session_secret"),
    )
    op.create_index("ix_session_account", "session", ["account"])


def _account(table: str) -> "sa.Column[object]":
    key = sa.ForeignKey("account.id", name=op.f(f"fk_{table}_account_account"))
    return sa.Column("account", sa.String(36), key, nullable=False)


def downgrade() -> None:
    """Take the tables away."""
    for table in ("session", "account_token", "account_grant", "account"):
        op.drop_table(table)
