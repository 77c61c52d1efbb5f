"""The gate from Python: one call that asks both models, judges them, and gives back what a report shows."""

import dataclasses
import functools
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandas import DataFrame

    from clue_lib.report import Document
    from clue_lib.session import GateRun, Settings
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


def gate(
    model: str,
    *,
    baseline: str | None = None,
    tasks: Collection[str] | None = None,
    data_root: str | Path | None = None,
    max_file_size: str | None = None,
    limit: int | None = None,
    profile: str | None = None,
    early: str = "on",
    thresholds: str | Path | None = None,
    backend: str = "auto",
    endpoint: str | None = None,
    tokenizer: str | None = None,
    allow_remote_hosts: Sequence[str] = (),
    models_file: str | Path | None = None,
    engine_args: Sequence[str] = (),
    merge_adapter: bool = False,
    allow_pickle: bool = False,
    trust_remote_code: Sequence[str] = (),
    prompts: str | Path | None = None,
    wordings: int | None = None,
    reasoning: str = "auto",
    thinking_budget: int | None = None,
    reasoning_tags: Sequence[str] = (),
    template: str = "auto",
    chat_template_args: Sequence[str] = (),
    store: str | Path | None = None,
    chunk_timeout: int | None = None,
    run_timeout: int | None = None,
    scoring: str = "strict",
    seed: int = 0,
    log_dir: str | Path | None = None,
    tell: "Callable[[Progress | str], None]" = lambda step: None,
) -> Result:
    """Judge a model against its base, as `clue-gate --model=MODEL --baseline=BASELINE` does; no pytest is involved.

    Options are named and read as on the command line (`engine_args` and `chat_template_args` as NAME=VALUE). `tasks`
    are names of tasks, all by default; a part of them is judged without what needs the whole run. The engine's own
    output goes into `log_dir`, by default a folder in the user's cache; `tell` hears of every step.

    Raises ClueError, of one line, where an option, file or model is wrong or an engine fails.
    """
    from clue_lib.errors import OptionError
    from clue_lib.judging import RULES
    from clue_lib.session import GateRun, Options, from_options

    options = Options(
        model=model,
        baseline=baseline,
        data_root=_text(data_root),
        max_file_size=max_file_size,
        limit=limit,
        profile=profile,
        early=early,
        thresholds=Path(thresholds) if thresholds is not None else None,
        backend=backend,
        endpoint=endpoint,
        tokenizer=tokenizer,
        allow_remote_host=allow_remote_hosts,
        models_file=_text(models_file),
        engine_arg=engine_args,
        merge_adapter=merge_adapter,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
        prompts=_text(prompts),
        wordings=wordings,
        reasoning=reasoning,
        thinking_budget=thinking_budget,
        reasoning_tags=reasoning_tags,
        template=template,
        chat_template_arg=chat_template_args,
        store=_text(store),
        chunk_timeout=chunk_timeout,
        run_timeout=run_timeout,
        scoring=scoring,
        seed=seed,
        report_dir=_text(log_dir) or _log_folder(),
    )
    settings = from_options(options)
    if RULES[settings.profile].certifies:
        raise OptionError(f"profile={settings.profile}: it demands the tests of snapshots, which clue-gate runs")
    gates, names = _selected(settings, tasks)
    return _finished(GateRun(settings, gates, tasks=names, tell=tell))


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
