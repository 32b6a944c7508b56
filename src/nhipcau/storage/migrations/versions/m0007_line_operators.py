"""Whose line a place has, and of which company an account is."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nobody has said anything of what is there already."""
    op.add_column(
        "place", sa.Column("line_operator", sa.String(200), nullable=False, server_default="")
    )
    op.add_column(
        "account", sa.Column("company", sa.String(200), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Take the columns away."""
    op.drop_column("account", "company")
    op.drop_column("place", "line_operator")
