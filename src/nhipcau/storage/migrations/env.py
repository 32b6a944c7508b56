"""What Alembic runs for every step; `storage.database.migrate` hands it the connection."""

from alembic import context

from nhipcau.storage import accounttables, audittables, eventtables, plan_tables, tables

# All modules with tables share one base; to import one adds its tables.
for row in (
    accounttables.AccountRow,
    audittables.AuditRowRow,
    eventtables.ConferenceLogRow,
    plan_tables.MeetingRow,
):
    assert row.metadata is tables.Base.metadata
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.Base.metadata,
    # SQLite can't change a column in place: Alembic copies the table.
    render_as_batch=True,
)
context.run_migrations()
