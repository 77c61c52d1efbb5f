"""How the tests of readers see what one gives: the records with their places, or its one line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clue_lib.errors import DataError


@pytest.fixture(scope="session")
def read() -> Callable[..., list[tuple[str, object]] | str]:
    """Calls a reader: (place, record) of each record, or the error's text, both without the path and its colon."""

    def call(reader: Callable[..., object], path: Path, *args: object) -> list[tuple[str, object]] | str:
        start = f"{path}:"
        try:
            found = list(reader(path, *args))
        except DataError as error:
            text = str(error)
            assert text.startswith(start)
            assert len(text.splitlines()) == 1
            assert "; " in text  # what to do next
            return text.removeprefix(start)
        assert all(place.startswith(start) for place, _ in found)
        return [(place.removeprefix(start), record) for place, record in found]

    return call
