"""Run by Alembic. The connection comes from ``storage.schema``, already inside a transaction of its own."""

from alembic import context

from storage.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
