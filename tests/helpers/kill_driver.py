"""Kills one run again and again at random moments, and tells what its store held after each.

python kill_driver.py WORK MODEL N SEED

The backend waits between batches, so that a moment drawn at random lies among answers as often as not. A run that ends
before it is killed is begun anew. Prints one JSON object: the undisturbed store and gates, what lay there after each
kill, and the stores of the runs that ended.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

import nursery
import pytest

SLOW = """
import time
from clue_lib.engines.scripted import Scripted


class Slow(Scripted):
    name = "slow"
    chunk_size = 3

    def generate(self, requests, adapter):
        time.sleep(0.25)
        return super().generate(requests, adapter)
"""
OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:anyio", "--reports=json",
           "--limit=36", "tests/level1/test_mednli.py")  # fmt: skip


def start(work: Path, model: str) -> int:
    """A session in a process of its own."""
    child = os.fork()
    if child:
        return child
    options = [f"--backend={work.with_name('slow.py')}:Slow", f"--model={model}", f"--baseline={model}"]
    options += [f"--store={work / 'store'}", f"--report-dir={work / 'report'}"]
    told = (work.with_name("told.txt")).open("w")
    with told, contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        code = int(pytest.main([*OPTIONS, *options]))
    os._exit(code)


def ended(child: int) -> int:
    """Its exit code, below 0 where it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def stored(work: Path) -> str:
    """The answers' file."""
    return "".join(path.read_text() for path in (work / "store").glob("*/generations.jsonl"))


def gates(work: Path) -> object:
    """The verdicts."""
    return json.loads((work / "report" / "gate.json").read_text())["gates"]


def main() -> None:
    """Print what became of the store."""
    work, model, n, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    draw = random.Random(seed)
    nursery._read_what_sessions_read()
    work.with_name("slow.py").write_text(SLOW)
    assert ended(start(work, model)) == 0, work.with_name("told.txt").read_text()
    shutil.rmtree(work)
    begun = time.monotonic()
    assert ended(start(work, model)) == 0
    seconds = time.monotonic() - begun
    found = {"whole": stored(work), "gates": gates(work), "after": [[]], "ended": []}
    shutil.rmtree(work)
    while n:
        child = start(work, model)
        time.sleep(draw.uniform(0.0, seconds))
        os.kill(child, signal.SIGKILL)
        if ended(child) == -signal.SIGKILL:
            n -= 1
            found["after"][-1].append(stored(work))
        else:
            found["ended"].append([stored(work), gates(work)])
            found["after"].append([])
            shutil.rmtree(work)
    assert ended(start(work, model)) == 0, work.with_name("told.txt").read_text()
    found["ended"].append([stored(work), gates(work)])
    print(json.dumps(found))


if __name__ == "__main__":
    main()
