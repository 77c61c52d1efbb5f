"""The gate from Python: one call that asks both models, judges them, and gives back what a report shows."""

import dataclasses
import functools
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

if TYPE_CHECKING:
    from pandas import DataFrame

    from clue_lib.report import Document
    from clue_lib.session import GateRun, Options, Settings
    from clue_lib.types import Gate, Progress


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result:
    """A finished run. Figures are shares in 0..1; differences are positive where the candidate is better."""

    run: "GateRun"
    document: "Document"

    @property
    def passed(self) -> bool:
        """Whether no gate failed and the profile's demands are met."""
        return self.document.passed

    @property
    def state(self) -> str:
        """The run in one word: pass, fail, undecided or broken."""
        return self.document.state

    @property
    def headline(self) -> str:
        """The run in one sentence."""
        return self.document.headline

    @functools.cached_property
    def gates(self) -> "DataFrame":
        """One row per gate, with the columns of gate.json's `gates`; NaN where nothing was compared."""
        import pandas as pd

        from clue_lib.report import gate_json

        return pd.DataFrame(gate_json.records(self.document))

    @functools.cached_property
    def examples(self) -> "DataFrame":
        """One row per example, as in examples.parquet; of private data without texts, and with keyed ids."""
        from clue_lib.report import folder

        return folder.examples_table(self.run.pairs)

    def report(self, target: str | Path) -> Path:
        """Write gate.json, examples.parquet, report.html and report.md into the folder; returns the page's path.

        Raises StoreError where the folder can't be written to.
        """
        from clue_lib.report import folder

        return folder.write_all(Path(target), self.document, self.run.pairs)


class GateOptions(TypedDict, total=False):
    """What `gate` takes besides the model; each is named and read as on the command line, with the same default.

    `engine_args` and `chat_template_args` are NAME=VALUE each; `allow_remote_hosts` are hosts.
    """

    baseline: str | None
    data_root: str | Path | None
    max_file_size: str | None
    limit: int | None
    profile: str | None
    early: str
    thresholds: str | Path | None
    backend: str
    endpoint: str | None
    tokenizer: str | None
    allow_remote_hosts: Sequence[str]
    models_file: str | Path | None
    engine_args: Sequence[str]
    merge_adapter: bool
    allow_pickle: bool
    trust_remote_code: Sequence[str]
    prompts: str | Path | None
    wordings: int | None
    reasoning: str
    thinking_budget: int | None
    reasoning_tags: Sequence[str]
    template: str
    chat_template_args: Sequence[str]
    store: str | Path | None
    chunk_timeout: int | None
    run_timeout: int | None
    scoring: str
    seed: int
    repeats: int | None
    context: int | None


ONE_OF_SEVERAL = {
    "allow_remote_hosts": "allow_remote_host",
    "engine_args": "engine_arg",
    "chat_template_args": "chat_template_arg",
}
"""Options that the command line takes one at a time, and so names in the singular."""


def gate(
    model: str,
    *,
    tasks: Collection[str] | None = None,
    log_dir: str | Path | None = None,
    tell: "Callable[[Progress | str], None]" = lambda step: None,
    **options: Unpack[GateOptions],
) -> Result:
    """Judge a model against its base, as `clue-gate --model=MODEL --baseline=BASELINE` does; no pytest is involved.

    `tasks` are names of tasks, all by default; a part of them is judged without what needs the whole run. The engine's
    own output goes into `log_dir`, by default a folder in the user's cache; `tell` hears of every step.

    Raises ClueError, of one line, where an option, file or model is wrong or an engine fails.
    """
    from clue_lib.errors import OptionError
    from clue_lib.judging import RULES
    from clue_lib.session import GateRun, from_options

    settings = from_options(_as_on_the_command_line(model, options, _text(log_dir) or _log_folder()))
    if RULES[settings.profile].certifies:
        raise OptionError(f"profile={settings.profile}: it demands the tests of snapshots, which clue-gate runs")
    gates, names = _selected(settings, tasks)
    return _finished(GateRun(settings, gates, tasks=names, tell=tell))


def _as_on_the_command_line(model: str, options: GateOptions, log_folder: str) -> "Options":
    """The options by the command line's names. Raises TypeError, as any function, for one that there is not."""
    from clue_lib.session import Options

    named = {ONE_OF_SEVERAL.get(name, name): _read(name, value) for name, value in options.items()}
    for name in set(options) - set(GateOptions.__annotations__):
        raise TypeError(f"gate() got an unexpected keyword argument {name!r}")
    return Options(model=model, report_dir=log_folder, **named)


def _read(name: str, value: object) -> Any:
    """A path as the command line's text for it, but that of the thresholds, which is a path there too."""
    if name == "thresholds":
        return None if value is None else Path(str(value))
    return str(value) if isinstance(value, Path) else value


def _finished(run: "GateRun") -> Result:
    """Take the run to its end. Raises what stops it: a caller wants an error, not a verdict that says so."""
    from clue_lib.report import of_run

    verdicts = list(run.judged.verdicts.values())
    return Result(run=run, document=of_run(run.info, verdicts))


def _selected(settings: "Settings", tasks: Collection[str] | None) -> "tuple[list[Gate], set[str]]":
    """The gates to judge and the tasks that they read. Raises OptionError for a task that there is not."""
    from clue_lib.errors import OptionError
    from clue_lib.tasks import TASKS

    gates = settings.thresholds.gates
    judged = {name for name, task in TASKS.items() if not task.is_monitored}
    if tasks is None:
        return [gate for gate in gates if gate.is_of_run or gate.task in judged], judged
    unknown = sorted(set(tasks) - set(TASKS))
    if unknown or not tasks:
        named = f"tasks={unknown[0]!r}: no such task" if unknown else "tasks: none is named"
        raise OptionError(f"{named}; the tasks are {', '.join(TASKS)}")
    return [gate for gate in gates if gate.task in tasks], set(tasks)


def _log_folder() -> str:
    import platformdirs

    return str(platformdirs.user_cache_path("clue-gate") / "log")


def _text(path: str | Path | None) -> str | None:
    return None if path is None else str(path)
