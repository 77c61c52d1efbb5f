"""README.md and docs/: what they print is what the program prints, their commands run, their links lead somewhere.

A block of commands says by a word after `sh` what it needs: `run` is executed here, in an empty folder; `gpu`, `hub`,
`data`, `long` and `server` are not, but every command and option in them must exist. `docs/extend.md` has a test of its
own.
"""

import functools
import itertools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from clue_lib import __main__ as program
from clue_lib import report
from clue_lib.__about__ import __version__
from clue_lib.judging import load_thresholds
from clue_lib.judging.ruling import VERSION
from clue_lib.plugin.command_line import OPTIONS
from clue_lib.runs.planning import PromptSettings, plan_task
from clue_lib.tasks import TASKS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.glob("*.md") if path.name != "extend.md")
FENCE = re.compile(r"^```sh(?P<words>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^    (?P<command>(?:pytest|clue-gate|make|pip) .*)$", re.MULTILINE)
MARKS = {"run", "gpu", "hub", "data", "long", "server"}


@dataclass(frozen=True)
class Block:
    """Commands of a page, and what they need; how the last of them exits."""

    page: str
    mark: str
    commands: tuple[str, ...]
    code: int = 0


def blocks() -> list[Block]:
    found = []
    for page in PAGES:
        for match in FENCE.finditer(page.read_text(encoding="utf-8")):
            mark, *more = match["words"].split() or [""]
            code = int(more[1]) if more else 0
            found.append(Block(page.name, mark, tuple(match["text"].splitlines()), code))
    return found


def readme_commands() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return [match["command"].split(" #")[0].strip() for match in INDENTED.finditer(text)]


OTHERS = re.compile(r"^```(?:yaml|groovy)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def ci_commands() -> list[str]:
    """The gate's commands in the files for GitLab and Jenkins."""
    found = OTHERS.findall((DOCS / "ci.md").read_text(encoding="utf-8"))
    return [command.strip() for text in found for command in re.findall(r"clue-gate --[^'\n]*", text)]


def own_commands() -> list[str]:
    """Every command of the pages that is our program, or pytest with our plugin."""
    commands = [command for block in blocks() for command in block.commands] + readme_commands() + ci_commands()
    return [command for command in commands if shlex.split(command)[0] in {"clue-gate", "pytest"}]


def test_every_block_says_what_it_needs():
    assert {(block.page, block.mark) for block in blocks() if block.mark not in MARKS} == set()
    assert {block.mark for block in blocks()} == MARKS


def test_no_command_stands_outside_a_block():
    """Whatever is merely indented would be checked by no test."""
    fenced = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
    for page in [*PAGES, DOCS / "extend.md"]:
        assert INDENTED.findall(fenced.sub("", page.read_text(encoding="utf-8"))) == [], page.name


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """A command of ours, by this interpreter; caches and the like lie in the folder."""
    name, *arguments = shlex.split(command)
    module = {"pytest": "pytest", "clue-gate": "clue_lib"}[name]
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted({block.page for block in blocks() if block.mark == "run"}))
def test_commands_run_in_an_empty_folder(page, tmp_path):
    folder = tmp_path / "an empty folder"
    folder.mkdir()
    wanted = [block for block in blocks() if block.page == page and block.mark == "run"]
    if any("gate-report" in command for block in wanted for command in block.commands):
        shutil.copytree(DOCS / "example", folder / "gate-report")  # what a run leaves
    for block in wanted:
        for command in block.commands:
            done = run(folder, command)
            assert done.returncode == block.code, f"{command}\n{done.stdout}{done.stderr}"
            assert done.stdout.strip(), command
            assert "Traceback" not in done.stderr


