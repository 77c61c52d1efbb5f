"""The options of one run as the command line or a caller gives them, not yet checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REPORT_FOLDER = "gate-report"
"""Where reports go unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One field per option, with its value where it is not given; those that are sequences may be given several times.

    `settings.from_options` checks them together; without `thresholds` it asks `judging.thresholds_file` for a file.
    """

    thresholds: Path | None = None
    model: str | None = None
    baseline: str | None = None
    aa: bool = False
    backend: str = "auto"
    engine_arg: Sequence[str] = ()
    endpoint: str | None = None
    tokenizer: str | None = None
    allow_remote_host: Sequence[str] = ()
    models_file: str | None = None
    merge_adapter: bool = False
    allow_pickle: bool = False
    trust_remote_code: Sequence[str] = ()
    data_root: str | None = None
    max_file_size: str | None = None
    limit: int | None = None
    early: str = "on"
    profile: str | None = None
    store: str | None = None
    report_dir: str = REPORT_FOLDER
    reports: str = "all"
    private_report: bool = False
    prompts: str | None = None
    wordings: int | None = None
    reasoning: str = "auto"
    thinking_budget: int | None = None
    reasoning_tags: Sequence[str] = ()
    template: str = "auto"
    chat_template_arg: Sequence[str] = ()
    chunk_timeout: int | None = None
    run_timeout: int | None = None
    scoring: str = "strict"
    seed: int = 0
    repeats: int | None = None
    context: int | None = None
