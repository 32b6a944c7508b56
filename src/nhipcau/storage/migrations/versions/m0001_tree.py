"""The tree of units, places and sites."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_OPEN = sa.text("valid_to IS NULL")
_KEYS: dict[str, sa.Integer | sa.String] = {
    "change": sa.Integer(),
    "level": sa.String(50),
    "place": sa.String(36),
    "site": sa.String(50),
    "unit": sa.String(36),
}


def upgrade() -> None:
    """Make the tables."""
    _make_tree()
    _make_units()
    _make_places()
    op.execute("INSERT INTO tree_revision (id, value) VALUES (1, 0)")


def _make_tree() -> None:
    op.create_table(
        "tree_revision",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tree_revision"),
    )
    op.create_table(
        "change",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_change"),
    )
    op.create_table(
        "level",
        sa.Column("key", sa.String(50), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("code_digits", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_level"),
    )


def _make_units() -> None:
    op.create_table(
        "unit",
        sa.Column("id", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
    )
    op.create_table(
        "unit_version",
        sa.Column("number", sa.Integer, nullable=False),
        _to("unit_version", "unit", "unit.id"),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("type", sa.String(50), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        _to("unit_version", "parent", "unit.id", nullable=True),
        _to("unit_version", "level", "level.key"),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("act", sa.Text, nullable=False),
        _to("unit_version", "opened_by", "change.number"),
        _to("unit_version", "closed_by", "change.number", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_unit_version"),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_unit_version_ends_after_it_begins"),
        ),
    )
    for name, column in (("one_open_version", "unit"), ("one_open_code", "code")):
        _one_open(name, "unit_version", [column])
    op.create_table(
        "succession",
        sa.Column("number", sa.Integer, nullable=False),
        _to("succession", "old", "unit.id"),
        _to("succession", "new", "unit.id", nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("main", sa.Boolean, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        _to("succession", "change", "change.number"),
        sa.PrimaryKeyConstraint("number", name="pk_succession"),
    )
    op.create_index("ix_succession_old", "succession", ["old"])
    op.create_index("ix_succession_new", "succession", ["new"])


def _make_places() -> None:
    op.create_table(
        "place",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(220), nullable=False),
        sa.Column("line_bps", sa.BigInteger),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_place"),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.String(50), nullable=False),
        _to("site", "place", "place.id"),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
    )
    op.create_table(
        "tenure",
        sa.Column("number", sa.Integer, nullable=False),
        _to("tenure", "site", "site.id"),
        _to("tenure", "unit", "unit.id"),
        sa.Column("seat", sa.Boolean, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        _to("tenure", "opened_by", "change.number"),
        _to("tenure", "closed_by", "change.number", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_tenure"),
    )
    _one_open("one_open_tenure", "tenure", ["site", "unit"])


def _to(table: str, column: str, target: str, *, nullable: bool = False) -> "sa.Column[object]":
    """Return a column that points to another table's key."""
    other, key = target.split(".")
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.Column(
        column, _KEYS[other], sa.ForeignKey(f"{other}.{key}", name=name), nullable=nullable
    )


def _one_open(name: str, table: str, columns: list[str]) -> None:
    """Let no two rows of the same columns be open at once."""
    op.create_index(name, table, columns, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    """Take the tables away."""
    tables = ("tenure", "site", "place", "succession", "unit_version", "unit")
    for table in (*tables, "level", "change", "tree_revision"):
        op.drop_table(table)
