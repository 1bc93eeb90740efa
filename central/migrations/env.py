"""Alembic's entry: it runs on the connection :func:`central.migrations.upgrade` opened, never on its own."""

from alembic import context

from central.db import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
