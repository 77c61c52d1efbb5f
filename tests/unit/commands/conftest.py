"""Runs `python -m clue_lib` as a user does, within this process."""

from collections.abc import Callable

import pytest
from report_fixtures import finished, folder, info, judged

from clue_lib import __main__

__all__ = ["finished", "folder", "info", "judged", "run"]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Calls the program with options: its exit code, standard output, standard error."""

    def call(*options: object) -> tuple[int, str, str]:
        code = __main__.main([*map(str, options)])
        return code, *capsys.readouterr()

    return call
