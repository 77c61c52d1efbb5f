"""How many small faults planted in a room's code do its unit tests find?

    python benchmarks/mutation.py judging stats --sample=300
    python benchmarks/mutation.py answers terminology/icd_mentions.py

A mutant changes one place: a comparison, `and` or `or`, a `not`, a condition, a number, an operator. It is killed where
a test fails, and counted apart where the tests do not end within five times their usual time. Every other one is
printed. What is no decision of the code stays as it is: decorators, `strict=`, `TYPE_CHECKING`.
"""

import argparse
import ast
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("clue_lib", "tests", "fixtures", "benchmarks", "docs", "thresholds.toml", "pyproject.toml", "conftest.py")
MORE_TESTS = {"answers": ("tests/unit/metrics/test_behaviour.py",), "judging": ("tests/unit/session",)}
"""What tests a room beside the tests of its own name."""

COMPARED = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
COMPUTED = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.BitAnd: "|", ast.BitOr: "&"}


@dataclass(frozen=True)
class Mutant:
    """One change: the text of `node` in the file becomes `text`."""

    path: Path
    node: ast.expr
    text: str

    def __str__(self) -> str:
        before = ast.get_source_segment((ROOT / self.path).read_text(encoding="utf-8"), self.node)
        return f"{self.path}:{self.node.lineno}: {' '.join(str(before).split())}  ->  {' '.join(self.text.split())}"

    def source(self) -> str:
        """The file's text with the change."""
        lines = (ROOT / self.path).read_bytes().splitlines(keepends=True)
        offsets = [0]
        for line in lines:
            offsets.append(offsets[-1] + len(line))
        start = offsets[self.node.lineno - 1] + self.node.col_offset
        end = offsets[(self.node.end_lineno or 1) - 1] + (self.node.end_col_offset or 0)
        whole = b"".join(lines)
        return (whole[:start] + self.text.encode() + whole[end:]).decode()


def mutants(path: Path) -> Iterator[Mutant]:
    """Every change of one file."""
    for node in _decisions(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        for at, text in _changes(node):
            yield Mutant(path, at, text)


def _decisions(node: ast.AST) -> Iterator[ast.AST]:
    """Every node below that is no decorator, no `strict=` and no `TYPE_CHECKING`."""
    yield node
    decorators = getattr(node, "decorator_list", [])
    for child in ast.iter_child_nodes(node):
        is_strict = isinstance(child, ast.keyword) and child.arg == "strict"
        is_for_types = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        if child not in decorators and not is_strict and not is_for_types:
            yield from _decisions(child)


def _changes(node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARED:
            yield node, f"({ast.unparse(left)} {COMPARED[type(op)]} {ast.unparse(right)})"
        case ast.BoolOp(op=op, values=values):
            joined = " or " if isinstance(op, ast.And) else " and "
            yield node, f"({joined.join(f'({ast.unparse(value)})' for value in values)})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield node, f"({ast.unparse(operand)})"
        case ast.If(test=test) | ast.IfExp(test=test):
            yield test, f"(not ({ast.unparse(test)}))"
        case ast.BinOp(left=left, op=op, right=right) if type(op) in COMPUTED and not _is_text(left, right):
            yield node, f"(({ast.unparse(left)}) {COMPUTED[type(op)]} ({ast.unparse(right)}))"
        case ast.Constant(value=bool() as value):
            yield node, str(not value)
        case ast.Constant(value=int() | float() as value):
            yield node, repr(value + 1)


def _is_text(*operands: ast.expr) -> bool:
    return any(
        isinstance(operand, ast.JoinedStr) or (isinstance(operand, ast.Constant) and isinstance(operand.value, str))
        for operand in operands
    )


def tests_of(room: str) -> list[str]:
    """The unit tests of a room, or of one module of it."""
    place = Path("tests/unit") / room
    if place.suffix:
        return [str(place.with_name(f"test_{place.name}"))]
    return [str(place), *MORE_TESTS.get(room, ())]


def import_what_tests_import() -> None:
    """Once, before processes are forked: not our own code, which is what changes."""
    import hypothesis  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import pandas  # noqa: F401
    import py3langid  # noqa: F401
    import pytest  # noqa: F401
    import rouge_score.rouge_scorer  # noqa: F401
    import scipy.stats  # noqa: F401
    import simple_icd_10_cm  # noqa: F401
    import statsmodels.stats.multitest  # noqa: F401


def run_tests(folder: Path, tests: Sequence[str], seconds: float) -> str:
    """Run the tests of a copy of the project, in a process of their own: survived, killed or timeout."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        signal.setitimer(signal.ITIMER_REAL, seconds)  # ends it by SIGALRM
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        os.chdir(folder)
        sys.path[0] = str(folder)
        import pytest

        options = [
            "-x",
            "-q",
            "--assert=plain",
            "-m",
            "not slow",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-p",
            "no:anyio",
        ]
        os._exit(min(int(pytest.main([*options, *tests])), 100))
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {0: "survived", -signal.SIGALRM: "timeout"}.get(code, "killed")


def main() -> None:
    """Plant, test and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="+", help="folders or modules of clue_lib")
    parser.add_argument("--sample", type=int, help="so many mutants, drawn at random, instead of all")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    sys.dont_write_bytecode = True  # two versions of one file within a second have one time stamp
    import_what_tests_import()
    with tempfile.TemporaryDirectory() as temporary:
        folders: Queue[Path] = Queue()
        for number in range(os.cpu_count() or 1):
            folders.put(_copy(Path(temporary) / str(number)))
        for room in options.rooms:
            _report(room, options, folders)


def _report(room: str, options: argparse.Namespace, folders: "Queue[Path]") -> None:
    place = ROOT / "clue_lib" / room
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    planted = [mutant for path in files for mutant in mutants(path.relative_to(ROOT))]
    if options.sample and options.sample < len(planted):
        planted = random.Random(options.seed).sample(planted, options.sample)
    tests = tests_of(room)
    usual = _usual_seconds(folders, tests)
    counted: Counter[str] = Counter()

    def test(mutant: Mutant) -> tuple[Mutant, str]:
        folder = folders.get()
        path = folder / mutant.path
        try:
            path.write_text(mutant.source(), encoding="utf-8")
            return mutant, run_tests(folder, tests, 5 * usual + 5)
        finally:
            shutil.copy(ROOT / mutant.path, path)
            folders.put(folder)

    with ThreadPoolExecutor(folders.qsize()) as pool:
        for mutant, outcome in pool.map(test, planted):
            counted[outcome] += 1
            if outcome != "killed":
                print(f"{outcome:9} {mutant}", flush=True)
    decided = counted["killed"] + counted["survived"]
    print(
        f"{room}: {counted['killed']} of {decided} mutants killed ({counted['killed'] / max(decided, 1):.1%}), "
        f"{counted['timeout']} without an end; the tests alone take {usual:.1f} s",
        flush=True,
    )


def _copy(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    return folder


def _usual_seconds(folders: "Queue[Path]", tests: Sequence[str]) -> float:
    """How long the tests of the code as it is take. Exits where they fail."""
    folder = folders.get()
    start = time.perf_counter()
    outcome = run_tests(folder, tests, 3600)
    folders.put(folder)
    if outcome != "survived":
        sys.exit(f"{' '.join(tests)}: these fail without a fault; run pytest on them first")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
