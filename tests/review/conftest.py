"""A case with people of one name: some are one by their telephone, of others nobody knows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests import folders

from upriver.case.store import Case
from upriver.pipeline import investigate

# Dee Sample stands on three lists: on two with her telephone, on the third without. So does Gia Trial, on two without.
STAFF = """site,company,name,phone,unit,joined_on
West Gate,Three Rivers,Dee Sample,,office,2025-10-01
West Gate,Three Rivers,Gia Trial,,office,2025-10-02
"""
SECOND = """site,holder,phone,item,granted_on
South Gate,Dee Sample,+959420000009,key of the server room,2025-12-01
South Gate,Gia Trial,,key of the yard,2025-12-02
"""


def write(folder: Path) -> Path:
    """The folder of evidence."""
    folders.one_victim(folder)
    return folders.write(folder, {"staff.csv": STAFF, "second.csv": SECOND})


@pytest.fixture(scope="session")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with `evidence` and its finished case; not to be written to."""
    place = tmp_path_factory.mktemp("doubtful")
    investigate(write(place / "evidence"))
    return place


@pytest.fixture
def place(doubtful: Path, tmp_path: Path) -> Path:
    """A copy of it, moved together with its evidence."""
    shutil.copytree(doubtful, tmp_path, dirs_exist_ok=True)
    with Case.create(tmp_path / "evidence.upriver", tmp_path / "evidence") as case:
        case.save_manifest()
    return tmp_path
