"""Which thresholds file a run goes by: the one that is named, else the current folder's, else the suite's own."""

from pathlib import Path

from clue_lib import shipped
from clue_lib.judging import thresholds
from clue_lib.judging.thresholds import Thresholds

NAME = "thresholds.toml"

SUITES_OWN = f"the suite's own {NAME}"
"""How reports and messages name the file that travels with the package: its path says nothing to a reader."""

HELP = f"default: {NAME} in the current folder, else {SUITES_OWN}"


def load(named: Path | None) -> Thresholds:
    """Read and check the file. Raises ThresholdsError, as `thresholds.load` does."""
    if named is not None:
        return thresholds.load(named)
    here = Path(NAME)
    if here.is_file():
        return thresholds.load(here)
    return thresholds.load(shipped.path(NAME), name=SUITES_OWN)
