"""What a run was: its models, data, rules and noise, as every report names them and `gate.json` keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clue_lib.types.chat import Chat
from clue_lib.types.early import Early
from clue_lib.types.flow import Profile, Scoring, Tier
from clue_lib.types.provenance import Fingerprint, Identity

LOG_FILE = "engine.log"
"""The file in a run's report folder that holds what engines print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A gate that may fail until the end of the day `expires` (ISO date), since its owner answers for it."""

    gate: str
    owner: str
    reason: str
    expires: str

    @property
    def line(self) -> str:
        """The waiver as the first lines of every report show it."""
        return f"Waived until {self.expires}: {self.gate}, by {self.owner}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """A model as a report names it: the name, the digests of what it holds, the engine that answered for it."""

    name: str
    identity: Identity
    engine: Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskInfo:
    """A task's data as a report names it.

    `n_read` examples were read, `n_scored` of them are judged, asked in `n_wordings` wordings; `n_cut` of these lost
    `cut_tokens` reference tokens of their contexts, which had to fit the `context` tokens of a task that draws such;
    None for one that draws none. There each question counts once for each of `n_drawings`; `n_left_out` were not asked,
    since the letters with their answer don't fit whole. `remarks` say what of the file was left out, and what is odd.
    """

    name: str
    data: str
    tier: Tier
    data_digest: str
    prompts_digest: str
    n_read: int
    n_scored: int
    n_wordings: int = 1
    n_cut: int = 0
    cut_tokens: int = 0
    n_left_out: int = 0
    n_drawings: int = 1
    context: int | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastScore:
    """A CLUE metric of both models by another scoring; None with a `note` where it can't be computed."""

    task: str
    metric: str
    baseline: float | None
    candidate: float | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How far a model differs from itself on one gate's metric when its prompts come in another order.

    `text_flips` and `score_flips` are shares of the `n` answers; `delta`, without sign, `standard_error`, `floor` and
    `margin` are shares. A difference as large as a margin below the floor may be the engine's noise alone.
    """

    gate: str
    n: int
    text_flips: float
    score_flips: float
    delta: float
    standard_error: float
    floor: float
    margin: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingSpread:
    """How far the difference on one gate's metric differs between the wordings of its task; shares in 0..1.

    `deviation` is the estimated standard deviation of the wordings' true differences, 0 where chance alone explains
    what is seen; `upper` is its one-sided 95 % bound. `standard_error` is that of one wording's difference, by
    clusters. `p` is of the hypothesis that the difference is the same in all; `p_adjusted` the same after Holm's
    correction for all metrics.
    """

    gate: str
    n_wordings: int
    n_clusters: int
    deviation: float
    upper: float
    standard_error: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedDefect:
    """A defect planted in the baseline's answers to some `tasks`: by which gate the run would have noticed it.

    `gate` is empty where no gate did. An inert one changed no score, in this baseline's answers, and so is not missed.
    """

    name: str
    tasks: tuple[str, ...]
    gate: str = ""
    is_inert: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ThoughtLengths:
    """What one model thought before it answered a task: how many answers had a thought, and of how many tokens.

    `n_unfinished` of the thoughts never ended; median and longest are 0 where there is no thought.
    """

    n: int
    median: float
    longest: int
    n_unfinished: int

    @property
    def are_cut_short(self) -> bool:
        """Whether most of the thoughts never ended, so that no answer followed."""
        return 2 * self.n_unfinished > self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskThoughts:
    """Both models' thoughts in one task."""

    task: str
    baseline: ThoughtLengths
    candidate: ThoughtLengths


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """What a run was: enough to reproduce it. `n_selected` gates were to be judged.

    `thresholds_digest` is of the thresholds file, and behind a "+" of the rules that tasks of the user's own brought.
    `n_left_out` gates of the thresholds file may fail a run and were not selected. `failed_snapshots` are tasks whose
    snapshot test failed; `drifts` are texts on snapshots whose outputs changed with the engine, the first line of each
    a summary. `engine_args` are --engine-arg's; `is_merged` says whether --merge-adapter was given,
    `has_own_prompts` whether --prompts was. `trusted` are the options that let a model's code or pickles run.
    `past_scores` are there where another scoring was asked for beside the strict one, which gates. `noise` is the
    baseline's, where it was ever measured (`--aa`). `equal_fails` is, under profile `point`, the chance that it fails
    a model as good as its base. `failure` is what ended the run before anything was judged. `chat` is how both models
    were asked; `template_diff` holds the lines in which the candidate's chat template differs from the baseline's,
    `thoughts` what both thought in each task in which either did. `planted` are the defects that were planted in the
    baseline's answers, noticed or not. `n_tries` distinct candidates, this one included, were judged against this base
    on this data by these thresholds, as far as the store knows. `repeats` and `context` are --repeats and
    --context, None where these were not given. `rule` is the version of the rule that judged, 0 where none is known;
    `suite_digest` is of the package's own files, empty where it is not known. `remote_hosts` are other machines, named
    by --allow-remote-host, to which prompts of data under an agreement went. `n_wordings` is what --wordings allows a
    task, None where it was not given; `wordings` is how far the difference differs between wordings, by main metric.
    `early` says whether the candidate could be rejected early, and was.
    """

    version: str
    profile: Profile
    limit: int | None
    seed: int
    thresholds: str
    thresholds_digest: str
    n_selected: int
    n_engine_starts: int
    baseline: ModelInfo
    candidate: ModelInfo
    tasks: tuple[TaskInfo, ...]
    rule: int = 0
    suite_digest: str = ""
    n_left_out: int = 0
    failed_snapshots: tuple[str, ...] = ()
    drifts: tuple[str, ...] = ()
    engine_args: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    is_merged: bool = False
    has_own_prompts: bool = False
    n_wordings: int | None = None
    trusted: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    scoring: Scoring = "strict"
    past_scores: tuple[PastScore, ...] = ()
    noise: tuple[Noise, ...] = ()
    equal_fails: float | None = None
    failure: str | None = None
    chat: Chat = field(default_factory=Chat)
    template_diff: tuple[str, ...] = ()
    thoughts: tuple[TaskThoughts, ...] = ()
    planted: tuple[PlantedDefect, ...] = ()
    wordings: tuple[WordingSpread, ...] = ()
    n_tries: int = 1
    remote_hosts: tuple[str, ...] = ()
    early: Early = field(default_factory=Early)
    repeats: int | None = None
    context: int | None = None

    @property
    def thresholds_file_digest(self) -> str:
        """That of the thresholds file alone."""
        return self.thresholds_digest.partition("+")[0]

    @property
    def own_rules_digest(self) -> str:
        """That of the rules that tasks of the user's own brought; empty where there are none."""
        return self.thresholds_digest.partition("+")[2]

    @property
    def is_of_one_model(self) -> bool:
        """Whether both sides are the same model, asked alike: nothing can differ, and nothing is learnt."""
        return self.baseline == self.candidate

    @property
    def is_aa(self) -> bool:
        """Whether the baseline was compared with itself (`--aa`), its prompts in another order."""
        return self.candidate.engine.is_reordered
