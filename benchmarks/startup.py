"""What it costs to start: processor time of pytest with the plugin and without, of `clue-gate --help`, of the import.

    python benchmarks/startup.py [N]

Each command runs N times (default 9) as a process of its own, in turns, so that a busy machine slows all of them alike.
Prints the medians of user and system time together, each beside what it is compared with.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTEST = ("-m", "pytest", "-p", "syrupy", "-p", "no:cacheprovider", "--collect-only", "-q")

COMMANDS = {
    "python": ("-c", "pass"),
    "import clue_lib": ("-c", "import clue_lib"),
    "clue-gate --help": (
        "-c",
        "import sys; sys.argv[1:] = ['--help']; from clue_lib.__main__ import clue_gate; clue_gate()",
    ),
    "pytest and syrupy": PYTEST,
    "the same with -p clue_lib.plugin": (*PYTEST, "-p", "clue_lib.plugin"),
}
"""Python's arguments, by the name in the table."""

TARGETS = {
    "import clue_lib": ("python", 0.1),
    "clue-gate --help": (None, 0.4),
    "the same with -p clue_lib.plugin": ("pytest and syrupy", 0.15),
}
"""What a command is held against, and by how many seconds it may take longer."""


def seconds(arguments: tuple[str, ...], folder: str) -> float:
    """User and system time of one run in the folder."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-P", *arguments], cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medians(n: int) -> dict[str, float]:
    """Each command's median of `n` runs, after one that fills the caches."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_empty.py").write_text("def test_empty():\n    pass\n")
        rounds = [{name: seconds(arguments, folder) for name, arguments in COMMANDS.items()} for _ in range(n + 1)]
    return {name: statistics.median(one[name] for one in rounds[1:]) for name in COMMANDS}


def main() -> None:
    """Print the table."""
    found = medians(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
    for name, value in found.items():
        line = f"{name:<34}{value:6.3f} s"
        if name in TARGETS:
            other, target = TARGETS[name]
            more = value - found[other] if other else value
            line += f"   {'more' if other else 'in all':<7}{more:6.3f} s, at most {target} s"
        print(line)


if __name__ == "__main__":
    main()
