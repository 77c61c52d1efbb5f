"""A full-size report: 10,000 examples of two models. Bytes, seconds to render, milliseconds until it is interactive.

    python benchmarks/report_size.py [FOLDER]

Needs the extra `dev`, chromium and chromedriver. Texts are the bundled ones, their words shuffled for each example, so
they compress worse than real ones; the slowest of three loads counts.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "helpers"))

import browser
from fake_run import fake_run

from clue_lib.report import EXAMPLES_FILE, read
from clue_lib.report.folder import write

N_PER_TASK = 1000
LIMIT_BYTES, LIMIT_MS = 12_000_000, 2000


def main(folder: Path) -> int:
    """Build, render, open; returns 1 where a limit is broken."""
    run = fake_run(n=N_PER_TASK).write(folder)
    started = time.perf_counter()
    page, summary = write(run, read(run))
    seconds = time.perf_counter() - started
    times = []
    for _ in range(3):
        with browser.opened(page) as driver:
            times.append(browser.interactive_ms(driver))
    print(f"report.html {page.stat().st_size:,} bytes, report.md {summary.stat().st_size:,} bytes")
    print(f"examples.parquet {(run / EXAMPLES_FILE).stat().st_size:,} bytes; rendered in {seconds:.1f} s")
    print(f"interactive after {', '.join(f'{ms:.0f}' for ms in times)} ms")
    return int(page.stat().st_size > LIMIT_BYTES or max(times) > LIMIT_MS)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory() as made:
        sys.exit(main(Path(made)))
