"""The shapes that the office's database has had, one file each; made by hand, run by Alembic."""
