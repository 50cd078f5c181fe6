"""Schema migrations: one module per released schema in ``versions``, run by ``storage.schema``."""
