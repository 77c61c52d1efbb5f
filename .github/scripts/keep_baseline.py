"""Empties a store of all answers but the baseline's, before it goes into a CI cache.

python keep_baseline.py gate.json STORE
"""

import json
import shutil
import sys
from pathlib import Path


def keep_baseline(gate_file: Path, store: Path) -> None:
    """Remove every folder of the store that is not the baseline's; all of them where no run says whose that is."""
    baseline = None
    if gate_file.exists():
        baseline = json.loads(gate_file.read_text(encoding="utf-8"))["run"]["baseline"]["identity"]
    for about in list(store.glob("*/about.json")):
        if json.loads(about.read_text(encoding="utf-8"))["identity"] != baseline:
            shutil.rmtree(about.parent)


if __name__ == "__main__":
    keep_baseline(Path(sys.argv[1]), Path(sys.argv[2]))
