"""Fixtures every test may use."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[1].parent / "shared"


@pytest.fixture(scope="session")
def shared_data():
    """Published data beside the project; absent it skips, unless MORALGRAPH_REQUIRE_SHARED=1."""
    folder = SHARED / "data"
    if folder.is_dir():
        return folder
    if os.environ.get("MORALGRAPH_REQUIRE_SHARED") == "1":
        pytest.fail(f"the published data is required here and {folder} is absent")
    pytest.skip("the published data does not lie beside the project (../shared/data)")
