"""What Alembic runs for every step; `storage.database.migrate` hands it the connection."""

from alembic import context

from nhipcau.storage.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite can't change a column in place: Alembic copies the table.
    render_as_batch=True,
)
context.run_migrations()
