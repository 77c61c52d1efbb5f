"""The gate's options, as the command line has them."""

import re
import shlex
from argparse import ArgumentError
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from clue_lib import files
from clue_lib.errors import OptionError
from clue_lib.text import readable

if TYPE_CHECKING:
    from clue_lib.session.options import Options

OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "model": {
        "help": "candidate: alias, owner/name[@revision], folder, LoRA adapter folder, replay:FOLDER, "
        "import:FILE, or server:NAME@http://HOST:PORT"
    },
    "baseline": {
        "help": "what the candidate must not fall below; default: its base, where the registry or the adapter names one"
    },
    "aa": {
        "action": "store_true",
        "help": "compare the baseline with itself, its prompts in another order: how far chance alone takes it",
    },
    "endpoint": {
        "metavar": "URL[,URL]",
        "help": "servers of models that are named as server:NAME: replicas, which share the work",
    },
    "tokenizer": {"help": "folder, alias or owner/name of served models' tokenizer, where their name is none of these"},
    "allow-remote-host": {
        "action": "append",
        "metavar": "HOST",
        "help": "send prompts of licensed and credentialed data to this other machine too; may be repeated",
    },
    "models-file": {"help": "TOML file of aliases of your own, in the form of the package's models.toml"},
    "backend": {
        "help": "auto (vllm where it imports, else transformers), vllm, transformers, server, scripted, an installed "
        "one, or FILE.py:ClassName"
    },
    "engine-arg": {
        "action": "append",
        "metavar": "NAME=VALUE",
        "help": "passed to the engine; may be repeated. Secrets come from the environment, NAME=env:VARIABLE",
    },
    "merge-adapter": {
        "action": "store_true",
        "help": "merge a LoRA adapter into its base instead of serving the two side by side",
    },
    "allow-pickle": {
        "action": "store_true",
        "help": "read weights that are pickles (*.bin), which can run code; default: safetensors only",
    },
    "trust-remote-code": {
        "action": "append",
        "metavar": "OWNER/NAME@SHA",
        "help": "run the code that this repository brings at this commit, and no other; may be repeated",
    },
    "data-root": {"help": "folder below which the real data files lie; a task without a file there uses bundled data"},
    "max-file-size": {
        "metavar": "SIZE",
        "help": f"what is held in memory of any one file, unzipped, such as 500MB or 2GB; default: {files.DEFAULT}",
    },
    "limit": {"help": "judge so many examples per task, for a first look: such a run certifies nothing"},
    "early": {
        "metavar": "on|off",
        "help": "on (default): profile ci stops a candidate that has surely lost more than the margins before it has "
        "answered everything, where the baseline's answers are stored; off: it is asked everything",
    },
    "profile": {"help": "what fails the run: smoke, ci (default), release or point"},
    "thresholds": {"help": "default: thresholds.toml in the current folder, else the suite's own"},
    "store": {"help": "folder where answers are kept, to be used again; default: the user's cache"},
    "report-dir": {"help": "folder for the reports; default: gate-report"},
    "reports": {
        "help": "all (default), json: gate.json alone, without report.html, report.md and examples.parquet, or gitlab: "
        "all, and GitLab's code quality and metrics reports"
    },
    "log": {
        "action": "append",
        "metavar": "mlflow|wandb",
        "help": "log verdict, figures and reports to MLflow or W&B too, as their environment variables say; may be "
        "repeated",
    },
    "private-report": {
        "action": "store_true",
        "help": "write a full report of licensed and credentialed data too, beside the data and nowhere else",
    },
    "prompts": {"help": "folder of prompt texts that replaces the package's own"},
    "wordings": {"help": "ask each task in so many of its wordings, from the first on; default: in all of them"},
    "reasoning": {
        "help": "auto (default: room for thoughts where a model thinks), off (ask templates for none), native (room)"
    },
    "thinking-budget": {"type": int, "help": "tokens of a thought beside its answer's; default 2048"},
    "reasoning-tags": {
        "action": "append",
        "metavar": "BEGIN,END",
        "help": "marks of thoughts beside the known ones, as in '<plan>,</plan>'; may be repeated",
    },
    "template": {
        "help": "auto (default: each model's own chat template), plain: text without one for both, "
        "or server: messages to served models, in their server's template"
    },
    "chat-template-arg": {
        "action": "append",
        "metavar": "NAME=VALUE",
        "help": "passed to both models' chat templates; may be repeated",
    },
    "scoring": {"help": "strict (default), or clue-2024-06: shown beside, as CLUE's June 2024 figures were scored"},
    "snapshot-dir": {
        "help": "folder of snapshots of bundled and public data; default: tests/snapshots in a project with model "
        "tests of its own, else gate-snapshots. Others lie beside their data"
    },
    "chunk-timeout": {
        "metavar": "SECONDS",
        "help": "what an engine gets to answer one chunk of prompts before it is ended; default: many times what these "
        "took so far, half an hour at least",
    },
    "run-timeout": {
        "metavar": "SECONDS",
        "help": "what the engines of a run get in all; what is stored by then stays, and a rerun goes on from there",
    },
    "context": {
        "metavar": "TOKENS",
        "help": "tokens of LongHealth's prompts with letters, question and answer, for models that read more; default: "
        "8140, of bundled data 1500",
    },
    "repeats": {
        "metavar": "N",
        "help": "how often LongHealth's letters are drawn for each question; default: 3 in ci and point, 5 in release, "
        "1 in smoke and of bundled data",
    },
    "seed": {
        "help": "another number chooses other examples to show in prompts, another wording for each, and others for "
        "--limit; default 0",
    },
}
"""What each option is, by its name without dashes, for pytest's parser."""