@functools.cache
def help_of(command: tuple[str, ...]) -> str:
    """What `--help` prints of a command with its subcommands."""
    done = subprocess.run(
        [sys.executable, "-m", "clue_lib", *command, "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


def named(command: str) -> tuple[tuple[str, ...], list[str]]:
    """The subcommands of `clue-gate`, and the options, that a command names."""
    _, *arguments = shlex.split(command)
    options = [argument.partition("=")[0] for argument in arguments if argument.startswith("--")]
    if not arguments or arguments[0] not in program.COMMANDS:
        return (), options
    words = list(itertools.takewhile(lambda word: not word.startswith("-"), arguments))
    n_words = {"data": 3, "models": 2, "snapshots": 2, "store": 2, "thresholds": 2}.get(words[0], 1)
    return tuple(words[:n_words]), options


PYTESTS = {"--help", "--junitxml", "--lf", "--snapshot-update"}
"""Options that are pytest's or syrupy's."""


@pytest.mark.parametrize("command", sorted(set(own_commands())))
def test_every_option_exists(command):
    subcommand, options = named(command)
    for option in options:
        if subcommand:
            assert option in help_of(subcommand), command
        else:
            assert option in PYTESTS or option.removeprefix("--") in OPTIONS, command


def test_every_option_has_a_row():
    rows = re.findall(r"^\| `--([\w-]+)", (DOCS / "options.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(OPTIONS)


def test_the_files_for_other_ci_systems_run_the_gate():
    assert len(ci_commands()) == 2
    for text in re.findall(r"^```yaml[^\n]*\n(.*?)^```$", (DOCS / "ci.md").read_text(encoding="utf-8"), re.M | re.S):
        assert yaml.safe_load(text)


def test_every_target_of_make_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    pages = [ROOT / "README.md", *PAGES]
    command = re.compile(r"(?:^|`|^ +)make ([a-z-]+)", re.MULTILINE)
    targets = {name for page in pages for name in command.findall(page.read_text(encoding="utf-8"))}
    assert {"gate", "test", "docs"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_extra_exists():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    pages = [(ROOT / "README.md"), *PAGES]
    asked = {name for page in pages for name in re.findall(r"clue-gate\[(\w+)\]", page.read_text(encoding="utf-8"))}
    assert asked
    assert asked <= set(extras)


def test_every_benchmark_has_a_row():
    page = (DOCS / "performance.md").read_text(encoding="utf-8")
    modules = (ROOT / "benchmarks").glob("*.py")
    programs = {path.name for path in modules if 'if __name__ == "__main__":' in path.read_text(encoding="utf-8")}
    assert programs == set(re.findall(r"`(\w+\.py)[^`]*` \|$", page, re.MULTILINE))


@pytest.mark.parametrize("page", ["README.md", "docs/reports.md"])
def test_what_pages_print_is_what_the_program_prints(page):
    import importlib.util

    spec = importlib.util.spec_from_file_location("docs_example", DOCS / "example.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    text = (ROOT / page).read_text(encoding="utf-8")
    assert "<!-- printed: " in text
    assert example.filled(text) == text, "run `python docs/example.py`"


def test_the_example_report_is_of_this_version_its_thresholds_rule_and_prompts():
    document = report.read(DOCS / "example")
    run = document.run
    assert run.version == __version__, "run `make example-report`"
    assert run.thresholds_digest == load_thresholds(ROOT / "thresholds.toml").digest
    assert f"|rule:{VERSION}|" in json.loads((DOCS / "example" / "gate.json").read_text(encoding="utf-8"))["signature"]
    planned = {task.name: plan_task(TASKS[task.name], PromptSettings()).info for task in run.tasks}
    assert {task.name: (task.prompts_digest, task.data_digest) for task in run.tasks} == {
        name: (info.prompts_digest, info.data_digest) for name, info in planned.items()
    }


def test_the_pictures_show_what_the_page_says():
    import importlib.util

    spec = importlib.util.spec_from_file_location("docs_figures", DOCS / "figures.py")
    figures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(figures)
    # By hand, from the intervals and the margin of 3 points, by the table of docs/verdict.md.
    assert [verdict.outcome for verdict in figures.intervals()] == [
        *("IMPROVED", "HELD", "HELD", "UNDECIDED", "UNDECIDED", "REGRESSED", "NO SIGNAL"),
    ]
    for name in ("intervals", "signal", "correction"):
        assert (DOCS / "images" / f"verdict-{name}.svg").read_text(encoding="utf-8").startswith("<svg")


def test_the_readme_is_read_in_a_minute():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120


LINK = re.compile(r"\]\((?!https?:|#)(?P<target>[^)#\s]+)(?:#(?P<part>[^)\s]+))?\)")


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(DOCS.glob("*.md"))], ids=lambda path: path.name)
def test_links_lead_somewhere(page):
    for match in LINK.finditer(page.read_text(encoding="utf-8")):
        target = page.parent / match["target"]
        assert target.exists(), match[0]
        if match["part"]:
            titles = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert match["part"] in anchors, match[0]


def test_every_page_is_in_the_sites_menu():
    menu = re.findall(r"[\w-]+\.md$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(menu) == sorted(path.name for path in DOCS.glob("*.md"))


def test_the_site_asks_no_other_host_for_fonts():
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert settings["theme"]["font"] is False
    assert settings["plugins"] == ["search"]
    assert "repo_url" not in settings  # with which each page asks GitHub for stars


def test_the_site_builds(tmp_path):
    pytest.importorskip("material", reason="needs the docs extra")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", f"--site-dir={tmp_path}"],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert 'class="filename">allergies.csv' in (tmp_path / "extend.html").read_text(encoding="utf-8")
    pages = "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*.html"))
    assert not re.search(r'<(?:script|link|img)[^>]*(?:src|href)="https?:', pages)
