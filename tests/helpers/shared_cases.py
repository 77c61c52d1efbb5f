"""Cases that the project shares with others: JSON Lines beside the project's root, which not everybody has."""

import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "shared" / "cases"


def shared(name: str) -> list:
    """The cases of one file as pytest parameters; one skipped parameter where the file is not there."""
    file = FOLDER / f"{name}.jsonl"
    if not file.is_file():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"needs ../shared/cases/{name}.jsonl"))]
    cases = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [pytest.param(case, id=f"{case['kind']}-{number}") for number, case in enumerate(cases)]