_WHOLE = ("limit", "wordings", "seed", "context", "repeats", "chunk-timeout", "run-timeout")
"""Options that are whole numbers."""

PROGRAM = "clue-gate"

PROGRAM_INI = Path(__file__).with_name("clue-gate.ini")
"""The configuration by which `clue-gate` runs pytest; a session that has it was not started as `pytest`."""

PROGRAM_ARGUMENTS = ("-c", str(PROGRAM_INI), "--rootdir=.", "--noconftest")
"""What `clue-gate` puts before its user's arguments."""

_OF_THE_PLUGIN = frozenset({"snapshot-dir", "log"})
"""Options that change nothing of a run: what becomes of it in the end is the plugin's affair."""

_WITHOUT_A_MODEL = frozenset({"models-file", "thresholds", "snapshot-dir", "max-file-size"})
"""Options that may be given where no model is named, in a project's `addopts` for instance: they then do nothing."""


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add every option, in a group of their own; syrupy, which snapshots need, comes along where it is not loaded."""
    pluginmanager.import_plugin("syrupy")
    group = parser.getgroup("clue gate")
    with _options_taken_are_one_line():
        for name, keywords in OPTIONS.items():
            group.addoption(f"--{name}", dest=_field(name), default=None, **keywords)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    """A conftest.py may have an option of the same name: say so in a line."""
    with _options_taken_are_one_line():
        return (yield)


def is_program(config: pytest.Config) -> bool:
    """Whether `clue-gate` runs this session, not `pytest`."""
    return config.inipath == PROGRAM_INI


def taken_option(error: ValueError | ArgumentError) -> str | None:
    """The option of which pytest, or argparse below it, says that there is one already; None for another error."""
    text = str(error)
    is_taken = any(words in text for words in ("already added", "already used", "conflicting option"))
    match = re.search(r"--[\w-]+", text)
    return match[0] if is_taken and match else None


def names_a_model(config: pytest.Config) -> bool:
    """Whether this session is a run of the gate."""
    return config.getoption("model") is not None or bool(config.getoption("aa"))


def check_no_option_is_alone(config: pytest.Config) -> None:
    """Raise OptionError where an option of the gate is given and no model is named: nothing would come of it."""
    for name in OPTIONS:
        value = config.getoption(_field(name))
        if value is not None and name not in _WITHOUT_A_MODEL:
            raise OptionError(f"--{name}={value} without --model: name the candidate with --model=NAME")


def options_of(config: pytest.Config) -> "Options":
    """What was given, not yet checked."""
    from clue_lib.session.options import Options

    given = {_field(name): config.getoption(_field(name)) for name in OPTIONS if name not in _OF_THE_PLUGIN}
    given = {field: value for field, value in given.items() if value is not None}
    given |= {_field(name): _whole(name, given[_field(name)]) for name in _WHOLE if _field(name) in given}
    return Options(**given | {"thresholds": named_thresholds(config)})


def report_folder(config: pytest.Config) -> Path:
    """Where the run's reports go."""
    from clue_lib.session.options import REPORT_FOLDER

    return Path(config.getoption("report_dir") or REPORT_FOLDER)


def _whole(name: str, text: str) -> int:
    """The option's whole number. Raises OptionError."""
    try:
        return int(text)
    except ValueError:
        raise OptionError(f"--{name}={text}: it must be a whole number, such as --{name}=20") from None


def named_thresholds(config: pytest.Config) -> Path | None:
    """The thresholds file that --thresholds names."""
    named = config.getoption("thresholds")
    return Path(named) if named else None


def command_to_record(config: pytest.Config) -> str:
    """This session's command, as it was typed, with what makes it record snapshots; on one line."""
    command = shlex.join([*_typed(config), "--snapshot-update"])
    return " ".join(readable(command).splitlines())  # `printable` would change the :: of a test's id


@contextmanager
def _options_taken_are_one_line() -> Iterator[None]:
    """Tell a user whose conftest.py or plugin has an option of the same name what to do."""
    try:
        yield
    except (ValueError, ArgumentError) as error:
        if not (option := taken_option(error)):
            raise
        what = f"{option}: a conftest.py or another plugin here defines this option of CLUE Gate's too"
        raise pytest.UsageError(f"{what}; run clue-gate, which loads no conftest.py") from None


def _typed(config: pytest.Config) -> list[str]:
    worker: Mapping[str, Any] | None = getattr(config, "workerinput", None)
    if worker:  # which knows the arguments of its controlling process
        given = worker["mainargv"][1:]
    else:
        given = [str(argument) for argument in config.invocation_params.args]
        given = given[len(PROGRAM_ARGUMENTS) :] if is_program(config) else given
    return [PROGRAM if is_program(config) else "pytest", *given]


def _field(name: str) -> str:
    return name.replace("-", "_")
