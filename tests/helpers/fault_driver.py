"""Runs one gate again and again, each time with another of its writes failing; started with faulty_io preloaded.

python fault_driver.py WORK MODEL ERROR FIRST STEP

Prints one JSON object a line: first the undisturbed run, then for each failing write how the run with it and the rerun
after it ended. A fork apiece: what is imported is imported once.
"""

import contextlib
import ctypes
import json
import os
import shutil
import sys
from pathlib import Path

import nursery
import pytest

LIBRARY = ctypes.CDLL(None)
NEVER = 2**30


def run(work: Path, model: str, at: int, error: int) -> dict[str, object]:
    """One session in a process of its own, in which that write fails."""
    told = work.with_name("told.txt")
    child = os.fork()
    if child == 0:
        code = 99
        with told.open("w") as output, contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            LIBRARY.faulty_arm(at, error)
            code = int(pytest.main([*OPTIONS, f"--model={model}", f"--baseline={model}", f"--store={work / 'store'}",
                                    f"--report-dir={work / 'report'}"]))  # fmt: skip
        told.with_suffix(".count").write_text(str(LIBRARY.faulty_count()))
        os._exit(code)
    _, status = os.waitpid(child, 0)
    gate_file = work / "report" / "gate.json"
    gates = json.loads(gate_file.read_text()) if gate_file.exists() else None
    stored = [path.read_text() for path in sorted((work / "store").glob("*/generations.jsonl"))]
    return {
        "at": at,
        "code": os.waitstatus_to_exitcode(status),
        "n_writes": int(told.with_suffix(".count").read_text()),
        "text": told.read_text(),
        "passed": gates and gates["passed"],
        "gates": gates and gates["gates"],
        "stored": stored,
        "parts": [str(path) for path in work.rglob("*.part")],
    }


OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:anyio", "--backend=scripted",
           "--reports=json", "--limit=12", "tests/level1/test_mednli.py")  # fmt: skip


def main() -> None:
    """Print what became of each run."""
    work, model, error, first, step = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6])
    nursery._read_what_sessions_read()
    whole = run(work, model, NEVER, 0)
    shutil.rmtree(work)
    whole = run(work, model, NEVER, 0)  # again: the first has filled the cache
    print(json.dumps(whole), flush=True)
    for at in range(first, int(str(whole["n_writes"])), step):
        shutil.rmtree(work, ignore_errors=True)
        failed = run(work, model, at, error)
        print(json.dumps([failed, run(work, model, NEVER, 0)]), flush=True)


if __name__ == "__main__":
    main()
