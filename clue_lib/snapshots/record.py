"""Snapshots: what one revision of a model put out on a task, in a file that a reviewer reads.

Of tasks with codes: each letter's ICD-10-CM codes. Of every task that watches for hallucinations: how many answers had
one, and how many there were. A snapshot holds no text of data or answers; of licensed and credentialed data it lies
beside the data and names letters by keyed hashes.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import msgspec

from clue_lib import digests
from clue_lib.errors import ReportError
from clue_lib.metrics import METRICS, codes, concepts
from clue_lib.tasks import TASKS
from clue_lib.terminology import icd
from clue_lib.text import printable, storable
from clue_lib.types import Fingerprint, Parsed, Response, TaskRun, Tier

KINDS = tuple(metric.name for metric in METRICS.values() if metric.family == "hallucination")
"""The kinds of hallucination that are counted."""

WATCHED = tuple(task.name for task in TASKS.values() if set(KINDS) & set(task.metrics))
"""The tasks that have snapshots."""

TEST_PROPERTY = "snapshot"
"""The user property by which the report of a snapshot's test names its task."""

COUNTERS: Mapping[str, Callable[[Sequence[Response]], Sequence[int]]] = {
    "invalid_codes": codes.n_invalid,
    "unsupported_concepts": concepts.n_unsupported,
}
"""How many there are in each answer; of a kind that is not here, one in every answer that has it."""


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
    """How often one kind of hallucination was met: in how many answers, and how often in all of them together."""

    answers: int
    in_all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The distinct codes that a model named for one letter: those of the release with their titles, and the others."""

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

    Of a task that draws its contexts, the first drawing counts: every profile has it.
    """
    places = sorted((r.example.id, i) for i, r in enumerate(run.responses) if r.example.repeat == 0)
    first = [i for _, i in places]
    responses = [run.responses[i] for i in first]
    kinds = [kind for kind in KINDS if kind in run.scores]
    origin = Origin(
        task=run.task,
        model=storable(run.model),
        revision=revision,
        tier=run.tier,
        data=data,
        questions=digests.of_value([run.prompt_digests[i] for i in first]),
        scoring={kind: run.signatures[kind] for kind in kinds},
        engine=engine,
    )
    return Snapshot(
        origin=origin,
        n_answers=len(first),
        hallucinations={kind: _count(kind, responses, [run.scores[kind][i] or 0.0 for i in first]) for kind in kinds},
        letters={name_of(r.example.id): _letter(r) for r in responses} if "invalid_codes" in kinds else {},
    )


def encode(snapshot: Snapshot) -> str:
    """The snapshot as JSON: where it comes from first, all else sorted, a code a line."""
    content = msgspec.to_builtins(snapshot, order="sorted")
    ordered = {field.name: content[field.name] for field in fields(Snapshot)}
    return json.dumps(ordered, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def decode(text: str | bytes, place: object) -> Snapshot:
    """A snapshot that `encode` wrote. Raises ReportError, naming the place, where it is none."""
    try:
        return msgspec.json.decode(text, type=Snapshot)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReportError(f"{place}: no snapshot ({error}); record it anew with --snapshot-update") from error


def read(path: Path) -> Snapshot:
    """The snapshot in that file. Raises ReportError where there is none."""
    try:
        return decode(path.read_bytes(), path)
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror}; name a snapshot's file, or a folder of them") from error


def path_in(folder: Path, origin: Origin) -> Path:
    """Where a snapshot lies: a folder for each revision of a model, in it a file for each task and engine."""
    engine = _safe(origin.engine.name or "engine")
    return folder / folder_name(origin.model, origin.revision) / f"{origin.task}.{engine}.json"


def find(folder: Path, origin: Origin) -> Path | None:
    """The revision's snapshot of that engine, else of the first other engine; None where there is none."""
    own = path_in(folder, origin)
    if own.is_file():
        return own
    return min(own.parent.glob(f"{origin.task}.*.json"), default=None)


def folder_name(model: str, revision: str) -> str:
    """A name that every file system takes, another one for every other model or revision."""
    digest = hashlib.sha256(json.dumps([model, revision]).encode()).hexdigest()
    return f"{_safe(model)}-{digest[:16]}"


def unused(folder: Path, *, model: str, revision: str) -> list[Path]:
    """The files below the folder that no run of this model reads, in order.

    These are snapshots of its other revisions, of tasks that have none, and files that are no snapshots or not in their
    place. Snapshots of other models are left alone.
    """
    return [path for path in sorted(folder.glob("*/*.json")) if not _is_used(path, folder, storable(model), revision)]


def _is_used(path: Path, folder: Path, model: str, revision: str) -> bool:
    if path.parent.name == folder_name(model, revision) and _has_snapshots(path.name.split(".")[0]):
        return True  # its task's own test reads it, and says what is wrong with it
    try:
        origin = read(path).origin
    except ReportError:
        return False
    is_current = origin.model != model or origin.revision == revision
    return is_current and _has_snapshots(origin.task) and path == path_in(folder, origin)


def _has_snapshots(task: str) -> bool:
    """Of the user's own tasks any may have: this session need not have collected their tests."""
    return task in WATCHED or task not in TASKS


def _count(kind: str, responses: Sequence[Response], scores: Sequence[float]) -> Count:
    n_with = sum(score > 0 for score in scores)
    return Count(answers=n_with, in_all=sum(COUNTERS[kind](responses)) if kind in COUNTERS else n_with)


def _letter(response: Response) -> Letter:
    value = response.answer.value if isinstance(response.answer, Parsed) else ()
    named = sorted(set(value))
    return Letter(
        valid={code: icd.title(code) for code in named if icd.is_code(code)},
        invalid=tuple(code for code in named if not icd.is_code(code)),
    )


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:60] or "model"
