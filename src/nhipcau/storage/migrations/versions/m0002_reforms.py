"""The reforms: tables of successions that were applied to the tree."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


# Whoever deletes a unit, a place or a site asks who points to it: once for each row.
_POINTING = (
    ("unit_version", "unit"),
    ("unit_version", "parent"),
    ("site", "place"),
    ("tenure", "site"),
    ("tenure", "unit"),
)


def upgrade() -> None:
    """Make the table, and what makes taking a reform back quick."""
    for table, column in _POINTING:
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_table(
        "reform",
        sa.Column("change", sa.Integer, nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("table", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Integer),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("change", name="pk_reform"),
        sa.ForeignKeyConstraint(["change"], ["change.number"], name="fk_reform_change_change"),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["change.number"], name="fk_reform_undone_by_change"
        ),
    )
