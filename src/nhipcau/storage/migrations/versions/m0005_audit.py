"""The gathered audit, which the database itself keeps from being changed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = ("audit_chain", "audit_row", "audit_signed")
_REFUSAL = "the audit is append-only"
# A row may go when a cut was signed at it or after it; a checkpoint when the cut is after it.
_CUT = (
    "EXISTS (SELECT 1 FROM audit_signed AS cut WHERE cut.kind = 'cut'"
    " AND cut.chain = OLD.chain AND cut.number {} OLD.number)"
)
_MAY_GO = {
    "audit_chain": "1 = 0",
    "audit_row": _CUT.format(">="),
    "audit_signed": f"OLD.kind = 'checkpoint' AND {_CUT.format('>')}",
}


def upgrade() -> None:
    """Make the tables and what guards them."""
    _make_tables()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _make_tables() -> None:
    op.create_table(
        "audit_chain",
        sa.Column("chain", sa.String(150), nullable=False),
        sa.Column("process", sa.String(100), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("begun_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("chain", name="pk_audit_chain"),
    )
    op.create_table(
        "audit_row",
        sa.Column("chain", sa.String(150), nullable=False),
        sa.Column("number", _big(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        _to_chain("audit_row"),
        sa.PrimaryKeyConstraint("chain", "number", name="pk_audit_row"),
    )
    op.create_index("ix_audit_row_place", "audit_row", ["at_us", "chain", "number"])
    op.create_index("ix_audit_row_action", "audit_row", ["action", "at_us"])
    op.create_table(
        "audit_signed",
        sa.Column("chain", sa.String(150), nullable=False),
        sa.Column("number", _big(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        _to_chain("audit_signed"),
        sa.PrimaryKeyConstraint("chain", "number", "kind", name="pk_audit_signed"),
    )


def _big() -> "sa.types.TypeEngine[int]":
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _to_chain(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["chain"], ["audit_chain.chain"], name=f"fk_{table}_chain_audit_chain"
    )


def _guard_sqlite() -> None:
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}"
            f" WHEN NOT ({_MAY_GO[table]})"
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$BEGIN RAISE EXCEPTION '{_REFUSAL}'; END$$"
    )
    for table in _TABLES:
        op.execute(
            f"CREATE FUNCTION {table}_may_go() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$BEGIN IF {_MAY_GO[table]} THEN RETURN OLD; END IF;"
            f" RAISE EXCEPTION '{_REFUSAL}'; END$$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_may_go()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )


def downgrade() -> None:
    """Take the tables away, and what guards them."""
    for table in reversed(_TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for name in ("audit_refuse", *(f"{table}_may_go" for table in _TABLES)):
            op.execute(f"DROP FUNCTION {name}()")
