"""The gathered event logs, which the database itself keeps from being changed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TABLES = ("conference_log", "conference_event")
_REFUSAL = "the event log is append-only"


def upgrade() -> None:
    """Make the tables and what guards them."""
    _make_tables()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _make_tables() -> None:
    op.create_table(
        "conference_log",
        sa.Column("conference", sa.String(150), nullable=False),
        sa.Column("branch", sa.String(100), nullable=False),
        sa.Column("mcu", sa.String(64), nullable=False),
        sa.Column("begun_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("conference", "branch", name="pk_conference_log"),
    )
    op.create_index("ix_conference_log_begun_ms", "conference_log", ["begun_ms"])
    op.create_table(
        "conference_event",
        sa.Column("conference", sa.String(150), nullable=False),
        sa.Column("branch", sa.String(100), nullable=False),
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["conference", "branch"],
            ["conference_log.conference", "conference_log.branch"],
            name="fk_conference_event_log",
        ),
        sa.PrimaryKeyConstraint("conference", "branch", "seq", name="pk_conference_event"),
    )


def _guard_sqlite() -> None:
    for table in _TABLES:
        for deed in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION event_log_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$BEGIN RAISE EXCEPTION '{_REFUSAL}'; END$$"
    )
    for table in _TABLES:
        for deed, each in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table}"
                f" FOR EACH {each} EXECUTE FUNCTION event_log_refuse()"
            )


def downgrade() -> None:
    """Take the tables away, and what guards them."""
    for table in reversed(_TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION event_log_refuse()")
