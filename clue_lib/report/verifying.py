"""Holds a signed statement, and the gate.json that it is about, against whatever of a run can be reached from here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clue_lib import shipped, suite
from clue_lib.datasets import find
from clue_lib.engines.answers_file import partition_name
from clue_lib.errors import ClueError, DataError, ReportError, ThresholdsError
from clue_lib.judging import load_thresholds, thresholds_file
from clue_lib.models import Recording
from clue_lib.models.recording import ANSWERS_FILE
from clue_lib.report import by_thresholds, statement
from clue_lib.report.document import Document
from clue_lib.report.statement import AttestedAnswers, Statement, sha256
from clue_lib.tasks import TASKS
from clue_lib.types import Identity, ModelInfo, TaskInfo

Result = Literal["ok", "DIFFERS", "not checked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was held against what the statement or gate.json says of it, and how that came out."""

    what: str
    result: Result
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where to look: folders and files that the user names, and how a model's name becomes what it holds."""

    store: Path
    thresholds: Path | None = None
    data_root: Path | None = None
    candidate: str | None = None
    baseline: str | None = None
    identify: Callable[[str], Identity]


def answers_in(document: Document, store: Path) -> tuple[AttestedAnswers, ...]:
    """Both models' stored answers that lie in that store, each once. Raises ReportError where one can't be read."""
    found = {}
    for model in (document.run.baseline, document.run.candidate):
        name = partition_name(Recording(identity=model.identity, engine=model.engine))
        path = store / name / ANSWERS_FILE
        if path.is_file():
            size = path.stat().st_size
            found[name] = AttestedAnswers(partition=name, size=size, sha256=sha256(path, size))
    return tuple(found.values())


def of_statement(signed: Statement, document: Document, folder: Path) -> Iterator[Check]:
    """The files of the report folder, and every field that the statement repeats of gate.json."""
    for subject in signed.subject:
        path = folder / subject.name
        if path.parent != folder or not path.is_file():
            yield Check(what=subject.name, result="not checked", detail=f"no such file in {folder}")
        else:
            is_same = subject.digest.get("sha256") == sha256(path)
            yield _compared(subject.name, is_same, "not the file that was signed")
    own = statement.statement(document, folder, signed.predicate.store).predicate
    differing = [name for name in own.__struct_fields__ if getattr(own, name) != getattr(signed.predicate, name)]
    yield _compared("what is signed against gate.json", not differing, f"other {', '.join(differing)}")


def of_run(document: Document, answers: tuple[AttestedAnswers, ...], reach: Reach) -> Iterator[Check]:
    """The suite, the thresholds, the data, the stored answers and the models."""
    run = document.run
    is_same_suite = run.suite_digest == suite.digest()
    yield Check(
        what="suite",
        result="ok" if is_same_suite else "not checked",
        detail="" if is_same_suite else "the suite installed here is another",
    )
    yield from _thresholds(document, reach, is_same_suite=is_same_suite)
    for task in run.tasks:
        yield _data(task, reach)
    for held in answers:
        yield _answers(held, reach)
    yield _model("candidate", run.candidate, reach.candidate, "--model", reach)
    yield _model("baseline", run.baseline, reach.baseline, "--baseline", reach)


def _thresholds(document: Document, reach: Reach, *, is_same_suite: bool) -> Iterator[Check]:
    """The file by its digest and, where it is the run's, every gate by what the file says."""
    run = document.run
    path = reach.thresholds
    if path is None and run.thresholds == thresholds_file.SUITES_OWN:
        path = shipped.path(thresholds_file.NAME)
    if path is None:
        yield Check(what="thresholds", result="not checked", detail="name the file with --thresholds")
        return
    try:
        is_same = run.thresholds_file_digest == sha256(path)
    except ReportError as error:
        yield Check(what="thresholds", result="not checked", detail=str(error))
        return
    yield _compared("thresholds", is_same, f"{path} is another file")
    if is_same:
        yield from _gates(document, path, is_same_suite=is_same_suite)


def _gates(document: Document, path: Path, *, is_same_suite: bool) -> Iterator[Check]:
    """Every gate against its table of the file, and which of them the run does not tell of."""
    what = "gates by thresholds"
    try:
        thresholds = load_thresholds(path)
    except ThresholdsError as error:
        yield Check(what=what, result="not checked", detail=str(error))
        return
    wrong = by_thresholds.disagreements(document, thresholds, is_same_suite=is_same_suite)
    for each in wrong:
        yield Check(what=what, result="DIFFERS", detail=each)
    if not wrong:
        detail = "" if is_same_suite else "outcomes not: the suite installed here is another"
        yield Check(what=what, result="ok" if is_same_suite else "not checked", detail=detail)
    if own := [verdict.gate.id for verdict in document.verdicts if by_thresholds.is_own(verdict.gate)]:
        yield Check(what="gates of your own", result="not checked", detail=f"their tasks may bring rules: {_few(own)}")
    if left_out := by_thresholds.left_out(document, thresholds):
        detail = f"not selected, or taken out: {_few(left_out)}"
        yield Check(what="gates left out", result="not checked", detail=detail)


def _few(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
    return f"{', '.join(ids[:3])}{more}"


def _data(task: TaskInfo, reach: Reach) -> Check:
    what = f"data of {task.name}"
    if task.name not in TASKS:
        return Check(what=what, result="not checked", detail="a task of the user's own")
    if task.tier != "bundled" and reach.data_root is None:
        return Check(what=what, result="not checked", detail="name the data's folder with --data-root")
    try:
        source = find(task.name, None if task.tier == "bundled" else reach.data_root)
    except DataError as error:
        return Check(what=what, result="not checked", detail=str(error))
    return _compared(what, source.digest == task.data_digest, f"{source.path} is another file")


def _answers(held: AttestedAnswers, reach: Reach) -> Check:
    what = f"stored answers {held.partition}"
    path = reach.store / held.partition / ANSWERS_FILE
    if path.parent.parent != reach.store or not path.is_file():
        return Check(what=what, result="not checked", detail=f"not in {reach.store}; name a store with --store")
    return _compared(what, sha256(path, held.size) == held.sha256, f"{path} begins otherwise")


def _model(side: str, model: ModelInfo, named: str | None, option: str, reach: Reach) -> Check:
    if named is None:
        return Check(what=side, result="not checked", detail=f"name the model with {option}; its files are then read")
    try:
        identity = reach.identify(named)
    except ClueError as error:
        return Check(what=side, result="not checked", detail=str(error))
    return _compared(side, identity == model.identity, f"{named} holds other files than {model.name} did")


def _compared(what: str, is_same: bool, difference: str) -> Check:
    return Check(what=what, result="ok" if is_same else "DIFFERS", detail="" if is_same else difference)
