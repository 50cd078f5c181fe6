"""Writing a file so that it is there whole or not at all."""

import json
import os
import tempfile
from pathlib import Path


def write_json(path: Path, document: object) -> None:
    """Write ``document`` to ``path`` as UTF-8 JSON: under a temporary name first, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    partial = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(document, out, ensure_ascii=False, indent=1, allow_nan=False)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
