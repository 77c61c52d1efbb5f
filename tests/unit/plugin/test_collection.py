"""Which folders hold model tests."""

from typing import get_args

from clue_lib.plugin.collection import FOLDERS
from clue_lib.types import Level


def test_every_level_has_a_folder_but_that_of_a_users_own_tasks(root):
    assert set(FOLDERS) == set(get_args(Level)) - {"custom"} | {"whole_run"}
    assert all((root / "tests" / folder).is_dir() for folder in FOLDERS)
