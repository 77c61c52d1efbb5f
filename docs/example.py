"""Puts what the demo prints into README.md and docs/reports.md: `python docs/example.py`, from the repository's root.

`docs/example` is the report folder of a real run, of `make example-report`. Each
part of what it prints stands in a page below a line `<!-- printed: NAME -->`; a test checks that the two agree.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from clue_lib.report import read, terminal

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs" / "example"
PAGES = (ROOT / "README.md", ROOT / "docs" / "reports.md")
BLOCK = re.compile(
    r"(?<=<!-- printed: )(?P<name>[a-z ]+)(?P<between> -->\n```text\n)(?P<text>.*?)(?P<end>^```$)", re.S | re.M
)


def printed() -> Mapping[str, str]:
    """The parts of what the example run prints, by name."""
    document = read(EXAMPLE)
    lines = [line for line, _ in terminal.summary(document, "gate-report")]
    verdict = [line for line, _ in terminal.closing(document)]
    header, worse, averages, planted, ending = _split(lines)
    at = _place(worse, "Worse:")
    return {
        "header": _text(header),
        "signal": _text(worse[:at]),
        "table": _text(worse[at:]),
        "averages": _text(averages),
        "planted": _text(planted),
        "verdict": _text([*ending, *verdict]),
        "short": _text([*worse[at : worse.index("✗ fails the run") + 1], "", *verdict]),
    }


def filled(page: str) -> str:
    """The page with each part as it is printed now. Raises KeyError where it names a part that there is not."""
    parts = printed()
    return BLOCK.sub(lambda found: f"{found['name']}{found['between']}{parts[found['name']]}{found['end']}", page)


def _place(lines: list[str], beginning: str) -> int:
    """Where the line with that beginning stands."""
    return next(place for place, line in enumerate(lines) if line.startswith(beginning))


def _split(lines: list[str]) -> list[list[str]]:
    """The paragraphs, which empty lines divide."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return paragraphs


def _text(lines: list[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
