"""Finds what travels with the package: the model tests, the bundled data and the suite's own thresholds file.

Each exists once in the repository, outside of the package. A wheel holds a copy inside, made when it is built; the
table `force-include` of pyproject.toml says of what.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent

COPIES = PACKAGE / "suite"
"""Where a wheel holds its copies; a checkout, or an editable install of one, has no such folder."""


def path(name: str) -> Path:
    """The file or folder of that name, which is relative to the repository's root: "tests/level1", "thresholds.toml".

    Absolute. It need not exist: whoever reads it says what lacks.
    """
    root = COPIES if COPIES.is_dir() else PACKAGE.parent
    return root / name
