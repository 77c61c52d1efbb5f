"""Snapshots: what one revision of a model put out on a task, in a file that a reviewer reads.

Of tasks with codes: each letter's ICD-10-CM codes. Of every task that watches for hallucinations: how many answers had
one, and how many there were. A snapshot holds no text of data or answers; of licensed and credentialed data it lies
beside the data and names letters by keyed hashes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from clue_lib import digests
from clue_lib.metrics import METRICS, codes, concepts
from clue_lib.tasks import TASKS
from clue_lib.terminology import icd
from clue_lib.text import printable, storable
from clue_lib.types import Fingerprint, Parsed, Response, TaskRun, Tier, withheld

NOT_COUNTED = ("contradicted_claims",)
"""Kinds of hallucination that no snapshot counts: they depend on word lists that grow, and records would go stale."""

KINDS = tuple(
    metric.name for metric in METRICS.values() if metric.family == "hallucination" and metric.name not in NOT_COUNTED
)
"""The metrics of hallucination that are counted."""

WATCHED = tuple(task.name for task in TASKS.values() if set(KINDS) & set(task.metrics))
"""The tasks that have snapshots."""

TEST_PROPERTY = "snapshot"
"""The user property by which the report of a snapshot's test names its task."""

COUNTERS: Mapping[str, Callable[[Sequence[Response]], Sequence[int]]] = {
    "invalid_codes": codes.n_invalid,
    "unsupported_concepts": concepts.n_unsupported,
}
"""Functions that count how many there are in each answer; of other kinds there is one in every answer that has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a snapshot was taken of. Two can be compared that differ in `engine` only.

    `revision`, `data` and `questions` are digests: of all that identifies the model, of the data file, of the prompts.
    `scoring` holds the signatures of the metrics that counted. `engine` is the engine's fingerprint.
    """

    task: str
    model: str
    revision: str
    tier: Tier
    data: str
    questions: str
    scoring: Mapping[str, str]
    engine: Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often one kind of hallucination occurred: in how many answers, and how often in all of them together."""

    answers: int
    in_all: int


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The distinct codes that a model named for one letter: those of the release with their titles, and the invalid."""

    valid: Mapping[str, str]
    invalid: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Snapshot:
    """One model's outputs on one task: counts by kind, and codes by letter, empty for a task without codes."""

    origin: Origin
    n_answers: int
    hallucinations: Mapping[str, Count]
    letters: Mapping[str, Letter]

    def __repr__(self) -> str:
        return printable(f"<{self.origin.task} of {self.origin.model}>")


def take(
    run: TaskRun,
    *,
    revision: str,
    data: str,
    engine: Fingerprint,
    name_of: Callable[[str], str] = storable,
) -> Snapshot:
    """The snapshot of a run, whatever the order of its responses. `name_of` makes the name of a letter from its id.

    Of a task that asks each question with several drawn contexts, the first drawing counts: every profile has it.
    """
    places = [place for place, response in enumerate(run.responses) if response.example.repeat == 0]
    places.sort(key=lambda place: run.responses[place].example.id)
    responses = [run.responses[place] for place in places]
    kinds = [kind for kind in KINDS if kind in run.scores]
    scores = {kind: [run.scores[kind][place] or 0.0 for place in places] for kind in kinds}
    has_codes = "invalid_codes" in kinds
    origin = Origin(
        task=run.task,
        model=storable(run.model),
        revision=revision,
        tier=run.tier,
        data=data,
        questions=digests.of_value([run.prompt_digests[place] for place in places]),
        scoring={kind: run.signatures[kind] for kind in kinds},
        engine=engine,
    )
    return Snapshot(
        origin=origin,
        n_answers=len(responses),
        hallucinations={kind: _count(kind, responses, scores[kind]) for kind in kinds},
        letters={name_of(each.example.id): _letter(each) for each in responses} if has_codes else {},
    )


def _count(kind: str, responses: Sequence[Response], scores: Sequence[float]) -> Count:
    n_with = sum(score > 0 for score in scores)
    n_in_all = sum(COUNTERS[kind](responses)) if kind in COUNTERS else n_with
    return Count(answers=n_with, in_all=n_in_all)


def _letter(response: Response) -> Letter:
    value = response.answer.value if isinstance(response.answer, Parsed) else ()
    named = sorted(set(value))
    return Letter(
        valid={code: icd.title(code) for code in named if icd.is_code(code)},
        invalid=tuple(code for code in named if not icd.is_code(code)),
    )
