"""How many problems of real and bundled problem lists name a concept: `python benchmarks/concept_coverage.py`.

The bundled notes' summaries and LongHealth's diagnoses, those of the stand-ins where they lie beside the checkout, and
the usual problems of `usual_problems.txt`, of our own writing. Exits with 1 where one of the lists is below 97 %.
"""

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tabulate import tabulate

from clue_lib.datasets import BUNDLED_ROOT
from clue_lib.terminology import OpenLinker

WANTED = 0.97
HERE = Path(__file__).parent
STAND_INS = HERE.parent.parent / "shared" / "data" / "standins"


def main() -> int:
    """Print a row for each list, then the problems that name nothing."""
    rows, without, is_enough = [], [], True
    for name, problems in lists().items():
        nameless = named_by_nothing(problems)
        share = 1 - len(nameless) / len(problems)
        is_enough &= share >= WANTED
        rows.append((name, len(problems), f"{100 * share:.1f} %"))
        without += nameless
    print(tabulate(rows, headers=("list", "problems", "name a concept"), tablefmt="simple"))
    print(f"Without one: {', '.join(sorted(set(without))) or 'none'}.")
    return 0 if is_enough else 1


def lists() -> Mapping[str, Sequence[str]]:
    """Problems by the list that they stand in; each as often as it stands there."""
    found = {
        "bundled summaries": summaries(BUNDLED_ROOT / "problem_summary" / "BioNLP2023-1A-Test.csv"),
        "usual problems": (HERE / "usual_problems.txt").read_text(encoding="utf-8").splitlines(),
    }
    patients = json.loads((BUNDLED_ROOT / "longhealth" / "benchmark_v5.json").read_text(encoding="utf-8"))
    found["bundled diagnoses"] = items(patient["diagnosis"] for patient in patients.values())
    stand_in = STAND_INS / "problem_summary" / "BioNLP2023-1A-Test.csv"
    if stand_in.is_file():
        found["public summaries (ACI-Bench)"] = summaries(stand_in)
    return found


def summaries(path: Path) -> list[str]:
    """The problems of a file in the shared task's columns."""
    with path.open(encoding="utf-8", newline="") as file:
        return items(row["Summary"] for row in csv.DictReader(file))


def items(texts: Iterable[str]) -> list[str]:
    """What stands between semicolons and line breaks."""
    parts = (part.strip() for text in texts for part in re.split(r"[;\n]", text))
    return [part for part in parts if part]


def named_by_nothing(problems: Sequence[str]) -> list[str]:
    """The problems in which the open linker finds no concept."""
    linked = OpenLinker().link(problems)
    return [problem for problem, concepts in zip(problems, linked, strict=True) if not concepts]


if __name__ == "__main__":
    sys.exit(main())
