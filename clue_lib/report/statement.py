"""What is signed of a run: an in-toto Statement (v1) about its gate.json, with the digests of all that decided it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from clue_lib.errors import ReportError
from clue_lib.judging import State
from clue_lib.report.document import Document
from clue_lib.report.file_names import EXAMPLES_FILE, GATE_FILE
from clue_lib.types import ModelInfo, Profile, Tier

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:clue-gate:verdict:1"

Digest = dict[str, str]


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """A file by its name in the report folder; digests by algorithm."""

    name: str
    digest: Digest


class AttestedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model by its name, the digests of what it holds (weights, tokenizer, template, adapter), and its engine."""

    name: str
    identity: dict[str, str]
    engine: dict[str, str]


class AttestedData(msgspec.Struct, frozen=True, kw_only=True):
    """One task's data and prompts."""

    task: str
    tier: Tier
    data: str
    prompts: str


class AttestedAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """The first `size` bytes of a file of the store, by the SHA-256; later answers are only added behind them."""

    partition: str
    size: int
    sha256: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The predicate: how the run ended, by which rule, and the digests of what it was a run of."""

    state: State
    passed: bool
    headline: str
    signature: str
    profile: Profile
    rule: int
    version: str
    suite: str
    thresholds: str
    baseline: AttestedModel
    candidate: AttestedModel
    data: tuple[AttestedData, ...]
    store: tuple[AttestedAnswers, ...] = ()


class Statement(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The payload."""

    type: str = msgspec.field(name="_type", default=TYPE)
    subject: tuple[Subject, ...]
    predicate_type: str = PREDICATE_TYPE
    predicate: Verdict


def statement(document: Document, folder: Path, store: tuple[AttestedAnswers, ...]) -> Statement:
    """About the files of the report folder. Raises ReportError where one can't be read."""
    names = [GATE_FILE, *([EXAMPLES_FILE] if (folder / EXAMPLES_FILE).exists() else [])]
    run = document.run
    return Statement(
        subject=tuple(Subject(name=name, digest={"sha256": sha256(folder / name)}) for name in names),
        predicate=Verdict(
            state=document.state,
            passed=document.passed,
            headline=document.headline,
            signature=document.signature,
            profile=run.profile,
            rule=run.rule,
            version=run.version,
            suite=run.suite_digest,
            thresholds=run.thresholds_digest,
            baseline=_model(run.baseline),
            candidate=_model(run.candidate),
            data=tuple(
                AttestedData(task=task.name, tier=task.tier, data=task.data_digest, prompts=task.prompts_digest)
                for task in run.tasks
            ),
            store=store,
        ),
    )


def read(payload: bytes) -> Statement:
    """The statement in a payload. Raises ReportError where it is none of this version's."""
    try:
        found = msgspec.json.decode(payload, type=Statement)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReportError(f"its payload is no statement about a verdict ({error})") from error
    if found.type != TYPE or found.predicate_type != PREDICATE_TYPE:
        raise ReportError(f"its payload is {found.predicate_type} of {found.type}; this version reads {PREDICATE_TYPE}")
    return found


def sha256(path: Path, size: int | None = None) -> str:
    """Of the file, or of its first `size` bytes. Raises ReportError."""
    digest = hashlib.sha256()
    left = size
    try:
        with path.open("rb") as file:
            while block := file.read(2**20 if left is None else min(left, 2**20)):
                digest.update(block)
                left = None if left is None else left - len(block)
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror}") from error
    return digest.hexdigest()


def _model(model: ModelInfo) -> AttestedModel:
    identity: Mapping[str, str] = model.identity.known
    return AttestedModel(name=model.name, identity=dict(identity), engine=model.engine.known)
