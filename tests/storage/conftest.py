"""What the tests of storage share: a store of files, and a person's hand at any database."""

from pathlib import Path

import pytest

from storage.objects import Folder, Objects


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    """Give an empty store of files."""
    return Folder(tmp_path / "objects")
