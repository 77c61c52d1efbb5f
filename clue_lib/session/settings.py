"""The options of one run, checked together before anything is loaded."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from clue_lib import engines, files, models
from clue_lib.engines import NO_LIMITS, Engine, EngineArgs, Limits
from clue_lib.errors import OptionError
from clue_lib.judging import Thresholds, drawings_by_tier, load_thresholds, profile_of
from clue_lib.models import Aliases, ModelSpec, Trust
from clue_lib.runs import PromptSettings
from clue_lib.session import home
from clue_lib.session.asking import Wanted, read_wanted
from clue_lib.session.drawing_options import checked_context, checked_repeats
from clue_lib.session.options import Options
from clue_lib.session.served_options import check_options
from clue_lib.types import Profile, Reports, Scoring

OnOff = Literal["on", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one run was asked to do. `limit` is examples per task; `report_dir` and `store` are folders.

    `repeats` says how often contexts are drawn, `context` to how many tokens; None for what profile and data say.
    `aliases` are the package's and those of --models-file, `wanted` is how both models are to be asked. With
    `is_aa` both models are the baseline; the second is asked in another order. `tokenizer` names that of served models,
    `allowed_hosts` are other machines that may be sent data under an agreement.
    `n_wordings` bounds in how many wordings a task is asked; None asks it in all of its own.
    `early` says whether the candidate may be stopped early where the profile has that.
    """

    baseline: ModelSpec
    candidate: ModelSpec
    aliases: Aliases
    backend: type[Engine]
    engine_args: EngineArgs
    merge_adapter: bool
    trust: Trust
    data_root: Path | None
    limit: int | None
    profile: Profile
    thresholds: Thresholds
    store: Path
    report_dir: Path
    prompts: Path | None
    n_wordings: int | None
    wanted: Wanted
    seed: int
    repeats: int | None
    context: int | None
    scoring: Scoring
    reports: Reports
    private_report: bool
    limits: Limits = NO_LIMITS
    is_aa: bool = False
    tokenizer: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    early: bool = True

    @property
    def of_prompts(self) -> PromptSettings:
        """What of this decides the prompts."""
        return PromptSettings(
            data_root=self.data_root,
            prompts=self.prompts,
            n_wordings=self.n_wordings,
            limit=self.limit,
            seed=self.seed,
            n_repeats=drawings_by_tier(self.profile, self.repeats),
            context=self.context,
        )


def from_options(options: Options) -> Settings:
    """Check every option against the others and against what is installed. Raises UserError in one line."""
    home.check()
    files.set_largest(_size(options.max_file_size))
    aliases = models.registry(Path(options.models_file) if options.models_file is not None else None)
    baseline, candidate = _specs(options, aliases)
    backend = choose_backend(options.backend, (baseline, candidate), merge=options.merge_adapter)
    check_options(options, (baseline, candidate))
    engine_args = read_engine_args(options.engine_arg)
    engines.check_args(backend, engine_args)
    return Settings(
        baseline=baseline,
        candidate=candidate,
        aliases=aliases,
        backend=backend,
        engine_args=engine_args,
        merge_adapter=options.merge_adapter,
        trust=_trust(options, (baseline, candidate)),
        data_root=checked_folder("--data-root", options.data_root),
        limit=checked_limit(options.limit),
        profile=checked_profile(options.profile, options.limit),
        thresholds=load_thresholds(options.thresholds),
        store=engines.store_folder(options.store),
        report_dir=Path(options.report_dir),
        prompts=checked_folder("--prompts", options.prompts),
        n_wordings=checked_wordings(options.wordings),
        wanted=read_wanted(options),
        seed=options.seed,
        repeats=checked_repeats(options.repeats),
        context=checked_context(options.context),
        reports=_one_of("--reports", options.reports, Reports),
        private_report=options.private_report,
        scoring=_one_of("--scoring", options.scoring, Scoring),
        limits=Limits(
            chunk=_seconds("--chunk-timeout", options.chunk_timeout),
            run=_seconds("--run-timeout", options.run_timeout),
        ),
        is_aa=options.aa,
        tokenizer=options.tokenizer,
        allowed_hosts=tuple(options.allow_remote_host),
        early=_one_of("--early", options.early, OnOff) == "on",
    )


