"""What a room does when it is called to an emergency meeting."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; a room that joins its meetings by itself joins an emergency by itself."""
    op.add_column(
        "device", sa.Column("emergency", sa.String(20), nullable=False, server_default="ask")
    )
    op.execute(sa.text('UPDATE device SET emergency = "join"'))


def downgrade() -> None:
    """Take the column away."""
    op.drop_column("device", "emergency")
