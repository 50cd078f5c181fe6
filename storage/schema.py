"""Brings a database to the newest schema by running migrations, and tells which schema a database has."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, inspect, text

from domain.errors import StorageError
from storage.engines import writing

HEAD_REVISION = "0006_attribute_questions"
MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as all processes take the same lock before they look.
MIGRATION_LOCK = 7_302_516


def revision_of(connection: Connection) -> str | None:
    """Return the schema revision of the database; ``None`` where it is blank."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def upgrade(engine: Engine, *, target: str = HEAD_REVISION) -> None:
    """Bring the database to ``target``, keeping all rows; do nothing where it is there already.

    Raises:
        StorageError: a newer version of the application made this database.
    """
    with writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        revision = revision_of(connection)
        if revision == target:
            return
        if revision is not None and revision not in revisions():
            raise StorageError(
                f"This database has the schema {revision!r}, which this version of the application does not know. "
                "Run the newer version that made it, or choose another database."
            )
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, target)


def revisions() -> list[str]:
    """Return the names of all released schemas, oldest first."""
    return sorted(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