def _specs(options: Options, aliases: Aliases) -> tuple[ModelSpec, ModelSpec]:
    """Baseline and candidate; with `--aa` the baseline twice."""
    named = options.baseline
    if options.aa and options.model is not None:
        raise OptionError(f"--aa with --model={options.model}: --aa asks the baseline alone; drop one of the two")
    if options.aa and named is None:
        raise OptionError("--aa without --baseline: name the model to compare with itself, --baseline=NAME")
    parse = functools.partial(models.parse_spec, aliases=aliases, endpoint=options.endpoint)
    candidate = parse(options.model) if options.model is not None else None
    if named is None:
        if candidate is None:
            raise OptionError("no model is named: name the candidate with --model=NAME")
        named = models.infer_baseline(candidate)
    baseline = parse(named, option="--baseline")
    if options.aa and baseline.is_recorded:
        raise OptionError(f"--aa with --baseline={named}: recorded answers have one order; name the model itself")
    return baseline, baseline if options.aa or candidate is None else candidate


def _trust(options: Options, specs: Sequence[ModelSpec]) -> Trust:
    """Raises OptionError for code of a repository that neither model comes from."""
    trust = models.read_trust(options.trust_remote_code, pickles=options.allow_pickle)
    has_adapter = any(spec.kind == "adapter" for spec in specs)  # whose base is looked up later
    unused = [name for name in trust.code if name not in {spec.location for spec in specs}]
    if unused and not has_adapter:
        raise OptionError(
            f"--trust-remote-code={unused[0]}@{trust.code[unused[0]]}: neither model is of this repository"
        )
    return trust


def choose_backend(name: str, specs: Sequence[ModelSpec], *, merge: bool = False) -> type[Engine]:
    """The backend of that name, `replay` where all models are recordings.

    With `merge` adapters are merged into their base. Raises MissingExtra or OptionError.
    """
    if all(spec.is_recorded for spec in specs):
        return engines.choose("replay")
    if any(spec.kind == "server" for spec in specs):
        if name not in ("auto", "server"):
            raise OptionError(f"--backend={name} with a model behind a server: drop one of the two")
        return engines.choose("server")
    chosen = engines.choose(name)
    if chosen.name == "server":
        raise OptionError(f"--backend={name}: name the models as server:NAME@http://HOST:PORT, or with --endpoint")
    if any(spec.kind == "adapter" for spec in specs):
        engines.check_adapters(chosen, merge=merge)
    return chosen


def read_engine_args(pairs: Sequence[str]) -> EngineArgs:
    """`name=value` pairs; a value that reads as JSON (a number, true, false) is one, anything else is text.

    Raises OptionError for a pair that is none, and for a secret that does not come from the environment.
    """
    args: dict[str, str | int | float | bool] = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        engines.check_secret(name, text)  # before anything quotes it
        if not separator or not re.fullmatch(r"\w+", name):
            raise OptionError(f"--engine-arg {pair}: write it as NAME=VALUE, for example batch_size=8")
        try:
            args[name] = msgspec.json.decode(text, type=int | float | bool)
        except msgspec.DecodeError:
            args[name] = text
    return args


def _size(given: str | None) -> int | None:
    try:
        return None if given is None else files.read_size(given)
    except ValueError as error:
        raise OptionError(f"{files.OPTION}={error}") from None


def checked_folder(option: str, given: str | None) -> Path | None:
    """The folder that the option names. Raises OptionError where it is none."""
    if given is not None and not Path(given).is_dir():
        raise OptionError(f"{option}={given}: no such folder; check the path")
    return Path(given) if given is not None else None


def _seconds(option: str, given: int | None) -> int | None:
    if given is not None and given < 1:
        raise OptionError(f"{option}={given}: it must be at least 1 second")
    return given


def checked_wordings(n: int | None) -> int | None:
    """The value of --wordings. Raises OptionError where it leaves none."""
    if n is not None and n < 1:
        raise OptionError(f"--wordings={n}: it must be at least 1 wording per task")
    return n


def checked_limit(limit: int | None) -> int | None:
    """The value of --limit. Raises OptionError where it leaves nothing."""
    if limit is not None and limit < 1:
        raise OptionError(f"--limit={limit}: it must be at least 1 example per task")
    return limit


def _one_of(option: str, given: str, kind: Any) -> Any:
    if given not in get_args(kind):
        raise OptionError(f"{option}={given}: no such {option.lstrip('-')}; known: {', '.join(get_args(kind))}")
    return given


def checked_profile(given: str | None, limit: int | None) -> Profile:
    """The run's profile. Raises OptionError for one that there is not, or that no limited run has."""
    return profile_of(None if given is None else _one_of("--profile", given, Profile), limit)
